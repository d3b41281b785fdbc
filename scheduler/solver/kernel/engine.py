"""Annealing over tables: the plan at hand, the best one, and what both cost."""

from collections.abc import Sequence

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.anneal import BEST, TRUE
from scheduler.solver.kernel.arrays import Arrays, Flags, Ints
from scheduler.solver.kernel.days import Days, days_for
from scheduler.solver.kernel.leaving import Leaving
from scheduler.solver.kernel.moves.mix import ROOM
from scheduler.solver.kernel.route.rows import scratch_for
from scheduler.solver.kernel.run import LOAD, RUN, TELL, call
from scheduler.solver.kernel.state import State
from scheduler.solver.kernel.work import OUTSIDE, STALE, work_for

HOT, COLD = 5.0, 0.06
"""Temperatures at the begin and at the end, in mean costs of a leg between neighbours, or of an activity in the best
plan where these are lower."""
FIRST = 2.0
"""How much more than later the first plan pays for what may be left out."""
COLDEST = 1e-3
"""In the goal's units, where the best plan costs nothing."""


class Engine:
    """One compiled search over tables. Not for several threads at once; several engines may run side by side.

    `scale` is the mean cost of a leg, `optional` says which activities may be left out, and `share` what part of its
    price that costs at the begin.
    """

    def __init__(self, arrays: Arrays, state: State, scale: float, optional: Flags, share: float) -> None:
        self.arrays, self.scale, self.optional = arrays, scale, optional
        self.leaving, self._state = Leaving(arrays.price, optional, share), state
        self._scratch, self._work, self._days = scratch_for(state), work_for(arrays), days_for(arrays, state)
        self._spare, self._kept, self._best = state.copy(), state.copy(), state.copy()
        self._costs = np.full(3, np.inf)
        self._able = _able(arrays)
        if share == 1.0:
            self._work.mix[ROOM] = 0.0
        self.steps = 0

    @property
    def cost(self) -> float:
        """Of the best plan so far, in the goal's units, higher levels multiplied."""
        return float(self._costs[BEST])

    @property
    def kept(self) -> State:
        """The plan at which the cooling goes on."""
        return self._kept

    @property
    def at_hand(self) -> State:
        """What may be written into before `adopt`: the same plan between steps."""
        return self._state

    @property
    def best_state(self) -> State:
        return self._best

    @property
    def lacks_room(self) -> bool:
        """Whether the best plan leaves something out although that is no choice like any other."""
        return self.leaving.share < 1.0 and bool((self.optional & self._left_out(self._best)).any())

    def mix(self, shares: Sequence[float]) -> None:
        """Change how often each move is made; see `moves.mix`."""
        self._work.mix[:] = shares

    def begin(self, seed: int) -> None:
        """Put in what fits, the dearest first, of these what the fewest can do, and begin from there."""
        out = self._find_outside()
        out = out[np.lexsort((self._able[out], -self.arrays.price[out]))]
        self._work.price[:] = self.arrays.price * np.where(self.optional, FIRST, 1.0)
        self._call(RUN, out, seed)

    def settle(self, lanes: Ints | slice = slice(None)) -> int:
        """Bring lanes up to date, and those that they push; a lane that can't be, -1 where all can."""
        chosen = np.zeros(len(self.arrays.lane), dtype=np.int64)
        chosen[lanes] = 1
        return self._call(LOAD, chosen)

    def adopt(self, lanes: Ints) -> bool:
        """Go on from what was written into these lanes; False, and nothing done, where that can't be kept."""
        if self.settle(lanes) >= 0:
            _copy(self._kept, self._state)
            return False
        _copy(self._state, self._kept)
        self._find_outside()
        self._call(RUN, np.zeros(0, dtype=np.int64))
        better = bool(self._costs[TRUE] < self._costs[BEST])
        if better:
            _copy(self._kept, self._best)
            self._costs[BEST] = self._costs[TRUE]
        stale = np.arange(0 if better else len(self.arrays.lane))
        self._work.stale[0, : len(stale)], self._work.stale[1] = stale, not better
        self._work.count[STALE] = len(stale)
        return True

    def return_to_best(self) -> None:
        """Make the plan at hand the best one, to write into before `adopt`."""
        self.write(self._best)

    def write(self, state: State) -> None:
        """Make the plan at hand another one, before `begin`."""
        _copy(state, self._state)

    def anneal(self, along: float, steps: int) -> None:
        """Take so many steps at the temperature for `along` (0 to 1) of the whole cooling."""
        out = self._left_out(self._best)
        if (self.optional & out).any():
            self._work.price[:] = self.leaving.prices(along, self._left_out(self._kept), steps)
        else:
            self._work.price[:] = self.arrays.price
        each = (self.cost - float(self.arrays.price[out].sum())) / max(1, int((~out).sum()))
        temperature = max(min(self.scale, each), COLDEST) * HOT * (COLD / HOT) ** along
        self._call(RUN, np.zeros(0, dtype=np.int64), temperature=temperature, steps=steps)
        self.steps += steps

    @property
    def days(self) -> Days:
        """The days of the best plan."""
        self._call(TELL, np.zeros(0, dtype=np.int64))
        return self._days

    def _call(self, what: int, numbers: Ints, seed: int = -1, temperature: float = 1.0, steps: int = 0) -> int:
        found = call(what, self.arrays, self._state, self._kept, self._spare, self._best, self._scratch, self._work,
                     self._days, self._costs, numbers, seed, temperature, temperature, steps)  # fmt: skip
        return int(found)

    def _find_outside(self) -> Ints:
        """List what the state leaves out."""
        out, work = np.flatnonzero(self._left_out(self._state)), self._work
        work.outside[:] = -1
        work.outside[0, : len(out)], work.outside[1, out] = out, np.arange(len(out))
        work.count[OUTSIDE] = len(out)
        return out

    def _left_out(self, state: State) -> Flags:
        return left_out(self.arrays, state.node[: len(self.arrays.suits), at.LANE])

    @property
    def can_move(self) -> bool:
        """Whether there is anything to search."""
        free = (self.arrays.lane[:, at.FROZEN] == 0) & (self.arrays.lane[:, at.UNIT] == 0)
        return bool(free.any()) and bool(len(self.arrays.suits))


def left_out(arrays: Arrays, where: Ints) -> Flags:
    """Which activities are not in the plan as a whole; `where` are the lanes of the slots."""
    begin, end = arrays.activity[:, at.SETS], arrays.activity[:, at.SETS_END]
    out, k = np.ones(len(begin), dtype=np.bool_), begin.copy()
    while (more := np.flatnonzero(k < end)).size:
        out[more[where[arrays.pool[arrays.pool[k[more]]]] >= 0]] = False
        k += 2
    return out


def _able(arrays: Arrays) -> Ints:
    """By activity, how many resources can serve its slot for which there are the fewest."""
    able = np.full(len(arrays.activity), arrays.suits.shape[1], dtype=np.int64)
    slots = len(arrays.suits)
    np.minimum.at(able, arrays.node[:slots, at.ACTIVITY], arrays.suits.sum(axis=1))
    return able


def _copy(source: State, target: State) -> None:
    for name, array in source.arrays.items():
        target.arrays[name][:] = array
