"""Slots for one or two people: there every place is looked at, for none of them may lie next to a neighbour."""

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Ints
from scheduler.solver.kernel.tables.pool import Pool

PEOPLE, LANES = 2, 14
"""At most."""


def few_lanes(c: Compiled, pool: Pool, node: Ints, lane: Ints) -> None:
    """Write the lanes of such slots, those whose time of work and whose starts meet, into the nodes' table."""
    numbers = np.flatnonzero((lane[:, at.UNIT] == 0) & (lane[:, at.FROZEN] == 0))
    people = lane[numbers]
    working = np.unique(people[:, at.RESOURCE])
    narrow = (c.suits[:, working].sum(axis=1) <= PEOPLE) & ~c.slots.is_room
    for slot in np.flatnonzero(narrow):
        starts = c.starts[slot]
        if not starts:
            continue
        meets = (people[:, at.FIRST] <= starts[-1][1]) & (people[:, at.LATEST] >= starts[0][0])
        found = numbers[meets & c.suits[slot, people[:, at.RESOURCE]]]
        if len(found) <= LANES:
            node[slot, [at.FEW, at.FEW_END]] = pool.put(found)
