"""Somebody who fills two roles of an activity, one after the other."""

from datetime import timedelta

import pytest
from hypothesis import event, given, settings

from scheduler.domain.activity import Activity, Meeting
from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.build import build
from scheduler.solver.solution import to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small
from tests.solver.kernel.test_kernel import assert_judged, begun

ROLES = (b.requirement("first"), b.requirement("second"))
APART = Meeting(kind="independent")
IN_TURN = Meeting(kind="sequential", min_offset=timedelta(hours=1), max_offset=timedelta(hours=3))
AT_ONCE = Meeting(kind="sequential", max_offset=timedelta(minutes=30))


def alone(meeting: Meeting, **more: object) -> Problem:
    """Ann alone, a visit with two roles of an hour each, and five lone visits around it."""
    visit = b.activity("visit", minutes=60, place="p3", requirements=ROLES, meeting=meeting, priority=9, **more)
    lone = [b.activity(f"lone{n}", minutes=30, place=f"p{n}") for n in range(5)]
    return b.problem(technicians=[b.technician("ann")], activities=[visit, *lone])


def served(problem: Problem) -> set[str]:
    """Whose bookings stand after a short search, in the judge's eyes too."""
    kernel = begun(problem)
    for _ in range(20):
        kernel.anneal(0.5, 50)
    plan = to_plan(kernel.c, kernel.best)
    assert verify(problem, plan).ok
    return set(plan.by_activity)


@pytest.mark.parametrize("meeting", [APART, IN_TURN])
def test_one_person_fills_both_where_nobody_asks_for_different_people(meeting: Meeting) -> None:
    assert served(alone(meeting, different_people=False)) == {"visit", *(f"lone{n}" for n in range(5))}


@pytest.mark.parametrize("meeting", [APART, IN_TURN])
def test_not_where_different_people_are_asked_for(meeting: Meeting) -> None:
    assert "visit" not in served(alone(meeting))


@pytest.mark.parametrize("meeting", [AT_ONCE, Meeting()])
def test_not_where_one_can_not_begin_when_the_other_is_over(meeting: Meeting) -> None:
    problem = alone(meeting, different_people=False)
    assert build(compile(problem)).activity[0, at.APART] == at.AT_ONCE
    assert "visit" not in served(problem)


def test_two_of_one_role_may_be_the_same() -> None:
    twins = (b.requirement("first", count=2),)
    visit = b.activity("visit", minutes=60, requirements=twins, meeting=APART, different_people=False)
    assert served(b.problem(technicians=[b.technician("ann")], activities=[visit])) == {"visit"}


def test_both_roles_count_for_the_limits_of_a_day() -> None:
    problem = alone(APART, different_people=False)
    (ann,) = problem.technicians
    busy = problem.replace(
        technicians=(ann.model_copy(update={"max_activities_per_day": 1}),), activities=problem.activities[:1]
    )
    assert served(busy) == set()
    assert served(busy.replace(technicians=(ann.model_copy(update={"max_activities_per_day": 2}),))) == {"visit"}


def by_anybody(activity: Activity) -> Activity:
    """The activity where its people need not be different ones, nor meet unless they do in a room."""
    rooms = any(r.kind == "room" for requirements in activity.requirement_sets for r in requirements)
    return activity.model_copy(update={"different_people": False, "meeting": activity.meeting if rooms else APART})


@settings(deadline=None)
@given(small.SEEDS)
def test_whoever_fills_both_the_judge_agrees(seed: int) -> None:
    problem = small.fresh(seed)
    kernel = begun(problem.replace(activities=tuple(map(by_anybody, problem.activities))), seed)
    kernel.anneal(0.5, 100)
    assert_judged(kernel)
    lanes = [(kernel.c.slots.activity[s], p.lane) for s, p in kernel.best.placed.items()]
    event(f"somebody fills two roles: {len(lanes) > len(set(lanes))}")
