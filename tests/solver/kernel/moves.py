"""Single moves, made in a state as the search would make them."""

from typing import Any

import numpy as np

from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.insertion.insert import insert
from scheduler.solver.kernel.jit import entry
from scheduler.solver.kernel.loosen import loosen
from scheduler.solver.kernel.moves.day import ruin_day
from scheduler.solver.kernel.moves.or_opt import or_opt
from scheduler.solver.kernel.moves.polish import polish
from scheduler.solver.kernel.moves.recreate import recreate
from scheduler.solver.kernel.moves.regret import by_regret
from scheduler.solver.kernel.moves.related import ruin_related
from scheduler.solver.kernel.moves.routes import merge, split
from scheduler.solver.kernel.moves.ruin import ruin
from scheduler.solver.kernel.moves.seed import rival_of
from scheduler.solver.kernel.moves.shared import ruin_shared
from scheduler.solver.kernel.moves.slice import ruin_slice
from scheduler.solver.kernel.moves.strings import ruin_strings
from scheduler.solver.kernel.moves.swap_star import swap_star
from scheduler.solver.kernel.moves.swap_tails import swap_tails
from scheduler.solver.kernel.moves.tardy import ruin_tardy
from scheduler.solver.kernel.moves.worst import ruin_worst
from scheduler.solver.kernel.place import is_seen
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.kernel.ties import propagate
from scheduler.solver.kernel.totals import added_outside, added_to_routes, of_all, total_cost
from scheduler.solver.kernel.work import CHANGED, OUTSIDE, STEP, TOUCHED

RUINS = ("related", "slice", "worst", "tardy", "shared", "day", "strings")
EXCHANGES = ("tails", "or-opt", "swap-star", "split", "merge", "polish")
ALL_SEEN = 2**40
"""So many places are looked at before one is overlooked."""


def ruined(kernel: Kernel, name: str, seed: int, *more: int) -> set[int]:
    """Ruin the plan at hand, bring it up to date, and tell which activities left it."""
    work, before = kernel._work, outside(kernel)
    _ruin(kernel.arrays, kernel._state, kernel._spare, kernel._scratch, work, RUINS.index(name), seed, *more)
    return outside(kernel) - before


def exchanged(kernel: Kernel, name: str, *more: Any) -> float:
    """Try an exchange in the plan at hand; what it gained."""
    a, b, c, turned = (*more, 0, 0, 0, False)[:4] if len(more) < 4 else more
    which = EXCHANGES.index(name)
    return float(_exchange(kernel.arrays, kernel._state, kernel._spare, kernel._scratch, kernel._work, which,
                           a, b, c, bool(turned)))  # fmt: skip


def recreated(kernel: Kernel, activities: list[int]) -> None:
    """Put activities back by regret, no place overlooked."""
    kernel._scratch.seen[0] = ALL_SEEN
    kernel._work.order[: len(activities)] = activities
    _regret(kernel.arrays, kernel._state, kernel._spare, kernel._scratch, kernel._work, len(activities))


def stepped(kernel: Kernel, seed: int, chance: int, limit: float) -> float:
    """What a step from the plan kept adds, as the search counts; infinite where it is given up. The plan stays."""
    taken_back(kernel)
    found = _step(kernel.arrays, kernel._state, kernel.kept, kernel._spare, kernel._scratch, kernel._work, seed, chance,
                  limit)  # fmt: skip
    return float(found)


def taken_back(kernel: Kernel) -> None:
    """Make the plan at hand the one that is kept again, as it is between steps."""
    kernel.write(kernel.kept)
    kernel._find_outside()


def inserted(kernel: Kernel, activity: int) -> bool:
    """Put an activity where it costs least; whether that could be done."""
    return bool(_insert(kernel.arrays, kernel._state, kernel._spare, kernel._scratch, kernel._work, activity))


def overlooked(kernel: Kernel, times: int) -> int:
    """How many of so many places would be overlooked."""
    kernel._scratch.seen[0] = 0
    return int(_overlooked(kernel._scratch, times))


def rival(kernel: Kernel, u: int, chance: int) -> int:
    """A stop that stands where a slot could that is outside."""
    return int(_rival(kernel.arrays, kernel._state, u, chance))


def ruined_somewhere(kernel: Kernel, chance: int) -> int:
    """Ruin the plan that is kept, as a step of the search begins; the seed."""
    taken_back(kernel)
    return int(_ruin_somewhere(kernel.arrays, kernel._state, kernel._spare, kernel._work, chance))


def cost(kernel: Kernel) -> float:
    """Of the plan at hand, by the goal."""
    return float(_cost(kernel.arrays, kernel._state, kernel._work))


