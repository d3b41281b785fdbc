"""Activities taken out that are related: nearest in place and time to a seed (Shaw 1998)."""

from scheduler.solver.kernel.jit import compiled
from scheduler.solver.kernel.moves.remove import remove_of


@compiled
def ruin_related(arrays, state, spare, work, seed, most):
    """Take out the seed's activity and those of its nearest neighbours, `most` in all."""
    done = remove_of(arrays, state, spare, work, seed)
    for i in range(arrays.near.shape[1]):
        v = arrays.near[seed, i]
        if v < 0 or done >= most:
            break
        done += remove_of(arrays, state, spare, work, v)
