"""A route with a fixed order of stops: the best times for it, and what it costs. All that lanes do is said here.

Earliest starts are carried forward for every number of breaks taken so far, which is exact. Priced breaks are tried
taken and left out, a stop at the depot before every stop. Where standing about costs, stops then move right as far as
the next one lets them: for one window per stop this finds the shortest route that ends as early as it can.
"""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Floats, Ints
from scheduler.solver.kernel.jit import Tables, compiled
from scheduler.solver.kernel.legs import leg_cost, leg_ticks
from scheduler.solver.kernel.state import State
from scheduler.solver.kernel.timing import driven, earliest_start, latest_start, leave_by, ready, rest

NODE, DRIVE, TAKEN, NOW, BEST = range(5)
"""Columns of rows: node, ticks of the drive to it, breaks taken before it, its start, its start in the best try."""
ARRIVAL, DEPARTURE, STOP, SKIPPED, LATENESS, WORK, BUSY, WAITED = range(8)
"""Facts of a try: return, departure, row before which the depot is visited (-1), breaks left out as bits, ..."""
FACTS = 8


class Scratch(Tables):
    """Room for one route: M rows, K numbers of breaks."""

    row: Ints
    cost: Floats
    times: Ints
    """(M, K) earliest start by breaks taken."""
    origin: Ints
    """(M, K) breaks taken at the row before."""
    leave: Ints
    """(4, K) when the row before is left; two for the depot."""
    fact: Ints
    """(2, FACTS) of the try at hand, and of the best."""
    taken: Ints
    """(M,) breaks taken before each row, in the best try."""


def scratch_for(state: State) -> Scratch:
    rows, breaks = len(state.node) + 4, (state.node.shape[1] - at.TIMES) // 2
    return Scratch(
        row=np.zeros((rows, 5), dtype=np.int64),
        cost=np.zeros(rows),
        times=np.zeros((rows, breaks), dtype=np.int64),
        origin=np.zeros((rows, breaks), dtype=np.int64),
        leave=np.zeros((4, breaks), dtype=np.int64),
        fact=np.zeros((2, FACTS), dtype=np.int64),
        taken=np.zeros(rows, dtype=np.int64),
    )


@compiled
def lay(arrays, state, scratch, lane, before, new):
    """Write the lane's stops into rows, with `new` behind `before` (-1: none); how many rows, the tail's included."""
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    u, tail, m = slots + lane, slots + lanes + lane, 0
    while u != tail:
        if u == before:
            _row(arrays, state, scratch, lane, m, u, new, False)
            m += 1
            _row(arrays, state, scratch, lane, m, new, state.node[u, at.NXT], False)
        else:
            _row(arrays, state, scratch, lane, m, u, state.node[u, at.NXT], True)
        m += 1
        u = state.node[u, at.NXT]
    return m


@compiled
def _row(arrays, state, scratch, lane, m, a, b, known):
    scratch.row[m, NODE] = b
    if known:
        scratch.row[m, DRIVE], scratch.cost[m] = state.node[b, at.DRIVE], state.drive[b]
        return
    kind = arrays.lane[lane, at.CLASS]
    scratch.row[m, DRIVE] = leg_ticks(arrays, kind, state.node[a, at.WHERE], state.node[b, at.WHERE])
    scratch.cost[m] = leg_cost(arrays, kind, state.node[a, at.WHERE], state.node[b, at.WHERE])


@compiled
def evaluate(arrays, state, scratch, lane, m):
    """Least cost of the rows as a route of the lane, infinite where there is none; times and facts of it are kept."""
    best = np.inf
    if m == 1:
        for k in range(FACTS):
            scratch.fact[1, k] = 0
        idle = arrays.lane[lane, at.LAST] - arrays.lane[lane, at.FIRST]
        if arrays.rate[at.IDLE] == 0 or arrays.lane[lane, at.UNIT] == 1 or idle <= 0:
            return 0.0
        return arrays.rate[at.IDLE] * driven(arrays, lane, arrays.lane[lane, at.FIRST], arrays.lane[lane, at.LAST])
    priced = _priced(arrays, lane)
    first, last = _stops(arrays, scratch, lane, m)
    for stop in range(first, last):
        skipped = 0
        while True:
            cost = _try(arrays, state, scratch, lane, m, skipped, stop)
            if cost < best:
                best = cost
                for i in range(m):
                    scratch.row[i, BEST], scratch.taken[i] = scratch.row[i, NOW], scratch.row[i, TAKEN]
                for k in range(FACTS):
                    scratch.fact[1, k] = scratch.fact[0, k]
            skipped = (skipped - priced) & priced
            if skipped == 0:
                break
    return best


