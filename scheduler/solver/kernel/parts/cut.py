"""A part of a problem and of its plan: some lanes with what they hold, and activities that are outside.

Whoever has mates elsewhere is pinned: there, and at its time. A day that a break before it would suit better is refused
here as it would be in the whole, where the mates can't wait. A part is a problem like any other, small enough for the
processor's cache and for being sent to another machine.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Flags, Ints, Small
from scheduler.solver.kernel.parts.stretches import Stretches
from scheduler.solver.kernel.state import State


@dataclass(frozen=True)
class Cut:
    """A part, and what its numbers mean in the whole."""

    arrays: Arrays
    state: State
    outside: Ints
    """Activities of the part that are not in the plan, by their number in the part."""
    activities: Ints
    slots: Ints
    lanes: Ints
    places: Ints


def cut(arrays: Arrays, state: State, lanes: Ints, outside: Ints) -> Cut:
    """The part with these lanes (in order) and these activities from outside the plan."""
    return _Cutter(arrays, state, lanes, outside).cut()


class _Cutter:
    def __init__(self, arrays: Arrays, state: State, lanes: Ints, outside: Ints) -> None:
        self.whole, self.state, self.lanes = arrays, state, lanes
        slots, count = len(arrays.suits), len(arrays.lane)
        self.lane_number = _numbers(lanes, count)
        where = state.node[:slots, at.LANE]
        owner = arrays.node[:slots, at.ACTIVITY]
        inside = (where >= 0) & (self.lane_number[where] >= 0)
        part = np.zeros(len(arrays.activity), dtype=np.bool_)
        part[owner[inside]] = True
        foreign = np.zeros_like(part)
        foreign[owner[(where >= 0) & ~inside]] = True
        self.outside, away = self._at_home(part, outside[~foreign[outside]])
        self.pinned = part & (foreign | away)
        part[self.outside] = True
        self.activities = np.flatnonzero(part)
        self.slots = np.flatnonzero(part[owner] & (inside | ~(foreign | self.pinned)[owner]))
        self.activity_number = _numbers(self.activities, len(part))
        self.slot_number = _numbers(self.slots, slots)
        self.nodes = np.concatenate([self.slots, slots + lanes, slots + count + lanes])
        self.node_number = _numbers(self.nodes, slots + 2 * count)
        used = np.concatenate([arrays.node[self.nodes, at.PLACE], state.node[self.nodes, at.WHERE]])
        stations = np.concatenate([arrays.lane[lanes, at.HOUSE], arrays.lane[lanes, at.DEPOT]])
        nowhere = len(arrays.globe) - 1
        self.places = np.unique(np.concatenate([used, stations, [nowhere]]))
        self.places = self.places[self.places >= 0]
        self.place_number = _numbers(self.places, nowhere + 1)
        self.resources, self.resource_of = np.unique(arrays.lane[lanes, at.RESOURCE], return_inverse=True)

    def _at_home(self, part: Flags, outside: Ints) -> tuple[Ints, Flags]:
        """What is outside without what hangs on activities elsewhere, or on such; and what else hangs on any."""
        while True:
            known = part.copy()
            known[outside] = True
            away = self._linked_elsewhere(known)
            if not away[outside].any():
                return outside, away
            outside = outside[~away[outside]]

    def _linked_elsewhere(self, known: Flags) -> Flags:
        """Activities with precedences to such as are not known here."""
        table = self.whole.activity
        values, row = Stretches(self.whole.pool).read(table[:, at.LINKS], table[:, at.LINKS_END])
        away = np.zeros(len(table), dtype=np.bool_)
        away[row[:: at.LINK][~known[values[:: at.LINK]]]] = True
        return away

    def cut(self) -> Cut:
        stretches = Stretches(self.whole.pool)
        node, lane, activity = self._nodes(stretches), self._lanes(stretches), self._activities(stretches)
        whole, lanes, slots = self.whole, self.lanes, self.slots
        size = len(self.places)
        there = np.ix_(np.arange(len(whole.ticks)), self.places, self.places)
        ticks = whole.ticks[there] if len(whole.ticks) else np.zeros((0, size, size), dtype=np.int32)
        rows = np.concatenate([slots, len(whole.suits) + lanes])
        arrays = Arrays(
            node=node,
            lane=lane,
            activity=activity,
            pool=stretches.pool,
            suits=self._by_resource(whole.suits),
            duration=self._by_resource(whole.duration),
            own=self._by_resource(whole.own) if len(whole.own) else whole.own,
            money=whole.money[lanes],
            rate=whole.rate,
            price=whole.price[self.activities],
            fee=whole.fee,
            load=whole.load[rows],
            tools=whole.tools[rows],
            parts=whole.parts[rows],
            ticks=ticks,
            back=ticks if whole.back is whole.ticks else whole.back[there],
            high=whole.high[there] if len(whole.high) else np.zeros((0, size, size), dtype=np.int32),
            legs=whole.legs[there] if len(whole.legs) else np.zeros((0, size, size)),
            globe=whole.globe[self.places],
            circle=whole.circle,
            near=_renumbered(whole.near[slots], self.slot_number),
            near_lanes=_renumbered(whole.near_lanes[slots], self._representatives()),
            reach=whole.reach[slots],
            midnights=whole.midnights,
        )
        outside = self.activity_number[self.outside]
        return Cut(arrays, self._state(arrays), outside, self.activities, slots, lanes, self.places)

    def _by_resource(self, table: Any) -> Any:
        return table[self.slots] if table.shape[1] == 1 else table[np.ix_(self.slots, self.resources)]

    def _nodes(self, stretches: Stretches) -> Ints:
        table: Ints = self.whole.node[self.nodes]
        table[:, at.PLACE] = np.where(table[:, at.PLACE] < 0, -1, self.place_number[table[:, at.PLACE]])
        n = len(self.slots)
        own, at_slots = table[:n], self.pinned[table[:n, at.ACTIVITY]]
        own[:, at.ACTIVITY] = self.activity_number[own[:, at.ACTIVITY]]
        pins = np.flatnonzero(at_slots)
        own[pins, at.FIXED] = np.maximum(own[pins, at.FIXED], at.STAYS)
        own[pins, at.UNTIL] = starts = self.state.node[self.slots[pins], at.START]
        earliest = np.zeros(len(table), dtype=np.int64)
        earliest[pins] = starts
        values, row = stretches.read(table[:, at.STARTS], table[:, at.STARTS_END])
        stretches.write(np.maximum(values, earliest[row]), row, table, at.STARTS)
        stretches.carry(table, at.ENDS)
        stretches.nested(table, at.LATES, at.LATENESS)
        stretches.translate(table, at.BARRED, self.lane_number)
        stretches.translate(table, at.FEW, self.lane_number)
        stretches.translate(table, at.ARCS, self.slot_number, at.ARC)
        stretches.translate(table, at.ARCS_IN, self.slot_number)
        stretches.carry(table, at.WISHES)
        return table

    def _lanes(self, stretches: Stretches) -> Ints:
        table = self.whole.lane[self.lanes]
        table[:, at.RESOURCE] = self.resource_of
        for column in (at.HOUSE, at.DEPOT):
            table[:, column] = np.where(table[:, column] < 0, table[:, column], self.place_number[table[:, column]])
        stretches.carry(table, at.BLOCKED)
        stretches.carry(table, at.CLOSED)
        stretches.carry(table, at.PAUSES)
        stretches.translate(table, at.MEMBERS, self.lane_number)
        return table

    def _activities(self, stretches: Stretches) -> Ints:
        table = self.whole.activity[self.activities]
        table[self.pinned[self.activities], at.HELD] = 0
        stretches.nested(table, at.SETS, 2, self.slot_number)
        stretches.carry(table, at.SHARED)
        stretches.translate(table, at.LINKS, self.activity_number, at.LINK)
        return table

    def _representatives(self) -> Ints:
        """For each lane of the whole one of the part that differs in nothing; -1 where there is none."""
        alike = self.whole.lane[:, at.ALIKE]
        first = np.full(alike.max(initial=0) + 1, -1, dtype=np.int64)
        first[alike[self.lanes][::-1]] = np.arange(len(self.lanes))[::-1]
        return np.asarray(first[alike], dtype=np.int64)

    def _state(self, arrays: Arrays) -> State:
        whole, lanes = self.state, self.lanes
        node = whole.node[self.nodes]
        node[:, at.LANE] = np.where(node[:, at.LANE] < 0, -1, self.lane_number[node[:, at.LANE]])
        for column in (at.NXT, at.PRV):
            node[:, column] = self.node_number[node[:, column]]
        node[:, at.WHERE] = np.where(node[:, at.WHERE] < 0, -1, self.place_number[node[:, at.WHERE]])
        tied = (arrays.node[:, at.ARCS] < arrays.node[:, at.ARCS_END]) & (node[:, at.LANE] >= 0)
        tied |= (arrays.node[:, at.ARCS_IN] < arrays.node[:, at.ARCS_IN_END]) & (node[:, at.LANE] >= 0)
        lane = whole.lane[lanes]
        lane[:, at.VISIT] = self.node_number[lane[:, at.VISIT]]
        lane[:, at.TIES] = np.bincount(node[tied, at.LANE], minlength=len(lanes))
        return State(
            node=node,
            drive=whole.drive[self.nodes],
            lane=lane,
            cost=whole.cost[lanes],
            load=whole.load[lanes],
        )


def _numbers(chosen: Ints, count: int) -> Ints:
    """New numbers by old ones, -1 for what is not chosen."""
    numbers = np.full(count + 1, -1, dtype=np.int64)  # -1 stays -1
    numbers[chosen] = np.arange(len(chosen))
    return numbers


def _renumbered(near: Small, numbers: Ints) -> Small:
    """Neighbours by their new numbers, in their order; -1 at the end."""
    found = numbers[near].astype(np.int32)
    order = np.argsort(found < 0, axis=1, kind="stable")
    return np.ascontiguousarray(np.take_along_axis(found, order, axis=1))
