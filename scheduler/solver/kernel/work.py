"""What a search keeps besides plans: which lanes it touched, what is outside, and room for its moves."""

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Floats, Ints
from scheduler.solver.kernel.jit import Tables, compiled, inlined
from scheduler.solver.kernel.moves.mix import MIX
from scheduler.solver.kernel.state import copy_lane, copy_lanes

(STEP, TRY, TOUCHED, TRIED, TRYING, OUTSIDE, CHANGED, DIRTY, WALKED, FAILED, VISIT, STALE, TEAM,
 FOLLOWED, WALK) = range(15)  # fmt: skip
"""Counters: numbers of the step and of the try, lengths of the lists, whether a try is on, ..."""
KEEP, MOST_KEPT, BEAM = 12, 96, 32
"""Places kept for each slot of a pair, at most for each of a larger team; combinations of places."""


class Work(Tables):
    count: Ints
    mark: Ints
    """(6, L) step and try in which a lane was touched, whether it is dirty, step in which a string was taken out,
    whether its costs are behind its times, and whether it was dirty from the first."""
    lanes: Ints
    """(4, L) touched in the step, touched in the try, dirty, costs behind."""
    since: Ints
    """(L,) the stop from which a dirty lane is dirty, -1 for the whole lane."""
    when: Ints
    """(L,) the time from which a dirty lane is dirty, 0 where it is not known."""
    stale: Ints
    """(2, L) lanes that the best plan lacks as they are kept, and whether a lane is among them."""
    outside: Ints
    """(2, A) activities that are out, and where each stands in that list (-1: it is in)."""
    price: Floats
    """(A,) of leaving activities out, as the search counts it now: less than the goal's while it is hot."""
    changed: Ints
    """(2, A) activities whose being in or out the step changed, and the step."""
    followers: Ints
    """(2, A) activities that leave together, and when each was listed last."""
    visited: Ints
    """(2, S + L + arcs) visits of slots, and a stack."""
    mix: Floats
    """Shares of the moves, as `moves.mix` names them."""
    overall: Floats
    """(1,) what is measured over all lanes, while exchanges are tried."""
    quote: Floats
    """(A,) what is lost when the activity does not get its best lane."""
    quoted: Ints
    """(A, 2) its two best lanes."""
    order: Ints
    key: Floats
    places: Ints
    prices: Floats
    beam: Ints
    """(2, BEAM, T) places chosen, by slot; T is the size of the largest team."""
    sums: Floats
    """(2, BEAM)"""
    team: Ints
    """(T, 3) slots that a try puts in together, what their starts were last, and how often they rose since."""
    best: Ints
    """(T, 4) lane and stop before of the best team's slots so far, their windows and where they are."""


def work_for(arrays: Arrays) -> Work:
    lanes, slots, activities = len(arrays.lane), len(arrays.suits), len(arrays.activity)
    team = _largest_team(arrays)
    kept = _kept_for(team)
    arcs = int((arrays.node[:, at.ARCS_END] - arrays.node[:, at.ARCS]).sum()) // at.ARC
    return Work(
        count=np.zeros(15, dtype=np.int64),
        mark=np.zeros((6, lanes), dtype=np.int64),
        lanes=np.zeros((4, lanes), dtype=np.int64),
        since=np.full(lanes, -1, dtype=np.int64),
        when=np.zeros(lanes, dtype=np.int64),
        stale=np.zeros((2, lanes), dtype=np.int64),
        outside=np.full((2, activities), -1, dtype=np.int64),
        price=arrays.price.copy(),
        changed=np.zeros((2, activities), dtype=np.int64),
        followers=np.zeros((2, activities), dtype=np.int64),
        visited=np.zeros((2, slots + lanes + arcs), dtype=np.int64),
        mix=np.array(MIX),
        overall=np.zeros(1),
        quote=np.zeros(activities),
        quoted=np.zeros((activities, 2), dtype=np.int64),
        order=np.zeros(max(activities, slots), dtype=np.int64),
        key=np.zeros(activities),
        places=np.zeros((team, kept, 4), dtype=np.int64),
        prices=np.zeros((team, kept)),
        beam=np.zeros((2, BEAM, team), dtype=np.int64),
        sums=np.zeros((2, BEAM)),
        team=np.zeros((team, 3), dtype=np.int64),
        best=np.zeros((team, 4), dtype=np.int64),
    )


