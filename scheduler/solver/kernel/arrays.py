"""What the compiled search reads: few flat tables, so that compiled functions pass them around cheaply.

*Nodes* are the slots, then a head and a tail for each lane. The search's lanes are technicians' working days and units
of rooms: a room that holds three at once has three. Ticks are 64-bit integers; costs are 64-bit floats in the goal's
own units, levels above the lowest one multiplied so that no saving below outweighs them.
"""

import numpy as np
from numpy.typing import NDArray

from scheduler.solver.kernel.jit import Tables

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Arrays(Tables):
    """The problem. S slots, L lanes, N = S + 2 L nodes, A activities, R resources, Q places and one for nowhere."""

    node: Ints
    """(N, NODE_COLUMNS)"""
    lane: Ints
    """(L, LANE_COLUMNS)"""
    activity: Ints
    """(A, ACTIVITY_COLUMNS)"""
    pool: Ints
    """Spans, breaks, arcs, sets: whatever a pair of columns names a stretch of."""
    suits: Flags
    """(S, R)"""
    duration: Ints
    """(S, R), or (S, 1) where it is the same for everybody."""
    own: Floats
    """(S, R) cost of a slot on a resource, or (0, 0) for none."""
    money: Floats
    """(L, LANE_MONEY)"""
    rate: Floats
    """(RATES,) per tick, and per breach of a wish."""
    price: Floats
    """(A,) of leaving an activity out."""
    fee: Floats
    """(breaks that may be left out,) of leaving one out."""
    load: Ints
    """(S, D) amounts, then (L, D) below them the capacities."""
    tools: Ints
    """(S + L, D) 1 for a tool that is needed, then carried."""
    parts: Ints
    """(S + L, D) amounts needed, then carried."""
    ticks: Small
    """(classes, Q, Q) duration of a leg; empty where no matrix is given: then legs are computed."""
    back: Small
    """(classes, Q, Q) as `ticks`, by where it ends, then by where it begins."""
    high: Small
    """(classes, Q, Q) bits of `ticks` that it has no room for; empty where there are none."""
    legs: Floats
    """(classes, Q, Q) cost of a leg; empty where every tick costs the same, as `circle` says."""
    globe: Floats
    """(Q, 7) where places are, see `legs`; NaN for nowhere."""
    circle: Floats
    """(classes, 6) of the great circle, see `roads`."""
    near: Small
    """(S, K) slots near in place and time that may share a lane, the nearest first; -1 at the end."""
    near_lanes: Small
    """(S, M) lanes whose ends are near; -1 at the end."""
    reach: Floats
    """(S,) about the ticks to the nearest end of a lane."""
    midnights: Ints
