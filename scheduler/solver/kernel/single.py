"""One compiled search as Python sees it: load a plan, take steps, give the best plan back."""

from dataclasses import replace

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.arrays import Floats
from scheduler.solver.kernel.build import build
from scheduler.solver.kernel.decode import orders, solution_of
from scheduler.solver.kernel.engine import Engine
from scheduler.solver.kernel.nearness import mean_ways
from scheduler.solver.kernel.state import empty_state, stops_of, write_stops
from scheduler.solver.solution import Route, Solution

CHEAP = 2.0
"""What leaving the cheapest activity out costs at the begin, in mean costs of a leg, where the goal's price is higher;
in the end it is that."""
SHORTEST = 0.01
"""Least mean cost of a leg between neighbours, in trips for a single stop, where many stops share a place."""


class Kernel(Engine):
    """One compiled search over a problem. Not for several threads at once; several kernels may run side by side."""

    def __init__(self, compiled: Compiled, seed: int = 0) -> None:
        self.c, self._seed, self._stood = compiled, seed, dict[int, Route]()
        arrays = build(compiled)
        leg, trip = mean_ways(arrays)
        scale = max(leg, SHORTEST * trip, 1e-9)
        optional = np.array([not compiled.problem.activity[name].mandatory for name in compiled.activities], bool)
        prices = arrays.price[optional & (arrays.price > 0)]
        super().__init__(arrays, empty_state(arrays), scale, optional, _cheap(prices, scale))

    @property
    def best(self) -> Solution:
        return solution_of(self.arrays, self.c, self._best, self.days, self._stood)

    def load(self, solution: Solution) -> None:
        """Begin with a plan, and put in what fits. Lanes that break a rule as they stand are left as they are."""
        arrays, state = self.arrays, self._state
        self._stood = solution.routes
        for lane, stops in orders(arrays, self.c, solution).items():
            write_stops(state, lane, stops)
            for u in stops:
                placed = solution.placed[u]
                state.node[u, [at.DURATION, at.WHERE]] = placed.duration, self._place(u, solution)
                state.node[u, at.WINDOW] = self._window(u, placed.start, placed.duration)
        self._settle(solution)
        self.begin(self._seed)

    def _settle(self, solution: Solution) -> None:
        """Lanes that break a rule or a tie as they stand stand still."""
        for lane in np.flatnonzero(self.arrays.lane[:, at.FROZEN]):
            self._stand(int(lane), solution)
        while (broken := self.settle()) >= 0:
            self._stand(broken, solution)
            self._state.node[:, at.BOUND] = 0

    def _place(self, u: int, solution: Solution) -> int:
        place = int(self.arrays.node[u, at.PLACE])
        if place >= 0:
            return place
        mates = self.c.slots_of[int(self.c.slots.activity[u])]
        rooms = [solution.placed[s].lane for s in mates if s in solution.placed and self.c.slots.is_room[s]]
        house = int(self.c.lanes.place[rooms[0]]) if rooms else -1
        return house if house >= 0 else len(self.arrays.globe) - 1

    def _window(self, u: int, start: int, duration: int) -> int:
        """Which of the shared windows it is in, -1 where there are none."""
        shared = self.c.shared_windows.get(int(self.c.slots.activity[u]))
        if shared is None:
            return -1
        one = (replace(shared, spans=(span,)) for span in shared.spans)
        return next((n for n, window in enumerate(one) if window.admit(start, start + duration)), -1)

    def _stand(self, lane: int, solution: Solution) -> None:
        arrays, state = self.arrays, self._state
        stops = stops_of(state, lane)
        arrays.lane[lane, at.FROZEN] = 1
        arrays.node[stops, at.FIXED] = np.maximum(arrays.node[stops, at.FIXED], at.STAYS)
        state.node[stops, at.START] = [solution.placed[u].start for u in stops]
        state.lane[lane, at.SIZE] = len(stops)


def _cheap(prices: Floats, leg: float) -> float:
    """By how much prices of what is optional are lowered at the begin."""
    return min(1.0, CHEAP * leg / float(prices.min())) if len(prices) else 1.0
