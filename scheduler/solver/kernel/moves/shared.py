"""Activities taken out that share a room or a team: what comes next to the seed's activity in each of its lanes."""

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.remove import remove_of


@compiled
def ruin_shared(arrays, state, spare, work, seed, most):
    """Take out, around each slot of the seed's activity, the stop before and the stop behind it, then those next to
    them and so on, about `most` in all; then the activity itself."""
    activity, slots = arrays.node[seed, at.ACTIVITY], arrays.suits.shape[0]
    done, before = 0, -1
    while done < most and done != before:
        before = done
        for k in range(arrays.activity[activity, at.SETS], arrays.activity[activity, at.SETS_END], 2):
            for i in range(arrays.pool[k], arrays.pool[k + 1]):
                u = arrays.pool[i]
                if state.node[u, at.LANE] < 0:
                    continue
                for v in (state.node[u, at.PRV], state.node[u, at.NXT]):
                    if v < slots and done < most:
                        done += remove_of(arrays, state, spare, work, v)
    remove_of(arrays, state, spare, work, seed)
