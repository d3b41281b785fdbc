"""Between `Solution` and the state of the compiled search."""

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Ints
from scheduler.solver.kernel.jit import compiled, entry
from scheduler.solver.kernel.route.evaluate import evaluate
from scheduler.solver.kernel.route.rightward import set_out
from scheduler.solver.kernel.route.rows import (
    ARRIVAL,
    BEST,
    DRIVE,
    NODE,
    SKIPPED,
    STOP,
    Scratch,
    lay,
    to_depot,
)
from scheduler.solver.kernel.state import State
from scheduler.solver.kernel.timing import advance, driven, rest, unblocked
from scheduler.solver.solution import Placed, Route, Solution


def orders(arrays: Arrays, compiled: Compiled, solution: Solution) -> dict[int, list[int]]:
    """Stops of each lane of the search, in order; bookings in a room go to the first of its units that is free."""
    units: dict[int, list[int]] = {}
    for lane, source in enumerate(arrays.lane[:, at.SOURCE]):
        units.setdefault(int(source), []).append(lane)
    found = {units[lane][0]: list(route.slots) for lane, route in solution.routes.items()}
    free = np.zeros(len(arrays.lane), dtype=np.int64)
    rooms = sorted((p.start, s) for s, p in solution.placed.items() if compiled.lanes.is_room[p.lane])
    for start, slot in rooms:
        placed, before = solution.placed[slot], int(compiled.slots.setup[slot])
        lanes = units[placed.lane]
        lane = next((v for v in lanes if free[v] <= start - before), min(lanes, key=lambda v: int(free[v])))
        end = start + placed.duration + int(compiled.slots.teardown[slot]) + int(compiled.turnaround[placed.lane])
        free[lane] = end
        found.setdefault(lane, []).append(slot)
    return found


def solution_of(
    arrays: Arrays, compiled: Compiled, state: State, scratch: Scratch, stood: dict[int, Route]
) -> Solution:
    """The plan that a state stands for. Lanes that stand still keep the routes that stood there."""
    lanes, breaks = len(arrays.lane), state.node.shape[1]
    day, rests = np.zeros((lanes, 3), dtype=np.int64), np.full((lanes, breaks), -1, dtype=np.int64)
    slots = len(arrays.suits)
    starts = np.zeros(slots, dtype=np.int64)
    _days(arrays, state, scratch, day, rests, starts)
    placed, routes = dict[int, Placed](), dict[int, Route]()
    for lane in np.flatnonzero(state.lane[:, at.SIZE] > 0):
        source = int(arrays.lane[lane, at.SOURCE])
        stops, u = list[int](), int(state.node[slots + lane, at.NXT])
        while u < slots:
            stops.append(u)
            placed[u] = Placed(source, int(starts[u]), int(state.node[u, at.DURATION]))
            u = int(state.node[u, at.NXT])
        if arrays.lane[lane, at.FROZEN] == 1 and source in stood:
            routes[source] = stood[source]
        elif arrays.lane[lane, at.UNIT] == 0:
            taken = _breaks(compiled, source, rests[lane])
            restock = int(day[lane, 2]) if day[lane, 2] >= 0 else None
            routes[source] = Route(tuple(stops), int(day[lane, 0]), int(day[lane, 1]), taken, restock)
    return Solution(_rooms_as_long(compiled, placed), routes)


def _breaks(compiled: Compiled, lane: int, begins: Ints) -> tuple[tuple[int, int], ...]:
    """Breaks by their number in `Compiled`; the search orders them by their windows."""
    pauses = compiled.pauses[lane]
    order = sorted(range(len(pauses)), key=lambda p: (pauses[p].earliest, pauses[p].latest_end))
    return tuple((p, int(begin)) for p, begin in zip(order, begins, strict=False) if begin >= 0)


