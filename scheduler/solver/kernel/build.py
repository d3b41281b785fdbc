"""From `Compiled` to the tables of the compiled search."""

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Flags, Ints
from scheduler.solver.kernel.money import Money
from scheduler.solver.kernel.near_slots import near_slots
from scheduler.solver.kernel.nearness import near_lanes
from scheduler.solver.kernel.roads import Roads
from scheduler.solver.kernel.tables.activities import ActivityTable
from scheduler.solver.kernel.tables.few import few_lanes
from scheduler.solver.kernel.tables.held import joining
from scheduler.solver.kernel.tables.lanes import LaneTable
from scheduler.solver.kernel.tables.nodes import NodeTable
from scheduler.solver.kernel.tables.pool import Pool
from scheduler.solver.kernel.tables.suited import durations_of, suits_of
from scheduler.solver.kernel.tables.units import units
from scheduler.solver.kernel.tables.ways import ways
from scheduler.solver.kernel.weights import Weights
from scheduler.solver.uncollected import uncollected

NEAR, CLOSE, NEAR_LANES = 48, 24, 16


@uncollected()
def build(c: Compiled) -> Arrays:
    """The tables of a problem; what `Compiled` says of a room's capacity becomes units of it."""
    sizes, pool, slots = units(c), Pool(), len(c.slots)
    source = np.repeat(np.arange(len(c.lanes)), [len(some) for some in sizes])
    holds = np.array([size for some in sizes for size in some], dtype=np.int64)
    weights = Weights(c)
    roads, money = Roads(c, source, weights), Money(c, source, weights)
    lanes, parts = LaneTable(c, pool, source, holds, roads, money), joining(c)
    node, lane = NodeTable(c, pool, source, holds, roads.nowhere, parts).table(), lanes.table()
    few_lanes(c, pool, node, lane)
    tables = Arrays(
        node=node,
        lane=lane,
        activity=ActivityTable(c, pool, parts).table(),
        pool=pool.array,
        suits=suits_of(c),
        duration=durations_of(c),
        own=money.own,
        money=money.of_lanes(),
        rate=money.rates(),
        price=money.prices(),
        fee=np.array(lanes.fees, dtype=np.float64),
        load=_stacked(c.load, c.capacity, source, slots),
        tools=_stacked(c.tools, c.tools_carried, source, slots),
        parts=_stacked(c.parts, c.parts_carried, source, slots),
        ticks=roads.ticks,
        back=roads.back,
        high=roads.high,
        legs=roads.legs,
        globe=roads.globe,
        circle=roads.circle,
        near=np.zeros((0, 0), dtype=np.int32),
        near_lanes=np.zeros((0, 0), dtype=np.int32),
        reach=np.zeros(slots),
        midnights=np.array(c.midnights, dtype=np.int64),
    )
    tables.lane[:, at.PRICED] = ways(c, tables)
    ends, reach = near_lanes(tables, NEAR_LANES)
    return tables.replace(near=near_slots(tables, NEAR, CLOSE), near_lanes=ends, reach=reach)


def _stacked(needed: Ints | Flags, carried: Ints | Flags, source: Ints, slots: int) -> Ints:
    """Needs of the slots above what the lanes carry."""
    if not needed.size:
        return np.zeros((slots + len(source), 0), dtype=np.int64)
    return np.ascontiguousarray(np.concatenate([needed, carried[source]]).astype(np.int64))
