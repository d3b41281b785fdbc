"""How insertions are priced in each lane: by legs alone where that is exact, by whole routes where it is not."""

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Ints


def ways(compiled: Compiled, tables: Arrays) -> Ints:
    """How insertions are priced, by lane.

    Not by what they shift: to ask whole routes for that costs more steps than it is worth.
    """
    rate, lane, node = tables.rate, tables.lane, tables.node
    late = (rate[at.LATE] > 0 or rate[at.LARGEST] > 0) and bool(compiled.lates)
    priced = bool((rate[[at.WAITED, at.IDLE, at.LARGEST_IDLE, at.BALANCE]] > 0).any())
    priced |= rate[at.WISHED] > 0 and bool((node[:, at.WISHES] < node[:, at.WISHES_END]).any())
    if priced:
        return np.full(len(lane), at.EXACT)
    over = (tables.money[:, at.OVER] > 0) & (lane[:, at.LATEST] > lane[:, at.LAST]) & (lane[:, at.UNIT] == 0)
    limited = (lane[:, at.MOST_TIME] >= 0) & (lane[:, at.UNIT] == 0)
    plain = tables.money[:, at.WORKED] == 0
    plain &= (lane[:, at.PAUSES] == lane[:, at.PAUSES_END]) | (lane[:, at.BLOCKED] == lane[:, at.BLOCKED_END])
    plain &= np.array([all(p.price is None for p in compiled.pauses[s]) for s in lane[:, at.SOURCE]], dtype=np.bool_)
    if tables.tools.shape[1] + tables.parts.shape[1]:
        plain &= lane[:, at.UNIT] == 1
    if rate[at.PER_DAY] > 0:
        midnights = np.array(compiled.midnights[1:], dtype=np.int64)
        last_day = np.searchsorted(midnights, lane[:, at.LATEST], side="right")
        plain &= (lane[:, at.DAY] == last_day) | (lane[:, at.UNIT] == 1)
    bare = lane[:, at.PAUSES] == lane[:, at.PAUSES_END]
    by_legs = plain & ~over & (not late)
    walked = bare & (lane[:, at.BLOCKED] == lane[:, at.BLOCKED_END]) & (lane[:, at.CLOSED] == lane[:, at.CLOSED_END])
    walked &= _starts_alone(tables)
    cases = [by_legs & ~limited, by_legs & limited & walked, plain & bare & ~limited]
    return np.select(cases, [at.TRAVEL_ONLY, at.LIMITED, at.REGULAR], at.EXACT).astype(np.int64)


def _starts_alone(tables: Arrays) -> bool:
    """Whether nothing but one window of its own says when a slot may start, and what others do costs nothing."""
    own, activity, rate = tables.node[: len(tables.suits)], tables.activity, tables.rate
    windows = (own[:, at.STARTS_END] - own[:, at.STARTS] > 2) | (own[:, at.ENDS] < own[:, at.ENDS_END])
    shared = activity[:, at.SHARED] < activity[:, at.SHARED_END]
    return not (windows.any() or shared.any() or rate[at.HAS_TIES] > 0)