def _largest_team(arrays: Arrays) -> int:
    """Slots of the largest team, rooms included; 1 where there is none."""
    sets = zip(arrays.activity[:, at.SETS].tolist(), arrays.activity[:, at.SETS_END].tolist(), strict=True)
    sizes = (arrays.pool[k + 1] - arrays.pool[k] for begin, end in sets for k in range(begin, end, 2))
    return int(max(sizes, default=1))


def _kept_for(size: int) -> int:
    """Places kept for each slot of a team of so many: those of one lane are no help to a mate."""
    return KEEP if size < 3 else max(2 * size, min(MOST_KEPT, KEEP * (size - 1)))


kept_for = inlined(_kept_for)


@compiled
def touch(arrays, state, spare, work, lane):
    """Say that a lane will change, so that step and try can be taken back."""
    if work.mark[0, lane] != work.count[STEP]:
        work.mark[0, lane] = work.count[STEP]
        work.lanes[0, work.count[TOUCHED]] = lane
        work.count[TOUCHED] += 1
    if work.count[TRYING] == 1 and work.mark[1, lane] != work.count[TRY]:
        work.mark[1, lane] = work.count[TRY]
        work.lanes[1, work.count[TRIED]] = lane
        work.count[TRIED] += 1
        copy_lane(state, spare, arrays.suits.shape[0], lane)


@compiled
def begin_try(work):
    work.count[TRY] += 1
    work.count[TRIED], work.count[TRYING], work.count[TEAM] = 0, 1, 0


@compiled
def take_back(arrays, state, spare, work):
    """Undo the try."""
    copy_lanes(spare, state, arrays.suits.shape[0], work.lanes[1], work.count[TRIED])
    work.count[TRIED], work.count[TRYING] = 0, 0


@compiled
def set_outside(work, activity, out):
    """Move an activity into the list of what is outside, or out of it."""
    there = work.outside[1, activity]
    if out and there < 0:
        work.outside[0, work.count[OUTSIDE]] = activity
        work.outside[1, activity] = work.count[OUTSIDE]
        work.count[OUTSIDE] += 1
    elif not out and there >= 0:
        work.count[OUTSIDE] -= 1
        last = work.outside[0, work.count[OUTSIDE]]
        work.outside[0, there] = last
        work.outside[1, last] = there
        work.outside[1, activity] = -1


@compiled
def note_change(work, activity):
    if work.changed[1, activity] != work.count[STEP]:
        work.changed[1, activity] = work.count[STEP]
        work.changed[0, work.count[CHANGED]] = activity
        work.count[CHANGED] += 1


@compiled
def make_dirty(work, lane):
    """Mark the whole lane."""
    work.since[lane], work.when[lane] = -1, 0
    if work.mark[2, lane] == 0:
        work.mark[2, lane] = 1
        work.lanes[2, work.count[DIRTY]] = lane
        work.count[DIRTY] += 1


@compiled
def make_stale(work):
    """Say that the best plan lacks what the step did."""
    for i in range(work.count[TOUCHED]):
        lane = work.lanes[0, i]
        if work.stale[1, lane] == 0:
            work.stale[1, lane] = 1
            work.stale[0, work.count[STALE]] = lane
            work.count[STALE] += 1


@compiled
def none_stale(work):
    for i in range(work.count[STALE]):
        work.stale[1, work.stale[0, i]] = 0
    work.count[STALE] = 0


@compiled
def is_in(arrays, state, activity):
    """Whether the activity is in the plan, if only with what of it is held."""
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            if state.node[arrays.pool[i], at.LANE] >= 0:
                return True
    return False


@compiled
def move_place(work, n, source, target):
    """Copy one of the places kept for slot n of a team to another row."""
    for k in range(work.places.shape[2]):
        work.places[n, target, k] = work.places[n, source, k]
    work.prices[n, target] = work.prices[n, source]
