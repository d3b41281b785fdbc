"""What precedences say of who."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.combine import clash
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.work import is_in, move_place


@compiled
def links_allow(arrays, state, activity):
    """Whether all that must come before is in the plan."""
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        if arrays.pool[i + 1] & at.NEEDS and not is_in(arrays, state, arrays.pool[i]):
            return False
    return True


@compiled
def by_people(arrays, state, work, activity, n, found):
    """Only places with people that no precedence rules out."""
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        other = arrays.pool[i]
        if arrays.pool[i + 1] & at.DIFFERENT == 0 or not is_in(arrays, state, other):
            continue
        kept = 0
        for p in range(found):
            lane = work.places[n, p, 0]
            if arrays.lane[lane, at.UNIT] == 1 or not _serves(arrays, state, other, arrays.lane[lane, at.RESOURCE]):
                move_place(work, n, p, kept)
                kept += 1
        found = kept
    return found


@compiled
def beside_held(arrays, state, work, u, n, found):
    """Only places that go with those of the team who are held."""
    kept = 0
    for p in range(found):
        if _goes_with_team(arrays, state, u, work.places[n, p, 0]):
            move_place(work, n, p, kept)
            kept += 1
    return kept


@compiled
def _share_people(arrays, state, activity, other):
    """Whether somebody who is in the plan with one activity serves the other, too."""
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            lane = state.node[arrays.pool[i], at.LANE]
            people = lane >= 0 and arrays.lane[lane, at.UNIT] == 0
            if people and _serves(arrays, state, other, arrays.lane[lane, at.RESOURCE]):
                return True
    return False


@compiled
def shares_people(arrays, state, work, activity, size, b):
    """Whether the places of a combination have somebody in common with each activity that asks for the same."""
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        other = arrays.pool[i]
        if arrays.pool[i + 1] & at.SAME == 0 or not is_in(arrays, state, other):
            continue
        common = _share_people(arrays, state, activity, other)
        for n in range(size):
            lane = work.places[n, work.beam[0, b, n], 0]
            common |= arrays.lane[lane, at.UNIT] == 0 and _serves(arrays, state, other, arrays.lane[lane, at.RESOURCE])
        if not common:
            return False
    return True


@compiled
def may_join(arrays, state, u, lane):
    """Whether u may change to the lane, as far as the rest of its team and precedences are concerned."""
    activity, resource = arrays.node[u, at.ACTIVITY], arrays.lane[lane, at.RESOURCE]
    if not _goes_with_team(arrays, state, u, lane):
        return False
    for i in range(arrays.activity[activity, at.LINKS], arrays.activity[activity, at.LINKS_END], at.LINK):
        other, kind = arrays.pool[i], arrays.pool[i + 1]
        if kind & (at.SAME | at.DIFFERENT) == 0 or not is_in(arrays, state, other):
            continue
        if _serves(arrays, state, other, resource) != (kind & at.SAME != 0):
            return False
    return True


@compiled
def _goes_with_team(arrays, state, u, lane):
    """Whether those of u's team who are in the plan let it into the lane."""
    activity = arrays.node[u, at.ACTIVITY]
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            other = state.node[arrays.pool[i], at.LANE]
            if arrays.pool[i] == u or other < 0:
                continue
            near = (
                arrays.activity[activity, at.ONE_SITE] == 0 or arrays.lane[other, at.SITE] == arrays.lane[lane, at.SITE]
            )
            if clash(arrays, activity, lane, other) or not near:
                return False
    return True


@compiled
def _serves(arrays, state, activity, resource):
    for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
        for i in range(arrays.pool[k], arrays.pool[k + 1]):
            lane = state.node[arrays.pool[i], at.LANE]
            if lane >= 0 and arrays.lane[lane, at.RESOURCE] == resource:
                return True
    return False
