"""The entry: what a caller gives, is told while it runs, and gets."""

import math
import os
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

import scheduler.solver.search as search
import scheduler.solver.solve as module
from scheduler.domain.activity import ActivityStatus
from scheduler.domain.errors import InvalidInput
from scheduler.domain.goal import Goal, Term
from scheduler.domain.outcome import Outcome, Progress, StopReason
from scheduler.domain.override import Lock, LockKind, Waiver
from scheduler.domain.plan import BookingStatus, Plan, Score
from scheduler.domain.problem import Problem
from scheduler.solver.solution import Solution
from scheduler.solver.solve import solve
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small

LONG = 600.0
"""Seconds that no solve here needs: what ends it is something else."""


def two_by_two(**more: Any) -> Problem:
    asked = [b.activity("a", place="p1"), b.activity("b", place="p8")]
    people = [b.technician("ann"), b.technician("bob", at="p9")]
    return b.problem(**{"technicians": people, "activities": asked, **more})


def busy(count: int = 14) -> Problem:
    """More work than three people can do, all over the line."""
    asked = [b.activity(f"a{n}", minutes=60 + 15 * (n % 4), place=f"p{(7 * n) % 10}") for n in range(count)]
    return b.problem(technicians=[b.technician(f"t{n}", at=f"p{4 * n}") for n in range(3)], activities=asked)


def solved(problem: Problem, **more: Any) -> Outcome:
    return solve(problem, **{"time_limit": LONG, "workers": 1, "deterministic": 1.0, **more})


def best(problem: Problem) -> Outcome:
    outcome = solved(problem, deterministic=60.0)
    assert outcome.stopped is StopReason.OPTIMAL
    return outcome


def test_an_outcome_says_what_was_found_and_how() -> None:
    outcome = solved(two_by_two(), seed=42)
    assert outcome.stopped is StopReason.OPTIMAL and outcome.gap == 0.0
    assert outcome.bound == outcome.verdict.score.levels == (0.0, 40.0)
    assert outcome.seed == 42 and outcome.steps > 0 and outcome.seconds > 0
    assert {"numpy", "ortools", "pydantic"} <= outcome.versions.keys()
    assert outcome.verdict.ok and outcome.plan.unscheduled == ()
    assert outcome.plan.fingerprint == two_by_two().fingerprint
    assert outcome.plan.score == outcome.verdict.score
    assert {k: v[0].resource for k, v in outcome.plan.by_activity.items()} == {"a": "ann", "b": "bob"}


def test_a_part_of_the_budget_leaves_a_gap() -> None:
    outcome = solved(busy(), deterministic=0.02)
    assert outcome.stopped is StopReason.EXHAUSTED and outcome.plan.bookings
    levels = outcome.verdict.score.levels
    assert outcome.bound <= levels
    first = next(((c, o) for c, o in zip(levels, outcome.bound, strict=False) if c > o), None)
    assert first is None or outcome.gap == pytest.approx((first[0] - first[1]) / first[0])


def test_no_bound_is_told_where_prices_are_too_fine_for_integers() -> None:
    """A lock to the microsecond makes ticks as fine, and driving for one of them cheaper than the least integer."""
    at = b.moment("10:00") + timedelta(microseconds=306_690)
    locked = two_by_two(locks=[Lock(kind=LockKind.TIME, activity="a", start=at)])
    exact, fine = solved(two_by_two(), time_limit=3), solved(locked, time_limit=3)
    assert exact.stopped is StopReason.OPTIMAL and exact.bound
    assert fine.stopped is not StopReason.OPTIMAL and fine.bound == () and fine.gap is None


def test_neighbourhoods_alone_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SMALL", -1)
    outcome = solved(two_by_two(), deterministic=0.05)
    assert outcome.stopped is StopReason.EXHAUSTED and outcome.bound == () and outcome.gap is None


@settings(max_examples=12)
@given(small.SEEDS)
def test_every_outcome_is_verified_and_tells_why_what_is_left_out_is(seed: int) -> None:
    problem = small.fresh(seed, most=4)
    outcome = solved(problem, deterministic=0.2)
    assert [v.text for v in outcome.verdict.breaches if v.rule != "mandatory"] == []
    assert verify(problem, outcome.plan) == outcome.verdict
    told = {u.activity: u.reasons for u in outcome.plan.unscheduled}
    assert told.keys() == {a.id for a in problem.activities} - outcome.plan.by_activity.keys()
    assert all(told.values())
    assert (outcome.verdict.score.mandatory_unscheduled, *outcome.bound) <= outcome.verdict.score.order


