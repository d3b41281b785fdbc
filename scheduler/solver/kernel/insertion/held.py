"""Those of a team who are held, while others join and leave."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.put import measure
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.work import make_dirty, touch


@compiled
def send_held(arrays, state, spare, work, activity):
    """Have who is held go to the room that is chosen, nowhere while there is none; False where they stand still."""
    held, house = arrays.activity[activity, at.HELD], arrays.globe.shape[0] - 1
    if held == 0:
        return True
    begin, end = arrays.pool[arrays.activity[activity, at.SETS]], arrays.pool[arrays.activity[activity, at.SETS] + 1]
    for i in range(begin, end):
        lane = state.node[arrays.pool[i], at.LANE]
        if lane >= 0 and arrays.lane[lane, at.UNIT] == 1:
            house = arrays.lane[lane, at.HOUSE]
    for i in range(end - held, end):
        u = arrays.pool[i]
        if arrays.node[u, at.PLACE] >= 0 or state.node[u, at.WHERE] == house:
            continue
        lane = state.node[u, at.LANE]
        if arrays.lane[lane, at.FROZEN] == 1:
            return False
        touch(arrays, state, spare, work, lane)
        state.node[u, at.WHERE] = house
        measure(arrays, state, lane, u)
        measure(arrays, state, lane, state.node[u, at.NXT])
        make_dirty(work, lane)
    return True