def outside(kernel: Kernel) -> set[int]:
    return set(kernel._work.outside[0, : kernel._work.count[OUTSIDE]].tolist())


def lanes(kernel: Kernel) -> list[list[int]]:
    """Stops of each lane of the plan at hand, in order."""
    state, slots = kernel._state, len(kernel.arrays.suits)
    found = []
    for lane in range(len(kernel.arrays.lane)):
        u, stops = int(state.node[slots + lane, at.NXT]), list[int]()
        while u < slots:
            stops.append(u)
            u = int(state.node[u, at.NXT])
        found.append(stops)
    return found


@entry
def seed_chance(seed):
    np.random.seed(seed)


@entry
def chance():
    """The next number in [0, 1) that the search would draw."""
    return np.random.random()


@entry
def choice(count):
    """The next number below `count` that the search would draw."""
    return np.random.randint(count)


@entry
def _ruin(arrays, state, spare, scratch, work, which, seed, a, b):
    work.count[STEP] += 1
    work.count[TOUCHED], work.count[CHANGED] = 0, 0
    if which == 0:
        ruin_related(arrays, state, spare, work, seed, a)
    elif which == 1:
        ruin_slice(arrays, state, spare, work, seed, a, b)
    elif which == 2:
        ruin_worst(arrays, state, spare, work, seed, a)
    elif which == 3:
        ruin_tardy(arrays, state, spare, work, seed, a)
    elif which == 4:
        ruin_shared(arrays, state, spare, work, seed, a)
    elif which == 6:
        np.random.seed(a)
        ruin_strings(arrays, state, spare, work, seed)
    elif state.node[seed, at.LANE] >= 0:
        ruin_day(arrays, state, spare, work, state.node[seed, at.LANE])
    if arrays.rate[at.HAS_TIES] > 0:
        loosen(arrays, state, spare, work)
    propagate(arrays, state, spare, scratch, work, np.inf)


@entry
def _exchange(arrays, state, spare, scratch, work, which, a, b, c, turned):
    work.count[STEP] += 1
    work.count[TOUCHED], work.count[CHANGED] = 0, 0
    work.overall[0] = of_all(arrays, state)
    if which == 0:
        return swap_tails(arrays, state, spare, scratch, work, a, b)
    if which == 1:
        return or_opt(arrays, state, spare, scratch, work, a, b, c, turned)
    if which == 2:
        return swap_star(arrays, state, spare, scratch, work, a, b)
    if which == 3:
        return split(arrays, state, spare, scratch, work, a, b)
    if which == 4:
        return merge(arrays, state, spare, scratch, work, a, b)
    for lane in range(arrays.lane.shape[0]):
        work.lanes[0, lane] = lane
        work.mark[0, lane] = work.count[STEP]
    work.count[TOUCHED] = arrays.lane.shape[0]
    return polish(arrays, state, spare, scratch, work)


@entry
def _regret(arrays, state, spare, scratch, work, count):
    work.count[STEP] += 1
    work.count[TOUCHED], work.count[CHANGED] = 0, 0
    by_regret(arrays, state, spare, scratch, work, count)


@entry
def _step(arrays, state, kept, spare, scratch, work, seed, chance, limit):
    work.count[STEP] += 1
    work.count[TOUCHED], work.count[CHANGED], scratch.seen[0] = 0, 0, 0
    np.random.seed(chance)
    ruin_strings(arrays, state, spare, work, seed)
    if arrays.rate[at.HAS_TIES] > 0:
        loosen(arrays, state, spare, work)
    if not propagate(arrays, state, spare, scratch, work, np.inf):
        return np.inf
    if not recreate(arrays, state, kept, spare, scratch, work, seed, limit):
        return np.inf
    return added_to_routes(arrays, state, kept, work)[1] + added_outside(arrays, state, kept, work, work.price)


@entry
def _insert(arrays, state, spare, scratch, work, activity):
    return insert(arrays, state, spare, scratch, work, activity, False)


@entry
def _rival(arrays, state, u, chance):
    np.random.seed(chance)
    return rival_of(arrays, state, u)


@entry
def _ruin_somewhere(arrays, state, spare, work, chance):
    np.random.seed(chance)
    work.count[STEP] += 1
    work.count[TOUCHED], work.count[CHANGED] = 0, 0
    return ruin(arrays, state, spare, work)


@entry
def _overlooked(scratch, times):
    count = 0
    for _ in range(times):
        if not is_seen(scratch):
            count += 1
    return count


@entry
def _cost(arrays, state, work):
    return total_cost(arrays, state, work, arrays.price)
