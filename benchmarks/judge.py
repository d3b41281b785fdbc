"""A solution judged twice: by its set's own scorer and, as a plan, by the scheduler's `verify`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.sets.base import AnySet, Score
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.solver.verify import verify

RELATIVE = 1e-9
"""By how much two sums of the same numbers may differ."""
ABSOLUTE = 1e-4
"""What rounding travel up to microseconds adds to a published cost at most, in its unit."""
HHCRSP_PER_VISIT = 0.002
"""Minutes that a published time of the hhcrsp set may be off: rounded to three decimals, twice."""


@dataclass(frozen=True)
class Judgement:
    """What both say of one solution; `differences` is empty when they agree."""

    score: Score
    verdict: Verdict
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether both find the same cost, and neither finds a breach."""
        return not (self.differences or self.score.violations or self.verdict.breaches)


def judge(benchmark: AnySet, instance: Any, solution: Any, plan: Plan, problem: Problem) -> Judgement:
    """Judge a solution and the plan that says the same."""
    score, verdict = benchmark.score(instance, solution), verify(problem, plan)
    allowed = ABSOLUTE + (HHCRSP_PER_VISIT * len(plan.bookings) if benchmark.name == "hhcrsp" else 0.0)
    return Judgement(score, verdict, tuple(_differences(score, verdict, allowed)))


def _differences(score: Score, verdict: Verdict, allowed: float) -> Iterator[str]:
    for expected, found in zip(score.objective, verdict.score.levels, strict=True):
        if abs(expected - found) > allowed + RELATIVE * abs(expected):
            yield f"the set's scorer says {expected:.9g}, verify says {found:.9g}"