def test_the_same_seed_and_budget_give_the_same_plan() -> None:
    first, again = (solved(busy(10), seed=3, deterministic=0.4) for _ in range(2))
    assert first.plan == again.plan and first.bound == again.bound and first.steps == again.steps


@pytest.mark.slow
def test_the_same_seed_and_budget_give_the_same_plan_in_every_process() -> None:
    code = (
        "from tests.solver.test_solve import busy, solved;"
        "print(*(solved(busy(n), seed=3, deterministic=0.4).plan.model_dump_json() for n in (4, 12)))"
    )
    path = os.pathsep.join(p for p in sys.path if p)
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1 and len(runs.pop()) > 1000


def test_progress_grows() -> None:
    told: list[Progress] = []
    problem = busy(8)
    outcome = solved(problem, on_progress=told.append)
    orders = [p.score.order for p in told]
    assert told[0].stage == "construct" and orders == sorted(orders, reverse=True)
    assert [p.seconds for p in told] == sorted(p.seconds for p in told)
    assert all(p.total == 8 and 0 <= p.scheduled <= 8 and p.bound <= p.score.levels for p in told)
    for p in told:
        plan = p.plan()
        assert len(plan.by_activity) == p.scheduled
        assert verify(problem, plan).score.levels == pytest.approx(p.score.levels)
    assert orders[-1] >= outcome.verdict.score.order


