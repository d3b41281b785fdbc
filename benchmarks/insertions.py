"""All places of one activity in a plan: every gap of every technician, priced as the search prices its neighbours."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.sets.field import FIELD, Recipe, draw
from scheduler.solver.compile import compile
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.team import best_team
from scheduler.solver.kernel.jit import entry
from scheduler.solver.kernel.moves.remove import remove
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.kernel.ties import propagate
from scheduler.solver.solution import Solution

TECHNICIANS = 125
STEPS = 5000
"""Of the search, which make the plan a good one."""
ASKED = 20
"""Activities asked about, one after the other."""
FIT = 0.9
"""How many of these must find a place, at least; where others hang on what comes behind, only the first few that look
free are tried for true."""


def insertions(activities: int, people: int) -> Callable[[int], int]:
    """Prepare a day of so many activities; what is returned asks so often about some that need so many people each."""
    instance = draw(Recipe("full", activities, 1, 1))
    there = instance.technicians[:TECHNICIANS]
    names = {technician.id for technician in there}
    work = tuple(one if one.asked_for in names else replace(one, asked_for=None) for one in instance.work)
    kernel = Kernel(compile(FIELD.to_problem(replace(instance, technicians=there, work=work))))
    kernel.load(Solution())
    kernel.anneal(1.0, STEPS)
    placed, is_room = kernel.best.placed, kernel.c.slots.is_room
    alike = (a for a, own in enumerate(kernel.c.slots_of) if len(own) == people and not is_room[list(own)].any())
    asked = [a for a in alike if kernel.c.slots_of[a][0] in placed][:ASKED]
    everywhere = _unlimited(kernel)

    def repeated(times: int) -> int:
        state, each, fits = kernel.best_state.copy(), -(-times // len(asked)), 0
        for activity in asked:
            fits += _ask(everywhere, state, state.copy(), kernel._scratch, kernel._work, activity, each) < np.inf
        assert fits >= FIT * len(asked), "they fit where they were"
        return each * len(asked)

    repeated(1)
    return repeated


def _unlimited(kernel: Kernel) -> Any:
    """The tables, with everything near everything."""
    slots, lanes = len(kernel.arrays.suits), np.flatnonzero(kernel.arrays.lane[:, at.UNIT] == 0)
    return kernel.arrays.replace(
        near=np.tile(np.arange(slots, dtype=np.int32), (slots, 1)),
        near_lanes=np.tile(lanes.astype(np.int32), (slots, 1)),
    )


@entry
def _ask(arrays, state, spare, scratch, work, activity, times):
    """Take the activity out, then look so many times for its cheapest places; what they cost."""
    cost = np.inf
    remove(arrays, state, spare, work, activity)
    propagate(arrays, state, spare, scratch, work, np.inf)
    for _ in range(times):
        for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
            begin, end = arrays.pool[k], arrays.pool[k + 1]
            found = best_team(arrays, state, spare, scratch, work, activity, begin, end, -1, np.inf, False)
            cost = min(cost, found)
    return cost
