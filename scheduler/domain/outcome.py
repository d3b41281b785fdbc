"""The result of one solve, with its proof."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from scheduler.domain.base import FrozenDict, Mapped, Value
from scheduler.domain.plan import Plan, Score
from scheduler.domain.verdict import Verdict


class StopReason(StrEnum):
    OPTIMAL = "optimal"
    TIME_LIMIT = "time-limit"
    CANCELLED = "cancelled"
    EXHAUSTED = "exhausted"
    """The deterministic budget was used up."""


class Outcome(Value):
    """Plan and verdict, with what is known of how good it can get.

    Attributes
    ----------
    bound
        No plan costs less, by level of the goal; empty when nothing was proven.
    gap
        (cost - bound) / cost on the first level where the two differ, the number of mandatory activities left out
        before all; 0 when proven optimal, None without a bound.
    seed, steps, seconds, versions
        What repeats the run, and what it took.
    """

    plan: Plan
    verdict: Verdict
    bound: tuple[float, ...] = ()
    gap: float | None = None
    seed: int = 0
    steps: int = 0
    seconds: float = 0.0
    versions: Mapped[str, str] = FrozenDict()
    stopped: StopReason = StopReason.TIME_LIMIT


@dataclass(frozen=True)
class Progress:
    """Where a solve stands.

    Attributes
    ----------
    seconds
        Since the start.
    stage
        `standing`, `construct`, `local search`, `exact`, `times` or `neighbourhood`.
    score, bound
        Of the best plan so far, and what no plan can beat, by level of the goal; the bound is empty when unknown.
    scheduled, total
        Activities.
    plan
        Make the plan so far, which takes about as long as to judge one; breaches may still be mended in it.
    """

    seconds: float
    stage: str
    score: Score
    bound: tuple[float, ...]
    scheduled: int
    total: int
    plan: Callable[[], Plan] = field(compare=False, repr=False)