@pytest.mark.parametrize("limit", [-1, 10**6])
def test_cancel_stops_the_search(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SMALL", limit)
    monkeypatch.setattr(module, "_filled", lambda *_: pytest.fail("who cancels does not wait for more"))
    calls = 0

    def cancel() -> bool:
        nonlocal calls
        calls += 1
        return calls > 2

    outcome = solve(busy(), time_limit=LONG, workers=1, cancel=cancel)
    assert outcome.stopped is StopReason.CANCELLED and calls > 2
    assert outcome.plan.bookings and not [v for v in outcome.verdict.breaches if v.rule != "mandatory"]


@pytest.mark.parametrize("limit", [0.0, 0.5])
def test_there_is_a_plan_however_short_the_limit(limit: float) -> None:
    outcome = solve(busy(), time_limit=limit, workers=1)
    assert outcome.plan.bookings and outcome.stopped in (StopReason.TIME_LIMIT, StopReason.OPTIMAL)
    assert all(u.reasons for u in outcome.plan.unscheduled)


def test_the_best_plan_stands_unmoved_and_keeps_its_statuses() -> None:
    problem = two_by_two(goal=Goal.weighted(unscheduled=10_000, travel_time=1, shifted=1))
    plan = best(problem).plan
    told = [s.model_copy(update={"status": BookingStatus.ACCEPTED}) for s in plan.bookings]
    standing = plan.model_copy(update={"bookings": tuple(told), "unscheduled": (), "score": None})
    again = best(problem.with_standing(standing)).plan
    assert again.bookings == standing.bookings


def test_nothing_that_is_worse_takes_the_place_of_what_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = busy()
    plan = solved(problem).plan
    monkeypatch.setattr(module.Search, "run", lambda *_: search.Found(Solution()))
    again = solve(problem.with_standing(plan), time_limit=0.0)
    assert again.plan.bookings == plan.bookings and again.plan.routes == plan.routes
    assert again.verdict == verify(problem.with_standing(plan), again.plan)


@settings(max_examples=25)
@given(small.SEEDS)
def test_a_plan_that_stands_becomes_better_or_stays_as_it_is(seed: int) -> None:
    problem = small.fresh(seed)
    plan = solve(problem, deterministic=0.05, workers=1, seed=seed).plan
    again = solve(problem.with_standing(plan), deterministic=0.02, workers=1, seed=seed + 1)
    before = verify(problem.with_standing(plan), plan)
    assert again.verdict.score.order <= before.score.order
    if again.verdict.score.order == before.score.order:
        assert again.plan.bookings == plan.bookings


def test_who_falls_ill_moves_nobody_else_s_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a plan that stands only what breaks a rule is taken out before the search begins."""
    problem = busy()
    plan = solved(problem).plan
    ill = b.technician("t0", at="p0", absences=[b.absence("00:00", "23:00")])
    changed = problem.model_copy(update={"technicians": (ill, *problem.technicians[1:])}).with_standing(plan)
    monkeypatch.setattr(module.Search, "run", lambda _, start, as_it_is: search.Found(start))
    again = solve(changed, time_limit=0.0)
    stays = {one for one in plan.bookings if one.resource != "t0"}
    assert stays < set(plan.bookings) and stays <= set(again.plan.bookings) and again.verdict.ok


def test_a_standing_plan_is_the_first_progress() -> None:
    standing = b.plan(b.booking("a", "bob", "13:00"), b.booking("b", "ann", "10:00"))
    told: list[Progress] = []
    solved(two_by_two(standing=standing), on_progress=told.append)
    assert told[0].stage == "standing"
    assert told[0].score.order == verify(two_by_two(standing=standing), standing).score.order


def locked(kind: LockKind, **more: Any) -> Plan:
    lock = Lock(kind=kind, activity="a", requirement="technician", **more)
    outcome = best(two_by_two(locks=(lock,)))
    assert outcome.verdict.ok and len(outcome.plan.bookings) == 2
    return outcome.plan


def test_locks_hold() -> None:
    assert locked(LockKind.RESOURCE, resource="bob").by_activity["a"][0].resource == "bob"
    assert locked(LockKind.TIME, start=b.moment("13:13")).by_activity["a"][0].start == b.moment("13:13")
    both = locked(LockKind.RESOURCE_AND_TIME, resource="bob", start=b.moment("13:13")).by_activity["a"][0]
    assert (both.resource, both.start) == ("bob", b.moment("13:13"))
    inside = locked(LockKind.TIME_RANGE, start=b.moment("13:00"), end=b.moment("14:10")).by_activity["a"][0]
    assert b.moment("13:00") <= inside.start and inside.end <= b.moment("14:10")


def test_a_lock_holds_against_the_rules_and_is_told() -> None:
    lock = Lock(
        kind=LockKind.RESOURCE_AND_TIME,
        activity="a",
        requirement="technician",
        resource="ann",
        start=b.moment("06:00"),
    )
    outcome = best(two_by_two(locks=(lock,)))
    assert outcome.plan.by_activity["a"][0].start == b.moment("06:00")
    assert outcome.verdict.ok and {v.rule for v in outcome.verdict.violations} == {"working-hours"}


def test_the_freeze_holds() -> None:
    standing = b.plan(b.booking("a", "bob", "09:00"), b.booking("b", "ann", "15:00"))
    plan = best(two_by_two(standing=standing, freeze_until=b.moment("12:00"))).plan
    assert plan.by_activity["a"][0] == standing.by_activity["a"][0]
    moved = plan.by_activity["b"][0]
    assert moved.resource == "bob" and moved.start >= b.moment("12:00")


def test_what_has_begun_stays_where_it_happens() -> None:
    asked = [
        b.activity("a", status=ActivityStatus.IN_PROGRESS, actual_start=b.moment("09:20")),
        b.activity("b", status=ActivityStatus.CANCELLED),
        b.activity("c"),
    ]
    standing = b.plan(b.booking("a", "bob", "09:00"), b.booking("b", "ann", "15:00"))
    plan = best(two_by_two(activities=asked, standing=standing)).plan
    begun = plan.by_activity["a"][0]
    assert (begun.resource, begun.start, begun.end) == ("bob", b.moment("09:20"), b.moment("10:20"))
    assert set(plan.by_activity) == {"a", "c"}


def waiver(rule: str, amount: float = 100) -> Waiver:
    return Waiver(rule=rule, activity="a", requirement="technician", largest_amount=amount, why="agreed")


@pytest.mark.parametrize(("amount", "kept"), [(30, True), (29, False)])
def test_a_waived_breach_is_kept_up_to_its_amount(amount: float, kept: bool) -> None:
    """A deadline that is missed by half an hour; nobody could keep it at all."""
    asked = [b.activity("a", deadline=b.moment("09:00"))]
    standing = b.plan(b.booking("a", "ann", "08:30"))
    problem = two_by_two(activities=asked, standing=standing, waivers=(waiver("deadline", amount),))
    outcome = best(problem)
    assert outcome.verdict.ok
    assert outcome.plan.bookings == (standing.bookings if kept else ())
    assert [v.rule for v in outcome.verdict.violations if v.exempted] == (["deadline"] if kept else [])


def test_a_waiver_of_an_unknown_rule_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"waivers\[0\].rule: 'gravity' is not a rule"):
        solve(two_by_two(waivers=(waiver("gravity"),)))


def test_what_verify_refuses_is_taken_out_again() -> None:
    """However it came about: a plan with a breach never leaves `solve`."""
    problem = two_by_two()
    clash = b.plan(b.booking("a", "ann", "10:00"), b.booking("b", "ann", "10:30"))
    plan, verdict = module._proven(problem, clash, verify(problem, clash))
    assert verdict.ok and len(plan.bookings) == 1 and len(plan.routes) == 1


def test_what_still_fits_is_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = two_by_two()
    plan, verdict = module._filled(problem, Plan(), verify(problem, Plan()), float("inf"))
    assert verdict.ok and set(plan.by_activity) == {"a", "b"}
    same, _ = module._filled(problem, Plan(), verify(problem, Plan()), 0.0)
    assert same == Plan()


def test_a_repeatable_budget_ends_with_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SMALL", -1)
    outcome = solve(busy(), time_limit=0.5, workers=1, deterministic=10_000)
    assert outcome.stopped is StopReason.TIME_LIMIT
    assert 0 < outcome.steps < 10_000 * search.STEPS_PER_WORK


@pytest.mark.parametrize(
    ("given", "told"),
    [({"workers": 0}, "workers: give 1 or more"), ({"time_limit": math.nan}, "time_limit: give seconds, 0 or more"),
     ({"deterministic": -1.0}, "deterministic: give work units, 0 or more, or None")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        solve(busy(), **given)


def test_a_team_that_is_never_free_together_is_no_riddle() -> None:
    """Of twelve people one is there before noon only and one after noon only: the other ten come in 10! orders."""
    early, late = (b.technician(name, working_hours=b.hours(*at)) for name, at in
                   (("early", ("08:00", "09:00")), ("late", ("11:00", "12:00"))))  # fmt: skip
    team = b.activity("a", minutes=30, requirements=(b.requirement("r", count=12),))
    people = [early, late, *(b.technician(f"t{n}") for n in range(10))]
    outcome = solve(b.problem(technicians=people, activities=[team]), time_limit=0.2, workers=1)
    assert [u.activity for u in outcome.plan.unscheduled] == ["a"] and outcome.plan.unscheduled[0].reasons


def test_an_empty_problem_has_an_empty_plan() -> None:
    outcome = solve(b.problem())
    assert outcome.plan.bookings == () and outcome.gap == 0.0 and outcome.verdict.ok


def test_the_gap_counts_what_is_mandatory_and_left_out_first() -> None:
    found = search.Found(Solution(), bounds=(1, 0, 40))
    assert module._gap(Score(mandatory_unscheduled=4, levels=(0.0, 40.0)), (0.0, 40.0), found) == 0.75
    assert module._gap(Score(mandatory_unscheduled=1, levels=(0.0, 50.0)), (0.0, 40.0), found) == 0.2


def test_who_cancels_waits_for_no_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work for far more people than there are: the answers about it all would take minutes."""
    monkeypatch.setattr(search, "SMALL", -1)
    problem, begin = busy(120), time.monotonic()
    outcome = solve(problem, time_limit=LONG, workers=1, cancel=lambda: time.monotonic() > begin + 0.5)
    assert outcome.stopped is StopReason.CANCELLED and all(u.reasons for u in outcome.plan.unscheduled)
    assert len(outcome.plan.unscheduled) > 50 and outcome.seconds < 1.5


def limited(term: Term, weights: dict[str, float]) -> Goal:
    return Goal.weighted(**weights).model_copy(update={"limits": {term: 0.0}})


def test_a_limit_that_facts_exceed_leaves_nothing_else_out() -> None:
    """What has begun runs into overtime; the limit then asks for no more of it."""
    late = b.activity("a", status="in-progress", actual_start=b.moment("16:30"))
    problem = b.problem(
        technicians=[b.technician("ann", overtime_limit=b.minutes(120))],
        activities=[late, b.activity("b"), b.activity("c", release=b.moment("16:45"))],
        standing=b.plan(b.booking("a", "ann", "16:00")), goal=limited(Term.OVERTIME, {"unscheduled": 1}),
    )  # fmt: skip
    outcome = best(problem)
    assert outcome.verdict.ok and set(outcome.plan.by_activity) == {"a", "b"}
    assert [v.rule for v in outcome.verdict.violations if v.exempted] == ["overtime"]


def test_a_limit_that_leaving_out_cannot_keep_is_reported() -> None:
    """Two activities, one of which nobody may take: the other is planned all the same."""
    asked = [b.activity("a"), b.activity("b", requirements=[b.requirement(skills={"gas": 1})])]
    problem = two_by_two(activities=asked, goal=limited(Term.UNSCHEDULED, {"unscheduled": 1}))
    outcome = best(problem)
    assert set(outcome.plan.by_activity) == {"a"}
    assert [v.rule for v in outcome.verdict.breaches] == ["unscheduled"]
