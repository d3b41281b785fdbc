"""How insertions are priced in each lane: by legs alone where that is exact, by whole routes where it is not."""

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Ints


def ways(compiled: Compiled, tables: Arrays) -> Ints:
    """How insertions are priced, by lane."""
    rate, lane, node = tables.rate, tables.lane, tables.node
    late = (rate[at.LATE] > 0 or rate[at.LARGEST] > 0) and bool(compiled.lates)
    priced = bool((rate[[at.WAITED, at.IDLE, at.LARGEST_IDLE, at.SHIFTED]] > 0).any())
    priced |= rate[at.WISHED] > 0 and bool((node[:, at.WISHES] < node[:, at.WISHES_END]).any())
    if priced:
        return np.full(len(lane), at.EXACT)
    over = (tables.money[:, at.OVER] > 0) & (lane[:, at.LATEST] > lane[:, at.LAST]) & (lane[:, at.UNIT] == 0)
    plain = (tables.money[:, at.WORKED] == 0) & (lane[:, at.MOST_TIME] < 0)
    plain &= (lane[:, at.PAUSES] == lane[:, at.PAUSES_END]) | (lane[:, at.BLOCKED] == lane[:, at.BLOCKED_END])
    plain &= np.array([all(p.price is None for p in compiled.pauses[s]) for s in lane[:, at.SOURCE]], dtype=np.bool_)
    if tables.tools.shape[1] + tables.parts.shape[1]:
        plain &= lane[:, at.UNIT] == 1
    if rate[at.PER_DAY] > 0:
        midnights = np.array(compiled.midnights[1:], dtype=np.int64)
        last_day = np.searchsorted(midnights, lane[:, at.LATEST], side="right")
        plain &= (lane[:, at.DAY] == last_day) | (lane[:, at.UNIT] == 1)
    regular = plain & (lane[:, at.PAUSES] == lane[:, at.PAUSES_END])
    others = np.where(regular, at.REGULAR, at.EXACT)
    return np.where(plain & ~over & (not late), at.TRAVEL_ONLY, others).astype(np.int64)