@compiled
def _priced(arrays, lane):
    """The breaks that may be left out, as bits."""
    bits = 0
    begin, end = arrays.lane[lane, at.PAUSES], arrays.lane[lane, at.PAUSES_END]
    for p in range((end - begin) // at.PAUSE):
        if arrays.pool[begin + at.PAUSE * p + 5] >= 0:
            bits |= 1 << p
    return bits


@compiled
def _stops(arrays, scratch, lane, m):
    """Rows before which the depot may be visited: from, to; -1, 0 where it need not be, nothing where it is in vain."""
    slots = arrays.suits.shape[0]
    kinds, counts = arrays.tools.shape[1], arrays.parts.shape[1]
    if arrays.lane[lane, at.UNIT] == 1 or kinds + counts == 0:
        return -1, 0
    last = m
    for i in range(m - 1):
        u = scratch.row[i, NODE]
        lacks = False
        for d in range(kinds):
            lacks |= arrays.tools[u, d] > arrays.tools[slots + lane, d]
        for d in range(counts):
            used = 0
            for k in range(i + 1):
                used += arrays.parts[scratch.row[k, NODE], d]
            lacks |= used > arrays.parts[slots + lane, d]
        if lacks:
            last = i
            break
    if last == m:
        return -1, 0
    if arrays.lane[lane, at.DEPOT] < 0:
        return 0, 0
    return 0, last + 1


@compiled
def _try(arrays, state, scratch, lane, m, skipped, stop):
    if not _forward(arrays, state, scratch, lane, m, skipped, stop):
        return np.inf
    fact = scratch.fact[0]
    fact[STOP], fact[SKIPPED] = stop, skipped
    if arrays.lane[lane, at.UNIT] == 0 and (_stands_about(arrays, lane) or arrays.rate[at.SHIFTED] > 0):
        _move_right(arrays, state, scratch, lane, m, skipped, stop)
    else:
        fact[DEPARTURE] = arrays.lane[lane, at.FIRST]
    return _cost(arrays, state, scratch, lane, m)


@compiled
def _stands_about(arrays, lane):
    """Whether it matters how long the day is."""
    rate = arrays.rate
    priced = rate[at.WAITED] > 0 or rate[at.IDLE] > 0 or arrays.money[lane, at.WORKED] > 0
    return priced or arrays.lane[lane, at.MOST_TIME] >= 0


@compiled
def to_depot(arrays, state, scratch, lane, i):
    """Ticks and costs of the two legs when the depot is visited before row i."""
    slots = arrays.suits.shape[0]
    kind, depot = arrays.lane[lane, at.CLASS], arrays.lane[lane, at.DEPOT]
    a = slots + lane if i == 0 else scratch.row[i - 1, NODE]
    here, there = state.node[a, at.WHERE], state.node[scratch.row[i, NODE], at.WHERE]
    ticks = leg_ticks(arrays, kind, here, depot), leg_ticks(arrays, kind, depot, there)
    return ticks, leg_cost(arrays, kind, here, depot) + leg_cost(arrays, kind, depot, there)


@compiled
def _forward(arrays, state, scratch, lane, m, skipped, stop):
    """Earliest starts by breaks taken; whether the tail is reached in time with all breaks."""
    count = (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE + 1
    leave, then = scratch.leave[0], scratch.leave[1]
    for k in range(count):
        leave[k] = at.NEVER
    leave[0] = arrays.lane[lane, at.FIRST]
    turn = arrays.lane[lane, at.TURNAROUND]
    for i in range(m - 1):
        u, drive = scratch.row[i, NODE], scratch.row[i, DRIVE]
        if i == stop:
            drive = _at_depot(arrays, state, scratch, lane, i, count, skipped)
        rest_of = state.node[u, at.DURATION] + arrays.node[u, at.AFTER] + turn
        reached = False
        for k in range(count):
            x, origin = _earliest(arrays, lane, leave, drive, k, skipped)
            s = at.NEVER
            if x < at.NEVER:
                s = earliest_start(arrays, state, lane, u, max(x + arrays.node[u, at.BEFORE], state.node[u, at.BOUND]))
            scratch.times[i, k], scratch.origin[i, k] = s, origin
            then[k] = at.NEVER if s >= at.NEVER else s + rest_of
            reached |= s < at.NEVER
        if not reached:
            return False
        for k in range(count):
            leave[k] = then[k]
    return _home(arrays, state, scratch, lane, m, count, skipped, stop)


@compiled
def _earliest(arrays, lane, leave, drive, k, skipped):
    """Earliest end of a drive after which k breaks are taken, and how many were before it."""
    best, origin = at.NEVER, -1
    for j in range(k + 1):
        if leave[j] < at.NEVER:
            x = ready(arrays, lane, leave[j], drive, j, k, skipped)
            if x < best:
                best, origin = x, j
    return best, origin


@compiled
def _at_depot(arrays, state, scratch, lane, i, count, skipped):
    """Turn what is left into what the depot is left at; the ticks of the drive on from there."""
    (there, on), _ = to_depot(arrays, state, scratch, lane, i)
    for k in range(count):
        x, origin = _earliest(arrays, lane, scratch.leave[0], there, k, skipped)
        scratch.leave[2, k] = at.NEVER if x >= at.NEVER else x + arrays.lane[lane, at.RESTOCK]
        scratch.leave[3, k] = origin
    for k in range(count):
        scratch.leave[0, k] = scratch.leave[2, k]
    return on


@compiled
def _home(arrays, state, scratch, lane, m, count, skipped, stop):
    """Find the earliest return, some breaks on the way and the rest after it, and trace the breaks taken backward."""
    best, origin, on_way = at.NEVER, -1, 0
    drive = scratch.row[m - 1, DRIVE]
    for j in range(count):
        if scratch.leave[0, j] >= at.NEVER:
            continue
        if _owes_before_work(arrays, lane, j, count - 1, skipped):
            continue
        for k in range(j, count):
            x = ready(arrays, lane, scratch.leave[0, j], drive, j, k, skipped)
            if x < best and _rests_after(arrays, lane, x, k, count - 1, skipped):
                best, origin, on_way = x, j, k
    if best > arrays.lane[lane, at.LATEST] + arrays.lane[lane, at.TURNAROUND] or origin < 0:
        return False
    scratch.fact[0, ARRIVAL] = best
    scratch.row[m - 1, TAKEN], scratch.row[m - 1, NOW] = on_way, best
    k = origin
    for i in range(m - 2, -1, -1):
        scratch.row[i, TAKEN], scratch.row[i, NOW] = k, scratch.times[i, k]
        k = scratch.origin[i, k]
        if i == stop:
            k = scratch.leave[3, k]
    return True


@compiled
def _owes_before_work(arrays, lane, first, last, skipped):
    """Whether a break that work must follow is among first to last - 1."""
    for p in range(first, last):
        if (skipped >> p) & 1 == 0 and arrays.pool[arrays.lane[lane, at.PAUSES] + at.PAUSE * p + 6] == 1:
            return True
    return False


@compiled
def _rests_after(arrays, lane, x, first, last, skipped):
    """Whether breaks first to last - 1 fit after the return."""
    for p in range(first, last):
        if (skipped >> p) & 1:
            continue
        begin = rest(arrays, lane, p, x)
        if begin == at.NEVER:
            return False
        x = begin + arrays.pool[arrays.lane[lane, at.PAUSES] + at.PAUSE * p + 2]
    return True


@compiled
def _move_right(arrays, state, scratch, lane, m, skipped, stop):
    """Let stops wait for the next one rather than the other way round, and the day leave as late as it can."""
    y = scratch.fact[0, ARRIVAL]
    taken = scratch.row[m - 1, TAKEN]
    for i in range(m - 1, 0, -1):
        u = scratch.row[i - 1, NODE]
        leave = _leave_by(arrays, state, scratch, lane, i, y, skipped, stop, scratch.row[i - 1, TAKEN], taken)
        length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
        if leave > -at.NEVER:
            s = min(leave - length, _no_later(arrays, scratch, i - 1))
            if s > scratch.row[i - 1, NOW]:
                s = latest_start(arrays, state, lane, u, s)
                scratch.row[i - 1, NOW] = max(scratch.row[i - 1, NOW], s)
        y, taken = scratch.row[i - 1, NOW] - arrays.node[u, at.BEFORE], scratch.row[i - 1, TAKEN]
    first = arrays.lane[lane, at.FIRST]
    departure = first
    if arrays.lane[lane, at.FIXED_DEPARTURE] == 0:
        departure = max(first, _leave_by(arrays, state, scratch, lane, 0, y, skipped, stop, taken, taken))
    scratch.fact[0, DEPARTURE] = departure


@compiled
def _leave_by(arrays, state, scratch, lane, i, y, skipped, stop, first, last):
    """The latest leave for row i that is reached by y."""
    if skipped:
        for p in range(first, last):
            if (skipped >> p) & 1:
                first = last
                break
    if i != stop:
        return leave_by(arrays, lane, y, scratch.row[i, DRIVE], first, last)
    (there, on), _ = to_depot(arrays, state, scratch, lane, i)
    y = leave_by(arrays, lane, y, on, first, last)
    if y <= -at.NEVER:
        return y
    return leave_by(arrays, lane, y - arrays.lane[lane, at.RESTOCK], there, last, last)


@compiled
def _no_later(arrays, scratch, i):
    """How far a stop may move right without being late, off its standing start or its wishes, or dragging others."""
    u, s = scratch.row[i, NODE], scratch.row[i, NOW]
    most = at.NEVER
    if arrays.node[u, at.ARCS] < arrays.node[u, at.ARCS_END]:
        return s
    if (
        arrays.node[u, at.LATES] < arrays.node[u, at.LATES_END]
        or arrays.node[u, at.WISHES] < arrays.node[u, at.WISHES_END]
    ):
        return s
    if arrays.rate[at.SHIFTED] > 0 and arrays.node[u, at.STOOD] >= 0:
        most = max(s, arrays.node[u, at.STOOD])
    return most


@compiled
def lateness(arrays, state, u, s):
    """Ticks by which u is late over all that was promised, starting at s."""
    late = np.int64(0)
    for i in range(arrays.node[u, at.LATES], arrays.node[u, at.LATES_END], at.LATENESS):
        opening = s + arrays.pool[i] * state.node[u, at.DURATION]
        closing = s + arrays.pool[i + 1] * state.node[u, at.DURATION]
        for j in range(arrays.pool[i + 3] - 2, arrays.pool[i + 2] - 2, -2):
            if arrays.pool[j] <= opening:
                late += max(np.int64(0), closing - arrays.pool[j + 1])
                break
    return late


@compiled
def _cost(arrays, state, scratch, lane, m):
    fact, rate = scratch.fact[0], arrays.rate
    cost, resource = arrays.money[lane, at.USED], arrays.lane[lane, at.RESOURCE]
    busy, drive, late = np.int64(0), np.int64(0), np.int64(0)
    for i in range(m):
        cost += scratch.cost[i]
        drive += scratch.row[i, DRIVE]
        if i == fact[STOP]:
            ticks, more = to_depot(arrays, state, scratch, lane, i)
            cost += more - scratch.cost[i]
            drive += ticks[0] + ticks[1] - scratch.row[i, DRIVE]
    for i in range(m - 1):
        u, s = scratch.row[i, NODE], scratch.row[i, NOW]
        busy += arrays.node[u, at.BEFORE] + state.node[u, at.DURATION] + arrays.node[u, at.AFTER]
        over = lateness(arrays, state, u, s)
        cost += rate[at.LATE] * over
        late = max(late, over)
        cost += _of_slot(arrays, lane, resource, u, s)
    fact[LATENESS], fact[WORK], fact[BUSY] = late, busy + drive, busy
    if arrays.lane[lane, at.UNIT] == 1:
        return cost
    cost += arrays.money[lane, at.OVER] * max(np.int64(0), fact[ARRIVAL] - arrays.lane[lane, at.LAST])
    begin = arrays.lane[lane, at.PAUSES]
    for p in range((arrays.lane[lane, at.PAUSES_END] - begin) // at.PAUSE):
        if (fact[SKIPPED] >> p) & 1:
            cost += arrays.pool[begin + at.PAUSE * p + 5]
    if _stands_about(arrays, lane):
        cost += _standing_about(arrays, scratch, lane, m, busy, drive)
    return cost


@compiled
def _of_slot(arrays, lane, resource, u, s):
    """What a stop costs for who does it and when, lateness aside."""
    cost = arrays.own[u, resource] if arrays.own.shape[0] > 1 else 0.0
    if arrays.rate[at.SHIFTED] > 0 and arrays.node[u, at.STOOD] >= 0:
        cost += arrays.rate[at.SHIFTED] * abs(s - arrays.node[u, at.STOOD])
    if arrays.node[u, at.CHARGED] == 1:
        cost += arrays.rate[at.PER_DAY] * arrays.lane[lane, at.DAY]
        if arrays.node[u, at.WISHES] < arrays.node[u, at.WISHES_END]:
            inside = False
            for i in range(arrays.node[u, at.WISHES], arrays.node[u, at.WISHES_END], 2):
                inside |= arrays.pool[i] <= s <= arrays.pool[i + 1]
            if not inside:
                cost += arrays.rate[at.WISHED]
    return cost


@compiled
def _standing_about(arrays, scratch, lane, m, busy, drive):
    """Waiting, idle and working time. Breaks before the first stop lie before the departure where that is free."""
    fact = scratch.fact[0]
    departure, arrival = fact[DEPARTURE], fact[ARRIVAL]
    inside, unpaid, outside = np.int64(0), np.int64(0), np.int64(0)
    begin = arrays.lane[lane, at.PAUSES]
    early = scratch.row[0, TAKEN] if arrays.lane[lane, at.FIXED_DEPARTURE] == 0 and m > 1 else 0
    for p in range((arrays.lane[lane, at.PAUSES_END] - begin) // at.PAUSE):
        if (fact[SKIPPED] >> p) & 1:
            continue
        length = arrays.pool[begin + at.PAUSE * p + 2]
        if early <= p < scratch.row[m - 1, TAKEN]:
            inside += length
            unpaid += length * (1 - arrays.pool[begin + at.PAUSE * p + 4])
        else:
            outside += length
    blocked = (arrival - departure) - driven(arrays, lane, departure, arrival)
    at_depot = arrays.lane[lane, at.RESTOCK] if fact[STOP] >= 0 else np.int64(0)
    waited = (arrival - departure) - busy - drive - at_depot - inside - blocked
    fact[WAITED] = waited
    worked = (arrival - departure) - unpaid - blocked
    if 0 <= arrays.lane[lane, at.MOST_TIME] < worked:
        return np.inf
    first, last = arrays.lane[lane, at.FIRST], arrays.lane[lane, at.LAST]
    idle = (
        waited
        + driven(arrays, lane, first, max(first, departure))
        + driven(arrays, lane, min(arrival, last), last)
        - outside
    )
    return arrays.rate[at.WAITED] * waited + arrays.money[lane, at.WORKED] * worked + arrays.rate[at.IDLE] * idle


@compiled
def refresh(arrays, state, scratch, lane):
    """Bring times, cost and totals of a lane up to date after its stops changed; whether it can be kept at all."""
    m = lay(arrays, state, scratch, lane, -1, -1)
    cost = evaluate(arrays, state, scratch, lane, m)
    if cost == np.inf:
        return False
    slots = arrays.suits.shape[0]
    facts, count = scratch.fact[1], (arrays.lane[lane, at.PAUSES_END] - arrays.lane[lane, at.PAUSES]) // at.PAUSE + 1
    state.cost[lane] = cost
    state.lane[lane, at.SIZE], state.lane[lane, at.BUSY] = m - 1, facts[BUSY]
    state.lane[lane, at.WORK], state.lane[lane, at.LATEST_BY] = facts[WORK], facts[LATENESS]
    state.lane[lane, at.SLACK] = facts[WAITED]
    for d in range(state.load.shape[1]):
        state.load[lane, d] = 0
    for i in range(m - 1):
        u = scratch.row[i, NODE]
        state.node[u, at.START] = scratch.row[i, BEST]
        for d in range(state.load.shape[1]):
            state.load[lane, d] += arrays.load[u, d]
    state.node[slots + arrays.lane.shape[0] + lane, at.START] = facts[ARRIVAL]
    relaxed = _priced(arrays, lane)
    if m > 1 and arrays.lane[lane, at.PRICED] == at.EXACT and (relaxed > 0 or facts[STOP] >= 0):
        _forward(arrays, state, scratch, lane, m, relaxed, -1)
    for i in range(m - 1):
        for k in range(count):
            state.node[scratch.row[i, NODE], at.TIMES + k] = scratch.times[i, k]
    _backward(arrays, state, lane, slots, count, relaxed)
    return True


@compiled
def refresh_from(arrays, state, lane, u, added):
    """As `refresh`, after u was put into a lane where only travel is priced and nothing interrupts the day.

    Times are followed from u as far as they change. `added` is what u costs there.
    """
    slots, lanes = arrays.suits.shape[0], arrays.lane.shape[0]
    head, tail, late = slots + lane, slots + lanes + lane, at.TIMES + (state.node.shape[1] - at.TIMES) // 2
    turn, v = arrays.lane[lane, at.TURNAROUND], u
    x = state.node[state.node[u, at.PRV], at.TIMES]
    if state.node[u, at.PRV] != head:
        x += _stay(arrays, state, state.node[u, at.PRV]) + turn
    while v != tail:
        x += state.node[v, at.DRIVE] + arrays.node[v, at.BEFORE]
        s = earliest_start(arrays, state, lane, v, max(x, state.node[v, at.BOUND]))
        if v != u and s == state.node[v, at.TIMES]:
            break
        if s > (at.NEVER - 1 if v == u else state.node[v, late]):
            return False
        state.node[v, at.TIMES] = state.node[v, at.START] = s
        x = s + _stay(arrays, state, v) + turn
        v = state.node[v, at.NXT]
    if v == tail and x - (turn if u != tail else 0) + state.node[tail, at.DRIVE] > arrays.lane[lane, at.LATEST]:
        return False
    v = u
    while v != head:
        behind = state.node[v, at.NXT]
        by = state.node[behind, late] - arrays.node[behind, at.BEFORE] - state.node[behind, at.DRIVE]
        by -= _stay(arrays, state, v) + (turn if behind < slots else 0)
        z = latest_start(arrays, state, lane, v, by)
        if v != u and z == state.node[v, late]:
            break
        state.node[v, late] = z
        v = state.node[v, at.PRV]
    length = arrays.node[u, at.BEFORE] + _stay(arrays, state, u)
    state.cost[lane] += added
    state.lane[lane, at.SIZE] += 1
    state.lane[lane, at.BUSY] += length
    state.lane[lane, at.WORK] += length
    for d in range(state.load.shape[1]):
        state.load[lane, d] += arrays.load[u, d]
    return True


@compiled
def _stay(arrays, state, u):
    """Ticks from the start of a stop to its leave."""
    return state.node[u, at.DURATION] + arrays.node[u, at.AFTER]


@compiled
def _backward(arrays, state, lane, slots, count, relaxed):
    """Latest starts by breaks taken; breaks that may be left out do not count."""
    lanes, breaks = arrays.lane.shape[0], (state.node.shape[1] - at.TIMES) // 2
    late = at.TIMES + breaks
    head, v = slots + lane, slots + lanes + lane
    for k in range(count):
        state.node[head, at.TIMES + k] = arrays.lane[lane, at.FIRST] if k == 0 else at.NEVER
        state.node[v, late + k] = _return_by(arrays, lane, k, count - 1, relaxed)
    turn = arrays.lane[lane, at.TURNAROUND]
    u = state.node[v, at.PRV]
    while u != head:
        length = state.node[u, at.DURATION] + arrays.node[u, at.AFTER] + (turn if v < slots else 0)
        before = arrays.node[v, at.BEFORE]
        for j in range(count):
            best = -at.NEVER
            for k in range(j, count):
                y = state.node[v, late + k]
                if y > -at.NEVER:
                    first = k if relaxed > 0 else j
                    best = max(best, leave_by(arrays, lane, y - before, state.node[v, at.DRIVE], first, k))
            state.node[u, late + j] = latest_start(arrays, state, lane, u, best - length) if best > -at.NEVER else best
        v, u = u, state.node[u, at.PRV]


@compiled
def _return_by(arrays, lane, k, last, relaxed):
    """The latest return with k breaks taken: the others fit behind it, or can be left out."""
    latest = arrays.lane[lane, at.LATEST]
    if relaxed > 0:
        return latest
    if _owes_before_work(arrays, lane, k, last, 0):
        return -at.NEVER
    begin = at.NEVER
    for p in range(last - 1, k - 1, -1):
        i = arrays.lane[lane, at.PAUSES] + at.PAUSE * p
        begin = min(arrays.pool[i + 1], begin) - arrays.pool[i + 2]
    return min(latest, begin)
