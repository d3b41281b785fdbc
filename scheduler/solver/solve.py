"""The entry: compile, search, verify, and say why what is left out is left out."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from threading import Lock

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.held import held_bookings, open_activities
from scheduler.domain.outcome import Outcome, Progress, StopReason
from scheduler.domain.plan import Plan, Score
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.cpsat import Budget, in_units
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.kernel import warm_up
from scheduler.solver.reasons import insertable, reasons
from scheduler.solver.rules import RULES, TermRule
from scheduler.solver.search import Found, Search
from scheduler.solver.solution import Placed, Solution, from_plan, to_plan
from scheduler.solver.trimming import within, without
from scheduler.solver.verify import verify

log = logging.getLogger(__name__)

NOT_MENDED = frozenset(rule.id for rule in RULES if isinstance(rule, TermRule) and not rule.grows)
PACKAGES = ("fieldplan", "ortools", "numpy", "pydantic")
CLOSING_SHARE, CLOSING_SECONDS, CLOSING_COMPILES = 0.1, 2e-4, 2.5
"""Part of the time limit that is kept for the last check and for reasons, and at least so many seconds an activity or
so many times as long as compiling took, which is all where nothing is left out."""
LEAST_REASONS = 0.1
"""Seconds for reasons when time is up."""


def solve(
    problem: Problem,
    *,
    time_limit: float = 30.0,
    seed: int = 0,
    workers: int = 2,
    deterministic: float | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    executor: Executor | None = None,
) -> Outcome:
    """Plan a problem.

    Parameters
    ----------
    problem
        What is given. Its standing plan is where the search starts from.
    time_limit
        Seconds until the plan is there, reasons included. There is always a plan, however short the limit. The first
        solve on a machine compiles the search before that, for about ten seconds, and logs it (level INFO).
    seed
        Of the search.
    workers
        Threads of the compiled search and of CP-SAT; with an executor, how many territories are searched at a time.
        With `deterministic` the compiled search of a plan that is not cut uses one.
    deterministic
        A budget in CP-SAT's work units. With it and one worker the same seed gives the same plan, as long as
        `time_limit` is not reached.
    on_progress
        Called with every better plan: its score, and the plan itself where that is asked for.
    cancel
        Polled; the search stops when it returns true.
    executor
        Where territories of a plan with thousands of activities are searched, `workers` at a time: processes, or a
        cluster that speaks this protocol. Threads of this process by default. A territory whose worker is lost keeps
        its plan, and the search goes on.

    Returns
    -------
    Outcome
        The plan has been through `verify`: no breach but exempted ones, mandatory activities that could not be
        scheduled, and limits of the goal that leaving out can't keep. Every activity that is left out carries a true
        reason.

    Raises
    ------
    InvalidInput
        A waiver names a rule that does not exist; a limit or the number of workers makes no sense.
    """
    _check(time_limit, workers, deterministic)
    warm_up(log.info)
    begin = time.monotonic()
    compiled = compile(problem)
    check = max(CLOSING_SECONDS * len(problem.activities), CLOSING_COMPILES * (time.monotonic() - begin))
    _ = problem.fingerprint  # which the plan carries; nobody who cancels waits for it
    stood = _standing(problem, compiled)
    start = None if stood is None else from_plan(compiled, stood[0])
    stands = stood is not None and start is not None and _stands(compiled, start, stood[1])
    report = _Reporter(problem, compiled, begin, on_progress)
    if stood is not None and start is not None and stands:
        report.tell("standing", stood[1].score, start)
    closing = max(time_limit * CLOSING_SHARE, check)
    share = time_limit - check - (time.monotonic() - begin)
    budget = Budget(max(0.01, share), deterministic, workers, seed, cancel, closing - check)
    found = Search(compiled, budget, report, executor).run(start, stands)
    plan, verdict = _proven(problem, *report.judged(found.solution))
    if stood is not None and stands and stood[1].order <= verdict.order:
        plan, verdict = stood
    if found.stopped not in (StopReason.OPTIMAL, StopReason.CANCELLED) and deterministic is None:
        plan, verdict = _filled(problem, plan, verdict, begin + time_limit - closing / 2 - check)
    left = 0.0 if found.stopped is StopReason.CANCELLED else begin + time_limit - time.monotonic()
    left_out = reasons(problem, plan, limit_seconds=max(LEAST_REASONS, left), cancel=cancel)
    plan = plan.model_copy(update={"unscheduled": left_out, "score": verdict.score})
    return Outcome(
        plan=plan,
        verdict=verdict,
        bound=(bound := _bound(compiled, found.bounds)),
        gap=_gap(verdict.score, bound, found),
        seed=seed,
        steps=found.steps,
        seconds=time.monotonic() - begin,
        versions=_versions(),
        stopped=found.stopped,
    )


def _check(time_limit: float, workers: int, deterministic: float | None) -> None:
    wrong = {
        "time_limit": (not time_limit >= 0, "give seconds, 0 or more"),
        "workers": (workers < 1, "give 1 or more"),
        "deterministic": (deterministic is not None and not deterministic >= 0, "give work units, 0 or more, or None"),
    }
    if faults := tuple(Fault(name, fix) for name, (bad, fix) in wrong.items() if bad):
        raise InvalidInput(faults, "solve")


def _standing(problem: Problem, compiled: Compiled) -> tuple[Plan, Verdict] | None:
    """What is open of the standing plan and keeps the rules."""
    if problem.standing is None:
        return None
    plan = to_plan(compiled, from_plan(compiled, with_routes(problem, problem.standing)))
    return _proven(problem, plan, verify(problem, plan))


def _stands(compiled: Compiled, start: Solution, verdict: Verdict) -> bool:
    """Whether a plan breaks no rule, exempted or not, and all that is held stands in it as it is held."""
    broken = {v.rule for v in verdict.violations} - NOT_MENDED - {"mandatory"}
    held = {s: Placed(h.lane, h.start, h.duration) for s, h in compiled.holds.items() if h.must}
    return not broken and all(start.placed.get(slot) == placed for slot, placed in held.items())


class _Reporter:
    """Judges solutions, and tells the caller of every one that is better than all told before, one at a time."""

    def __init__(
        self, problem: Problem, compiled: Compiled, begin: float, tell: Callable[[Progress], None] | None
    ) -> None:
        self._problem, self._compiled, self._begin, self._tell = problem, compiled, begin, tell
        self._lock, self._best = Lock(), tuple[float, ...]()
        self._last: tuple[Solution, Plan, Verdict] | None = None

    def __call__(self, stage: str, solution: Solution, costs: tuple[int, ...], bounds: tuple[int, ...]) -> None:
        if self._tell is None:
            return
        with self._lock:
            if costs:
                score = Score(mandatory_unscheduled=costs[0], levels=in_units(self._compiled, costs))
            else:
                score = self.judged(solution)[1].score
            self.tell(stage, score, solution, bounds)

    def judged(self, solution: Solution) -> tuple[Plan, Verdict]:
        """The plan of a solution, and the verdict on it; at once for the last one that was told."""
        if self._last is None or self._last[0] != solution:
            plan = to_plan(self._compiled, solution)
            self._last = solution, plan, verify(self._problem, plan)
        return self._last[1:]

    def tell(self, stage: str, score: Score, solution: Solution, bounds: tuple[int, ...] = ()) -> None:
        if self._tell is None or (self._best and score.order >= self._best):
            return
        self._best = score.order
        self._tell(
            Progress(
                time.monotonic() - self._begin,
                stage,
                score,
                _bound(self._compiled, bounds),
                len(solution.activities(self._compiled)),
                len(self._compiled.activities),
                partial(to_plan, self._compiled, solution),
            )
        )


def _proven(problem: Problem, plan: Plan, verdict: Verdict) -> tuple[Plan, Verdict]:
    """The plan without what `verify` refuses: activities whose free bookings breach a rule are taken out again.

    A limit that leaving out can't keep stays a breach.
    """
    held = held_bookings(problem)
    plan, verdict = within(problem, plan, verdict)
    for _ in range(len(problem.activities) + 1):
        mendable = (v.bookings for v in verdict.breaches if v.rule not in NOT_MENDED)
        refused = {key.activity for keys in mendable for key in [k for k in keys if k not in held][-1:]}
        if not refused:
            return plan, verdict
        plan = without(problem, plan, refused)
        verdict = verify(problem, plan)
    raise AssertionError("a plan without free bookings breaches nothing")


def _filled(problem: Problem, plan: Plan, verdict: Verdict, end: float) -> tuple[Plan, Verdict]:
    """The plan with what the search left out and still fits, where that makes it better; begun until `end`."""
    dearest = sorted(open_activities(problem), key=lambda a: (not a.mandatory, -a.price_of_leaving_out))
    for activity in dearest:
        left = end - time.monotonic()
        if left <= 0:
            break
        if activity.id in plan.by_activity:
            continue
        better = insertable(problem, plan, activity.id, limit_seconds=left)
        if better is not None and better.score is not None and better.score.order < verdict.score.order:
            plan, verdict = better, verify(problem, better)
    return plan, verdict


def _bound(compiled: Compiled, bounds: tuple[int, ...]) -> tuple[float, ...]:
    """What no plan can beat, by level; CP-SAT may have proven less than that nothing costs less than nothing."""
    return tuple(max(0.0, least) for least in in_units(compiled, bounds))


def _gap(score: Score, bound: tuple[float, ...], found: Found) -> float | None:
    if found.stopped is StopReason.OPTIMAL:
        return 0.0
    for cost, least in zip(score.order, (*found.bounds[:1], *bound), strict=False):
        if cost - least > 1e-9:
            return (cost - least) / cost
    return 0.0 if bound else None


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
