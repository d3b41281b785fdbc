"""A plan in the making: routes as linked lists, with the earliest and latest start of every stop."""

from collections.abc import Sequence

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Floats, Ints
from scheduler.solver.kernel.jit import Tables, compiled


class State(Tables):
    """N nodes, L lanes; columns are named in `layout`."""

    node: Ints
    """(N, TIMES + 2 K): links, lane (-1: outside), realised start, what ties demand, duration, place, shared window,
    ticks of the drive to it; then for each number of breaks taken the earliest start, and the latest one."""
    drive: Floats
    """(N,) cost of the drive to the node."""
    lane: Ints
    """(L, LANE_STATE): bookings, ticks busy, of work and travel, waited; largest lateness, tied stops, ticks idle; and
    the stop before which the depot is visited."""
    cost: Floats
    """(L,)"""
    load: Ints
    """(L, D) load, for each lane."""


def empty_state(arrays: Arrays) -> State:
    """No slot is anywhere."""
    slots, lanes = len(arrays.suits), len(arrays.lane)
    breaks = (arrays.lane[:, at.PAUSES_END] - arrays.lane[:, at.PAUSES]).max(initial=0) // at.PAUSE
    node = np.zeros((slots + 2 * lanes, at.TIMES + 2 * (int(breaks) + 1)), dtype=np.int64)
    node[:slots, at.LANE] = -1
    node[:, at.WINDOW] = -1
    node[:, at.WHERE] = arrays.node[:, at.PLACE]
    heads, tails = np.arange(slots, slots + lanes), np.arange(slots + lanes, slots + 2 * lanes)
    node[heads, at.NXT], node[tails, at.PRV] = tails, heads
    node[heads, at.LANE] = node[tails, at.LANE] = np.arange(lanes)
    lane = np.zeros((lanes, at.LANE_STATE), dtype=np.int64)
    lane[:, at.VISIT] = -1
    return State(
        node=node,
        drive=np.zeros(len(node)),
        lane=lane,
        cost=np.zeros(lanes),
        load=np.zeros((lanes, arrays.load.shape[1]), dtype=np.int64),
    )


def stops_of(state: State, lane: int) -> list[int]:
    """The stops of a lane, in their order."""
    slots = len(state.node) - 2 * len(state.lane)
    found, u = list[int](), int(state.node[slots + lane, at.NXT])
    while u < slots:
        found.append(u)
        u = int(state.node[u, at.NXT])
    return found


def write_stops(state: State, lane: int, stops: Sequence[int]) -> None:
    """Make these the stops of a lane, which are in no other. Drives and times are not brought up to date."""
    lanes = len(state.lane)
    slots = len(state.node) - 2 * lanes
    nodes = np.array([slots + lane, *stops, slots + lanes + lane])
    state.node[nodes[:-1], at.NXT], state.node[nodes[1:], at.PRV] = nodes[1:], nodes[:-1]
    state.node[nodes[1:-1], at.LANE] = lane


@compiled
def copy_lanes(source, target, slots, lanes, count):
    """Make the first `count` of `lanes` in `target` what they are in `source`; what they held alone is outside then."""
    for i in range(count):
        u = target.node[slots + lanes[i], at.NXT]
        while u < slots:
            target.node[u, at.LANE] = -1
            u = target.node[u, at.NXT]
    for i in range(count):
        copy_lane(source, target, slots, lanes[i])


@compiled
def copy_lane(source, target, slots, lane):
    """Copy one lane, its stops and its totals."""
    u, tail = slots + lane, slots + source.lane.shape[0] + lane
    while True:
        for k in range(source.node.shape[1]):
            target.node[u, k] = source.node[u, k]
        target.drive[u] = source.drive[u]
        if u == tail:
            break
        u = source.node[u, at.NXT]
    _copy_totals(source, target, lane)


@compiled
def _copy_totals(source, target, lane):
    for k in range(source.lane.shape[1]):
        target.lane[lane, k] = source.lane[lane, k]
    for k in range(source.load.shape[1]):
        target.load[lane, k] = source.load[lane, k]
    target.cost[lane] = source.cost[lane]


@compiled
def copy_all(source, target):
    for i in range(source.node.shape[0]):
        for k in range(source.node.shape[1]):
            target.node[i, k] = source.node[i, k]
        target.drive[i] = source.drive[i]
    for lane in range(source.lane.shape[0]):
        _copy_totals(source, target, lane)


@compiled
def link(state, u, before, lane):
    """Put u behind `before`."""
    behind = state.node[before, at.NXT]
    state.node[before, at.NXT], state.node[u, at.PRV] = u, before
    state.node[u, at.NXT], state.node[behind, at.PRV] = behind, u
    state.node[u, at.LANE] = lane


@compiled
def unlink(state, u):
    before, behind = state.node[u, at.PRV], state.node[u, at.NXT]
    state.node[before, at.NXT], state.node[behind, at.PRV] = behind, before
    state.node[u, at.LANE] = -1
