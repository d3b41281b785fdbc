"""Judging after a change says what judging anew says, whatever changed."""

from collections.abc import Iterable
from random import Random

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.domain.errors import InvalidInput
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.verdict import Verdict
from scheduler.solver.judge import judge
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver.tiny import STEP, Tiny

Changed = tuple[Problem, Plan]


@settings(max_examples=settings().max_examples * 3, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False))
def test_after_changes_as_anew(random: Random) -> None:
    """Several changes after each other, each judged by the judgement before."""
    try:
        tiny = Tiny(random)
        problem = tiny.problem()
    except ValidationError:
        return
    judged = judge(problem, tiny.standing(problem))
    for _ in range(3):
        problem, plan = _changed(tiny, problem, judged.plan)
        judged = judge(problem, plan, judged)
        anew = verify(problem, plan)
        assert _sorted(judged.verdict) == _sorted(anew)
        assert judged.plan == judge(problem, plan).plan
        for rule in {violation.rule for violation in anew.violations}:
            event(f"breaches {rule}")


def _sorted(verdict: Verdict) -> tuple[object, list[str]]:
    return verdict.score, sorted(violation.model_dump_json() for violation in verdict.violations)


def _changed(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    """One to three things are otherwise. What the problem refuses stays as it was."""
    for change in tiny.random.choices(CHANGES, k=tiny.one(1, 1, 2, 3)):
        try:
            problem, plan = change(tiny, problem, plan)
        except InvalidInput:
            event("refused")
        else:
            event(change.__name__)
    return problem, _sayable(problem, _with(plan, (b for b in plan.bookings if _known(problem, b))))


def _sayable(problem: Problem, plan: Plan) -> Plan:
    """Without routes that take a break which their technician has no more."""
    breaks = {t.id: {pause.id for pause in t.breaks} for t in problem.technicians}
    routes = (r for r in plan.routes if {taken.id for taken in r.breaks} <= breaks[r.resource])
    return plan.model_copy(update={"routes": tuple(routes)})


def _known(problem: Problem, booking: Booking) -> bool:
    activity = problem.activity.get(booking.activity)
    sets = activity.requirement_sets if activity else ()
    return booking.resource in problem.resource and booking.requirement in {r.id for s in sets for r in s}


def _with(plan: Plan, bookings: Iterable[Booking]) -> Plan:
    """The plan with these bookings, and those routes in which none of them is otherwise."""
    found = {booking.key: booking for booking in bookings}
    routes = (r for r in plan.routes if all(found.get(key) == plan.by_key[key] for key in r.bookings))
    return plan.model_copy(update={"bookings": tuple(found.values()), "routes": tuple(routes)})


def placed(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    """Anybody anywhere, the wrong kind of resource too."""
    activity = tiny.one(*problem.activities)
    requirement = tiny.one(*(r for s in activity.requirement_sets for r in s))
    start, resource = tiny.moment(), tiny.one(*problem.resource)
    ordinal = tiny.random.randrange(requirement.count)
    length = activity.duration_of(requirement) + tiny.one(0, 0, 0, 1) * STEP
    booking = Booking(activity=activity.id, requirement=requirement.id, ordinal=ordinal, resource=resource,
                      start=start, end=start + length)  # fmt: skip
    return problem, _with(plan, {**plan.by_key, booking.key: booking}.values())


def taken_out(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    gone = tiny.one(None, *plan.by_key)
    return problem, _with(plan, (booking for key, booking in plan.by_key.items() if key != gone))


def left_earlier(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    routes = list(plan.routes)
    if routes:
        n = tiny.random.randrange(len(routes))
        routes[n] = routes[n].model_copy(update={"departure": routes[n].departure - STEP, "breaks": ()})
    return problem, plan.model_copy(update={"routes": tuple(routes)})


def another_activity(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    name = tiny.one(*problem.activity)
    value = tiny.activity(name)
    return _replaced(problem, "activities", name, tiny.begun(value) if tiny.has("facts") else value), plan


def another_technician(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    name = tiny.one(*problem.technician)
    return _replaced(problem, "technicians", name, tiny.technician(name)), plan


def another_room(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    name = tiny.one("lab", *problem.room)
    return _replaced(problem, "rooms", name, tiny.room(name, tiny.one(0, 1))), plan


def _replaced(problem: Problem, field: str, name: str, value: dict[str, object]) -> Problem:
    others = (one for one in getattr(problem, field) if one.id != name)
    return problem.replace(**{field: (*others, value)})


def other_locks(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    return problem.replace(locks=tiny.locks(problem)), plan


def another_waiver(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    return problem.replace(waivers=[tiny.waiver(problem, plan)] if plan.bookings else ()), plan


def another_standing(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    return problem.with_standing(tiny.one(None, plan, tiny.standing(problem))), plan


def another_moment(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    return problem.replace(now=tiny.one(None, tiny.moment()), freeze_until=tiny.one(None, tiny.moment())), plan


def another_goal(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    return problem.replace(goal=tiny.goal()), plan


def another_horizon(tiny: Tiny, problem: Problem, plan: Plan) -> Changed:
    horizon = problem.horizon
    return problem.replace(horizon={"start": horizon.start, "end": horizon.end - STEP}), plan


CHANGES = (
    placed, placed, placed, taken_out, left_earlier, another_activity, another_technician, another_room, other_locks,
    another_waiver, another_standing, another_moment, another_goal, another_horizon,
)  # fmt: skip


def test_what_the_change_cannot_reach_is_not_looked_at_again() -> None:
    people = [b.technician(f"t{n}") for n in range(3)]
    problem = b.problem(technicians=people, activities=[b.activity(f"a{n}") for n in range(3)])
    before = judge(problem, b.plan(*(b.booking(f"a{n}", f"t{n}", "09:00") for n in range(3))))
    moved = _with(before.plan, {**before.plan.by_key, **b.plan(b.booking("a0", "t1", "10:30")).by_key}.values())
    after = judge(problem, moved, before)
    kept = [name for name in after.days if after.days[name] is before.days[name]]
    assert kept == ["t2"]
