"""Routes that searches side by side came by, and routes written back into a plan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Arrays, Flags, Ints
from scheduler.solver.kernel.state import State, stops_of, write_stops

MOST = 3000
"""Routes in a pool; the oldest leave first."""

Key = tuple[int, frozenset[int]]
"""Class of lanes, and what is served."""


class Route(NamedTuple):
    """Slots in their order, for a lane of a class, and what that costs."""

    kind: int
    stops: tuple[int, ...]
    cost: float

    @property
    def key(self) -> Key:
        return self.kind, frozenset(self.stops)


@dataclass
class Pool:
    """The youngest routes, each in the best order that is known."""

    _routes: dict[Key, Route] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, routes: Iterable[Route]) -> None:
        """Keep routes, and forget the oldest."""
        with self._lock:
            for route in routes:
                known = self._routes.pop(route.key, route)
                self._routes[route.key] = known if known.cost < route.cost else route
            while len(self._routes) > MOST:
                del self._routes[next(iter(self._routes))]

    def all(self) -> dict[Key, Route]:
        """What is there now."""
        with self._lock:
            return dict(self._routes)


def bound_slots(arrays: Arrays) -> Flags:
    """Slots whose place or time hangs on other slots: of teams, with rooms, before or after others."""
    slots, row = len(arrays.suits), arrays.activity
    bound = (row[:, at.LINKS] < row[:, at.LINKS_END]) | (row[:, at.SHARED] < row[:, at.SHARED_END])
    for n, (begin, end) in enumerate(row[:, [at.SETS, at.SETS_END]]):
        sets = arrays.pool[begin:end]
        bound[n] |= bool((sets[1::2] - sets[::2] > 1).any())
    node = arrays.node[:slots]
    tied = (node[:, at.ARCS] < node[:, at.ARCS_END]) | (node[:, at.ARCS_IN] < node[:, at.ARCS_IN_END])
    return np.asarray(bound[node[:, at.ACTIVITY]] | tied)


def loose_lanes(arrays: Arrays, state: State, bound: Flags) -> Flags:
    """Technicians' lanes that hold no bound slot."""
    loose = (arrays.lane[:, at.UNIT] == 0) & (arrays.lane[:, at.FROZEN] == 0)
    where = state.node[: len(bound), at.LANE]
    loose[where[bound & (where >= 0)]] = False
    return np.asarray(loose)


def routes_of(arrays: Arrays, state: State, lanes: Iterable[int]) -> Iterator[Route]:
    """Yield the routes of those lanes that are used."""
    for lane in lanes:
        if stops := stops_of(state, lane):
            yield Route(int(arrays.lane[lane, at.ALIKE]), tuple(stops), float(state.cost[lane]))


def write(arrays: Arrays, state: State, lanes: Ints, routes: Iterable[Route]) -> None:
    """Give these lanes these routes alone; a route that is there already keeps its lane."""
    places: dict[Key, int] = {}
    free: dict[int, list[int]] = defaultdict(list)
    wanted = {route.key: route for route in routes}
    used = lanes[state.lane[lanes, at.SIZE] > 0].tolist()
    for lane, route in zip(used, routes_of(arrays, state, used), strict=True):
        if route.key in wanted:
            places[route.key] = lane
    for lane in sorted(set(lanes.tolist()) - set(places.values())):
        free[int(arrays.lane[lane, at.ALIKE])].append(lane)
    slots = len(arrays.suits)
    state.node[:slots, at.LANE][np.isin(state.node[:slots, at.LANE], lanes)] = -1
    for lane in lanes.tolist():
        _fill(arrays, state, lane, ())
    for key, route in wanted.items():
        _fill(arrays, state, places[key] if key in places else free[route.kind].pop(0), route.stops)


def _fill(arrays: Arrays, state: State, lane: int, stops: tuple[int, ...]) -> None:
    column = int(arrays.lane[lane, at.RESOURCE]) if arrays.duration.shape[1] > 1 else 0
    u = list(stops)
    state.node[u, at.WHERE], state.node[u, at.DURATION] = arrays.node[u, at.PLACE], arrays.duration[u, column]
    state.node[u, at.WINDOW], state.node[u, at.BOUND] = -1, 0
    write_stops(state, lane, stops)
