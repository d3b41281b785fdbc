"""On plans of tiny random problems, each engine admits exactly what the rules' checks accept.

CI tries a fixed share of the problems. The whole, 2,000 others each time, takes about seven minutes of CPU time:

    HYPOTHESIS_PROFILE=full pytest tests/solver/test_conformance.py --hypothesis-show-statistics
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice, product
from random import Random
from typing import ClassVar, Protocol

import pytest
from hypothesis import HealthCheck, event, given, reject, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from pydantic import ValidationError

from scheduler.domain.held import held_bookings, open_activities
from scheduler.domain.plan import BookingKey, BreakTaken, DayRoute, Plan, Restock
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Violation
from scheduler.solver.compile import compile
from scheduler.solver.compiled import Compiled
from scheduler.solver.cpsat import in_units, new_solver
from scheduler.solver.dayroutes import with_routes
from scheduler.solver.model import SatModel
from scheduler.solver.rules import RULES, TermRule
from scheduler.solver.solution import to_plan
from scheduler.solver.verify import verify
from scheduler.solver.view import View
from tests.solver import tiny
from tests.solver.kernel.engine import LocalSearch
from tests.solver.test_conformance_examples import differing, in_ticks
from tests.solver.trials import trials

PARTS = 4
"""Tests that the problems are spread over, to run side by side."""
MOST_ROUTES = 300
OF_ROUTES = {"breaks", "working-hours", "travel-time", "tools-and-parts", "daily-limits"}
"""Rules whose breach may be mended by another day route for the same bookings."""
STOCK = {"tools-and-parts"}


class Engine(Protocol):
    """What is held against the checks."""

    plans: ClassVar[int]
    """Plans tried for each problem, beside those that it makes up."""

    def __init__(self, compiled: Compiled) -> None: ...

    def dreamt(self, seed: int) -> Iterator[tuple[Plan, tuple[float, ...]]]:
        """Plans that it makes up, each with the costs that it counts by level of the goal, or none."""

    def completed(self, plan: Plan) -> Plan | None:
        """These very bookings with day routes of its own; None where it refuses them."""

    def may_refuse(self, plan: Plan) -> bool:
        """Whether a limit of the engine that is documented lets it refuse a plan that the checks accept."""


class CpSat:
    """The whole model, built once."""

    plans = 60

    def __init__(self, compiled: Compiled) -> None:
        self.compiled, self.model = compiled, SatModel(compiled)
        self.open = self.model.cp

    def dreamt(self, seed: int) -> Iterator[tuple[Plan, tuple[float, ...]]]:
        """One by the goal, others by chance."""
        model, random = SatModel(self.compiled), Random(seed)
        starts = [s for s in model._start.values() if not isinstance(s, int)]
        model.demand(model.levels[0] == 0)
        for n in range(6):
            wishes = sum(random.randint(-3, 3) * s for s in starts)
            for activity in range(len(self.compiled.activities)):
                wishes = wishes - 500 * random.randint(0, 4) * model.scheduled(activity)
            model.cp.minimize(sum(model.levels[1:]) + 0 if n == 0 else wishes + 0)
            solver = new_solver()
            solver.parameters.max_deterministic_time = 2
            if solver.solve(model.cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                exact = tuple(solver.value(level) if not isinstance(level, int) else level for level in model.levels)
                costs = in_units(self.compiled, exact) if n == 0 else ()
                yield to_plan(self.compiled, model.solution(solver)), costs

    def completed(self, plan: Plan) -> Plan | None:
        solution = in_ticks(self.compiled, plan)
        if solution is None:
            return None
        self.model.cp = self.open.clone()
        self.model.fix(solution)
        solver = new_solver()
        status = solver.solve(self.model.cp)
        assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
        return None if status == cp_model.INFEASIBLE else to_plan(self.compiled, self.model.solution(solver))

    def may_refuse(self, plan: Plan) -> bool:
        return False


HURRIED = {"absence", "no-overlap", "travel-time", "working-hours"}
"""What held bookings breach where engines leave them less time than the judge counts: they count other costs then."""
ENGINES: tuple[type[Engine], ...] = (CpSat, LocalSearch)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=max(36, settings().max_examples // PARTS), suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_an_engine_admits_what_the_checks_accept(engine: type[Engine], part: int, seed: int) -> None:
    """Hypothesis draws a seed, not the choices: it prefers small ones, and small problems have few plans."""
    random = Random(f"{part} {seed}")
    made = tiny.Tiny(random)
    try:
        problem = made.problem()
    except ValidationError:
        reject()
    trial = Trial(engine, problem, random.randint(0, 2**16))
    for what in (*made.features, *trial.judged, *_mixes(problem)):
        event(what)
    assert trial.differences == []


def _mixes(problem: Problem) -> Iterator[str]:
    if problem.locks and problem.waivers:
        yield "locks and waivers"
    if problem.waivers and problem.standing and any(v.exempted for v in verify(problem, problem.standing).violations):
        yield "a waived breach stands"
    if len(problem.activities) > 1:
        yield "several activities"


class Trial:
    """A problem judged plan by plan: where the engine and the checks disagree, and where they count other costs."""

    def __init__(self, engine: type[Engine], problem: Problem, seed: int) -> None:
        self.judged: set[str] = set()
        self.differences = list(self._differences(engine, problem, seed))
        if {"admits a plan", "refuses a plan"} <= self.judged:
            self.judged.add("admits a plan and refuses a plan")

    def _differences(self, engine: type[Engine], problem: Problem, seed: int) -> Iterator[str]:
        compiled, shuffled = compile(problem), Random(seed).sample(RULES, len(RULES))
        for field in differing(compiled, compile(problem, shuffled)):
            yield f"rules in another order narrow {field} differently"
        asked = engine(compiled)
        known = list(asked.dreamt(seed))
        for plan, costs in known:
            yield from _dreamt_wrongly(problem, plan, costs)
        for plan in trials(problem, [plan for plan, _ in known], engine.plans, seed):
            whole = asked.completed(plan)
            if plan.bookings:
                self.judged.add("refuses a plan" if whole is None else "admits a plan")
            if whole is not None or not asked.may_refuse(plan):
                yield from _judged_differently(problem, plan, whole)


def _dreamt_wrongly(problem: Problem, plan: Plan, costs: tuple[float, ...]) -> Iterator[str]:
    verdict = verify(problem, plan)
    hurried = any(v.exempted and v.rule in HURRIED for v in verdict.violations)
    if {v.rule for v in verdict.breaches} - {"mandatory"}:
        yield f"the engine makes up {_told(plan)}, but {_texts(problem, plan)}"
    elif costs and not hurried and costs != pytest.approx(verdict.score.levels, abs=1e-6):
        yield f"the engine counts {costs} for {_told(plan)}, but it is {verdict.score.levels}: {verdict.score.terms}"


def _judged_differently(problem: Problem, plan: Plan, whole: Plan | None) -> Iterator[str]:
    if whole is not None:
        assert {tuple(b)[:6] for b in whole.bookings} == {tuple(b)[:6] for b in plan.bookings}
        if not verify(problem, whole).ok:
            yield f"the engine admits {_told(whole)}, but {_texts(problem, whole)}"
    elif (accepted := _accepted(problem, plan)) is not None and not _beyond_search(problem, accepted):
        yield f"the engine refuses {_told(accepted)}"


def _beyond_search(problem: Problem, plan: Plan) -> bool:
    """Whether it is exempted what people may do and a search may not.

    That is to use a waiver for more than what stands, or beside a breach of one booking that stands and is not waived;
    to change how long a locked booking lasts; to leave roles open beside a held one; to exceed a limit of the goal by
    what is held alone; and to stop at the depot for nothing, which `_ways` leaves out.
    """
    strict = verify(problem.replace(waivers=()), plan)
    facts = held_bookings(problem)
    lasts = any(v.rule == "service-time" and v.bookings[0] not in facts for v in strict.violations)
    alone = any(v.details.get("what") == "filled" or v.rule in _limited(problem) for v in strict.violations)
    standing = _Standing(problem)
    return lasts or alone or any(not standing.keeps(violation, plan) for violation in strict.breaches)


class _Standing:
    """The breaches of the standing plan that a search may keep."""

    def __init__(self, problem: Problem) -> None:
        known = {a.id for a in open_activities(problem)}
        bookings = problem.standing.bookings if problem.standing else ()
        self.plan = Plan(bookings=tuple(b for b in bookings if b.activity in known))
        own = {v.bookings[0] for v in verify(problem, self.plan).breaches if len(v.bookings) == 1}
        self.amounts: dict[tuple[str, frozenset[BookingKey]], float] = {}
        for v in verify(problem.replace(waivers=()), self.plan).violations:
            if not own & set(v.bookings):
                key = (v.rule, frozenset(v.bookings))
                self.amounts[key] = max(v.amount, self.amounts.get(key, 0.0))

    def keeps(self, violation: Violation, plan: Plan) -> bool:
        """Whether the breach is no larger than it stands, with its parties where they stand."""
        there = ((plan.by_key[key], self.plan.by_key.get(key)) for key in violation.bookings)
        stand = all(old and (b.resource, b.start, b.end) == (old.resource, old.start, old.end) for b, old in there)
        return stand and violation.amount <= self.amounts.get((violation.rule, frozenset(violation.bookings)), 0) + 1e-9


def _accepted(problem: Problem, plan: Plan) -> Plan | None:
    """The bookings with day routes that the checks accept; None where there are none."""
    routed = with_routes(problem, plan)
    breaches = verify(problem, routed).breaches
    if not breaches:
        return routed
    if {v.rule for v in breaches} - OF_ROUTES - _limited(problem):
        return None
    return next((p for p in _routed(problem, routed) if verify(problem, p).ok), None)


def _limited(problem: Problem) -> set[str]:
    """The rules that limits of the goal make hard."""
    return {rule.id for rule in RULES if isinstance(rule, TermRule) and rule.term in problem.goal.limits}


def _routed(problem: Problem, plan: Plan) -> Iterator[Plan]:
    """The bookings with every set of day routes on the grid that could be right."""
    ways = [[way for way in _ways(problem, plan, route) if _right(problem, plan, way)] for route in plan.routes]
    for routes in islice(product(*ways), MOST_ROUTES if problem.goal.limits else 1):
        yield plan.model_copy(update={"routes": routes})


def _right(problem: Problem, plan: Plan, route: DayRoute, rules: Collection[str] = OF_ROUTES) -> bool:
    """Whether a day route alone breaches nothing."""
    with_it = tuple(b for b in plan.bookings if b.key in route.bookings or b.resource in problem.room)
    alone = plan.model_copy(update={"bookings": with_it, "routes": (route,)})
    return verify(problem, alone, [rule for rule in RULES if rule.id in rules]).ok


def _ways(problem: Problem, plan: Plan, route: DayRoute) -> Iterator[DayRoute]:
    technician = problem.technician[route.resource]
    if not technician.breaks and technician.depot is None:
        yield route
        return
    grid = [route.departure.replace(hour=7, minute=30) + n * tiny.STEP for n in range(14)]
    pauses: list[list[BreakTaken | None]] = []
    for rule in technician.breaks:
        window = rule.on(route.day, technician.working_hours)
        at = [m for m in grid if window and window.contains(m, m + rule.duration)]
        pauses.append([None, *(BreakTaken(id=rule.id, start=m, end=m + rule.duration) for m in at)])
    bare = route.model_copy(update={"restock": None})
    depot, length = technician.depot if not _right(problem, plan, bare, STOCK) else None, technician.restock_duration
    stops = [Restock(place=depot, start=m, end=m + length) for m in grid] if depot else []
    for *taken, stop in product(*pauses, [None, *stops]):
        bare = route.model_copy(update={"breaks": tuple(b for b in taken if b), "restock": stop})
        if (timed := _timed(problem, plan, bare)) is not None:
            yield timed


def _timed(problem: Problem, plan: Plan, route: DayRoute) -> DayRoute | None:
    """With the latest departure and the earliest return that leave time for the drives."""
    bookings = [plan.by_key[key] for key in route.bookings]
    around = [(problem.activity[b.activity].setup, problem.activity[b.activity].teardown) for b in bookings]
    first = min(b.start - before for b, (before, _) in zip(bookings, around, strict=True))
    last = max(b.end + after for b, (_, after) in zip(bookings, around, strict=True))
    if route.restock is not None:
        first, last = min(first, route.restock.start), max(last, route.restock.end)
    technician = problem.technician[route.resource]
    spans = technician.working_hours.days(problem.horizon).get(route.day)
    latest = spans[0].start if technician.departure == "shift-start" and spans else first
    departures = [min(first, latest) - n * tiny.STEP for n in range(8)]
    arrivals = [last + n * tiny.STEP for n in range(8)]
    departure = next((m for m in departures if _drives(problem, plan, route, m, arrivals[-1], 0)), None)
    arrival = next((m for m in arrivals if _drives(problem, plan, route, departures[-1], m, -1)), None)
    if departure is None or arrival is None:
        return None
    return route.model_copy(update={"departure": departure, "arrival": arrival})


def _drives(problem: Problem, plan: Plan, route: DayRoute, leave: datetime, reach: datetime, which: int) -> bool:
    """Whether the first or last drive of the day has its time."""
    tried = route.model_copy(update={"departure": leave, "arrival": reach})
    drive = View(problem, plan).day(problem.technician[route.resource], route.day, tried)
    leg = drive.drives[which]
    return leg.duration is not None and leg.reach - leg.leave - drive.paused(leg.leave, leg.reach) >= leg.duration


def _told(plan: Plan) -> str:
    bookings = "; ".join(f"{b.key} by {b.resource} {b.start:%d %H:%M}-{b.end:%H:%M}" for b in plan.bookings)
    routes = "; ".join(
        f"{r.resource} {r.day:%d}: {r.departure:%H:%M}-{r.arrival:%H:%M}"
        + "".join(f", {b.id} {b.start:%H:%M}-{b.end:%H:%M}" for b in r.breaks)
        + (f", restock {r.restock.start:%H:%M}" if r.restock else "")
        for r in plan.routes
    )
    return f"[{bookings} | {routes}]"


def _texts(problem: Problem, plan: Plan) -> str:
    return " / ".join(f"{v.rule}: {v.text}" for v in verify(problem, plan).breaches)
