"""Between `Solution` and the state of the compiled search."""

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Ints
from scheduler.solver.kernel.days import Days
from scheduler.solver.kernel.state import State, stops_of
from scheduler.solver.solution import Placed, Route, Solution


def orders(arrays: Arrays, compiled: Compiled, solution: Solution) -> dict[int, list[int]]:
    """Stops of each lane of the search, in order; bookings in a room go to the first of its units that is free,
    the smallest that hold them first."""
    units: dict[int, list[int]] = {}
    for lane, source in enumerate(arrays.lane[:, at.SOURCE]):
        units.setdefault(int(source), []).append(lane)
    found = {units[lane][0]: list(route.slots) for lane, route in solution.routes.items()}
    free = np.zeros(len(arrays.lane), dtype=np.int64)
    rooms = sorted((p.start, s) for s, p in solution.placed.items() if compiled.lanes.is_room[p.lane])
    for start, slot in rooms:
        placed, before = solution.placed[slot], int(compiled.slots.setup[slot])
        effort, holds = int(compiled.slots.effort[slot]), arrays.lane[:, at.HOLDS]
        large = [v for v in units[placed.lane] if holds[v] >= effort]
        lanes = sorted(large or units[placed.lane], key=holds.__getitem__)
        lane = next((v for v in lanes if free[v] <= start - before), min(lanes, key=lambda v: int(free[v])))
        end = start + placed.duration + int(compiled.slots.teardown[slot]) + int(compiled.turnaround[placed.lane])
        free[lane] = end
        found.setdefault(lane, []).append(slot)
    return found


def solution_of(arrays: Arrays, compiled: Compiled, state: State, days: Days, stood: dict[int, Route]) -> Solution:
    """The plan that a state stands for. Lanes that stand still keep the routes that stood there."""
    placed, routes = dict[int, Placed](), dict[int, Route]()
    for lane in np.flatnonzero(state.lane[:, at.SIZE] > 0):
        source = int(arrays.lane[lane, at.SOURCE])
        stops = stops_of(state, int(lane))
        placed |= {u: Placed(source, int(days.starts[u]), int(state.node[u, at.DURATION])) for u in stops}
        if arrays.lane[lane, at.FROZEN] == 1 and source in stood:
            routes[source] = stood[source]
        elif arrays.lane[lane, at.UNIT] == 0:
            taken = _breaks(arrays, int(lane), days.rests[lane])
            restock = int(days.day[lane, 2]) if days.day[lane, 2] >= 0 else None
            routes[source] = Route(tuple(stops), int(days.day[lane, 0]), int(days.day[lane, 1]), taken, restock)
    return Solution(_rooms_as_long(compiled, placed), routes)


def _breaks(arrays: Arrays, lane: int, begins: Ints) -> tuple[tuple[int, int], ...]:
    """Breaks by their number in `Compiled`."""
    first, last = arrays.lane[lane, [at.PAUSES, at.PAUSES_END]]
    numbers = arrays.pool[first:last].reshape(-1, at.PAUSE)[:, -1]
    return tuple((int(n), int(begin)) for n, begin in zip(numbers, begins, strict=False) if begin >= 0)


def _rooms_as_long(compiled: Compiled, placed: dict[int, Placed]) -> dict[int, Placed]:
    """Rooms are booked for as long as the longest of the team that came stays."""
    for slot, there in placed.items():
        if compiled.slots.is_room[slot] and slot not in compiled.holds:
            team = compiled.slots_of[int(compiled.slots.activity[slot])]
            stays = [placed[s].duration for s in team if s in placed and not compiled.slots.is_room[s]]
            own = int(compiled.durations[slot, compiled.lanes.resource[there.lane]])
            placed[slot] = Placed(there.lane, there.start, max([own, *stays]))
    return placed
