"""One compiled search as Python sees it: load a plan, take steps, give the best plan back."""

from dataclasses import replace

import numpy as np

from scheduler.solver.compiled import Compiled
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.anneal import BEST
from scheduler.solver.kernel.arrays import Flags, Floats, Ints
from scheduler.solver.kernel.build import build
from scheduler.solver.kernel.decode import orders, solution_of
from scheduler.solver.kernel.nearness import mean_leg
from scheduler.solver.kernel.route.rows import scratch_for
from scheduler.solver.kernel.run import load, run
from scheduler.solver.kernel.state import empty_state
from scheduler.solver.kernel.work import OUTSIDE, work_for
from scheduler.solver.solution import Route, Solution

HOT, COLD = 5.0, 0.02
"""Temperatures at the begin and at the end, in mean costs of a leg between neighbours, or of an activity in the best
plan where these are lower."""
COLDEST = 1e-3
"""In the goal's units, where the best plan costs nothing."""
CHEAP = 2.0
"""What leaving the cheapest activity out costs at the begin, in the same unit; in the end it is the goal's price."""


class Kernel:
    """One compiled search over a problem. Not for several threads at once; several kernels may run side by side."""

    def __init__(self, compiled: Compiled, seed: int = 0) -> None:
        self.c = compiled
        self.arrays = build(compiled)
        self._state = empty_state(self.arrays)
        self._scratch, self._work = scratch_for(self._state), work_for(self.arrays)
        self._spare = self._state.copy()
        self._kept, self._best = self._state.copy(), self._state.copy()
        self._stood = dict[int, Route]()
        self._costs = np.full(3, np.inf)
        self._seed = seed
        self.scale = max(mean_leg(self.arrays), 1e-9)
        self._optional = np.array([not compiled.problem.activity[name].mandatory for name in compiled.activities], bool)
        self._cheap = min(1.0, CHEAP * self.scale / self._optional_prices().min(initial=np.inf))
        self.steps = 0

    @property
    def cost(self) -> float:
        """Of the best plan so far, in the goal's units, higher levels multiplied."""
        return float(self._costs[BEST])

    @property
    def best(self) -> Solution:
        return solution_of(self.arrays, self.c, self._best, self._scratch, self._stood)

    def load(self, solution: Solution) -> None:
        """Begin with a plan, and put in what fits. Lanes that break a rule as they stand are left as they are."""
        arrays, state, work = self.arrays, self._state, self._work
        self._stood = solution.routes
        slots, lanes = len(arrays.suits), len(arrays.lane)
        for lane, stops in orders(arrays, self.c, solution).items():
            before = slots + lane
            for u in stops:
                placed = solution.placed[u]
                state.node[u, [at.DURATION, at.LANE]] = placed.duration, lane
                state.node[u, at.WHERE] = self._place(u, solution)
                state.node[u, at.WINDOW] = self._window(u, placed.start, placed.duration)
                state.node[before, at.NXT], state.node[u, at.PRV] = u, before
                before = u
            state.node[before, at.NXT], state.node[slots + lanes + lane, at.PRV] = slots + lanes + lane, before
        self._settle(solution)
        for activity in range(len(arrays.activity)):
            inside = any(state.node[s, at.LANE] >= 0 for s in self.c.slots_of[activity])
            if not inside:
                work.outside[0, work.count[OUTSIDE]], work.outside[1, activity] = activity, work.count[OUTSIDE]
                work.count[OUTSIDE] += 1
        out = work.outside[0, : work.count[OUTSIDE]].copy()
        dearest = out[np.argsort(-arrays.price[out], kind="stable")]
        self._anneal(dearest, self._seed, 1.0, 0)

    def _settle(self, solution: Solution) -> None:
        """Lanes that break a rule or a tie as they stand stand still."""
        arrays, state = self.arrays, self._state
        for lane in np.flatnonzero(arrays.lane[:, at.FROZEN]):
            self._stand(int(lane), solution)
        while (broken := load(arrays, state, self._spare, self._scratch, self._work)) >= 0:
            self._stand(int(broken), solution)
            state.node[:, at.BOUND] = 0

    def _anneal(self, order: Ints, seed: int, temperature: float, steps: int) -> None:
        run(self.arrays, self._state, self._kept, self._spare, self._best, self._scratch, self._work, self._costs,
            order, seed, temperature, temperature, steps)  # fmt: skip

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
        arrays, state, slots = self.arrays, self._state, len(self.arrays.suits)
        arrays.lane[lane, at.FROZEN] = 1
        u, count = int(state.node[slots + lane, at.NXT]), 0
        while u < slots:
            arrays.node[u, at.FIXED] = 1
            state.node[u, at.START] = solution.placed[u].start
            u, count = int(state.node[u, at.NXT]), count + 1
        state.lane[lane, at.SIZE] = count

    def anneal(self, along: float, steps: int) -> None:
        """Take so many steps at the temperature for `along` (0 to 1) of the whole cooling."""
        inside = self._inside()
        softened = self._optional & bool((self._optional & ~inside).any())
        self._work.price[:] = self.arrays.price * np.where(softened, self._cheap ** (1 - along), 1.0)
        each = (self.cost - float(self.arrays.price[~inside].sum())) / max(1, inside.sum())
        temperature = max(min(self.scale, each), COLDEST) * HOT * (COLD / HOT) ** along
        self._anneal(np.zeros(0, dtype=np.int64), -1, temperature, steps)
        self.steps += steps

    def _optional_prices(self) -> Floats:
        return self.arrays.price[self._optional & (self.arrays.price > 0)]

    def _inside(self) -> Flags:
        """Which activities are in the best plan."""
        inside = np.zeros(len(self._optional), bool)
        inside[self.c.slots.activity[self._best.node[: len(self.arrays.suits), at.LANE] >= 0]] = True
        return inside

    @property
    def can_move(self) -> bool:
        """Whether there is anything to search."""
        free = (self.arrays.lane[:, at.FROZEN] == 0) & (self.arrays.lane[:, at.UNIT] == 0)
        return bool(free.any()) and bool(len(self.arrays.suits))