def _rooms_as_long(compiled: Compiled, placed: dict[int, Placed]) -> dict[int, Placed]:
    """Rooms are booked for as long as the longest of the team that came stays."""
    for slot, there in placed.items():
        if compiled.slots.is_room[slot] and slot not in compiled.holds:
            team = compiled.slots_of[int(compiled.slots.activity[slot])]
            stays = [placed[s].duration for s in team if s in placed and not compiled.slots.is_room[s]]
            own = int(compiled.durations[slot, compiled.lanes.resource[there.lane]])
            placed[slot] = Placed(there.lane, there.start, max([own, *stays]))
    return placed


@entry
def _days(arrays, state, scratch, day, rests, starts):
    """Departure, return and restocking of each lane, its breaks' begins, and every stop's start."""
    for lane in range(arrays.lane.shape[0]):
        day[lane, 2] = -1
        if state.lane[lane, at.SIZE] == 0:
            continue
        m = lay(arrays, state, scratch, lane, -1, -1)
        if arrays.lane[lane, at.FROZEN] == 1 or evaluate(arrays, state, scratch, lane, m) == np.inf:
            _as_it_stands(arrays, state, scratch, lane, m, starts)
            continue
        for i in range(m - 1):
            starts[scratch.row[i, NODE]] = scratch.row[i, BEST]
        _between(arrays, state, scratch, lane, m, day, rests)


@compiled
def _as_it_stands(arrays, state, scratch, lane, m, starts):
    for i in range(m - 1):
        u = scratch.row[i, NODE]
        starts[u] = state.node[u, at.START]


@compiled
def _between(arrays, state, scratch, lane, m, day, rests):
    """What lies between the stops."""
    fact = scratch.fact[1]
    day[lane, 1] = fact[ARRIVAL]
    if arrays.lane[lane, at.UNIT] == 1:
        return
    x, taken = arrays.lane[lane, at.FIRST], np.int64(0)
    if arrays.lane[lane, at.FIXED_DEPARTURE] == 0:
        y = scratch.row[0, BEST] - arrays.node[scratch.row[0, NODE], at.BEFORE]
        departure, taken = set_out(arrays, state, scratch, lane, y, fact[SKIPPED], fact[STOP], scratch.taken[0])
        for p in range(taken):
            if (fact[SKIPPED] >> p) & 1 == 0:
                rests[lane, p] = rest(arrays, lane, p, x)
                x = rests[lane, p] + arrays.pool[arrays.lane[lane, at.PAUSES] + at.PAUSE * p + 2]
        x = departure
    day[lane, 0] = x
    for i in range(m):
        length = scratch.row[i, DRIVE]
        if i == fact[STOP]:
            (there, on), _ = to_depot(arrays, state, scratch, lane, i)
            length = arrays.lane[lane, at.RESTOCK]
            day[lane, 2] = unblocked(arrays, lane, advance(arrays, lane, x, there), length)
            x, length = day[lane, 2] + length, on
        for p in range(taken, scratch.taken[i]):
            if (fact[SKIPPED] >> p) & 1 == 0:
                if arrays.pool[arrays.lane[lane, at.PAUSES] + at.PAUSE * p + 3] == 1:
                    x, length = advance(arrays, lane, x, length), np.int64(0)
                rests[lane, p] = rest(arrays, lane, p, x)
                length -= min(length, driven(arrays, lane, x, rests[lane, p]))
                x = rests[lane, p] + arrays.pool[arrays.lane[lane, at.PAUSES] + at.PAUSE * p + 2]
        taken = max(taken, scratch.taken[i])
        if i < m - 1:
            u = scratch.row[i, NODE]
            x = scratch.row[i, BEST] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
    x = fact[ARRIVAL]
    begin = arrays.lane[lane, at.PAUSES]
    for p in range(taken, (arrays.lane[lane, at.PAUSES_END] - begin) // at.PAUSE):
        if (fact[SKIPPED] >> p) & 1 == 0:
            rests[lane, p] = rest(arrays, lane, p, x)
            x = rests[lane, p] + arrays.pool[begin + at.PAUSE * p + 2]
