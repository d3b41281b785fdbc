"""Plans that exceed limits of the goal: what is left out until they don't."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.domain.goal import Goal, Term
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.rules import sample
from scheduler.solver.trimming import exceeded, within, without
from scheduler.solver.verify import verify


def limited(limit: float, *prices: float, term: Term = Term.TRAVEL_TIME, **more: Any) -> tuple[Problem, Plan]:
    """Ann at p1, bob at p2 and eve at p3, 20, 40 and 60 minutes of travel, each at 9:00; and what each is worth."""
    names = ("ann", "bob", "eve")
    asked = [sample.activity(who, place=f"p{n + 1}", unscheduled_price=prices[n]) for n, who in enumerate(names)]
    people = tuple(sample.technician(who) for who in names)
    problem = sample.problem(*asked, technicians=people, goal=Goal(limits={term: limit}), **more)
    return problem, sample.plan(problem, *(sample.booking(who, "9:00", resource=who) for who in names))


def kept(problem: Problem, plan: Plan) -> set[str]:
    return set(within(problem, plan, verify(problem, plan))[0].by_activity)


def test_what_saves_most_for_its_price_is_left_out() -> None:
    assert kept(*limited(120, 1, 1, 1)) == {"ann", "bob", "eve"}
    assert kept(*limited(60, 1, 1, 1)) == {"ann", "bob"}
    assert kept(*limited(60, 1, 1, 9)) == {"eve"}
    assert kept(*limited(0, 1, 1, 1)) == set()


def test_a_day_goes_as_a_whole_where_a_part_of_it_saves_nothing() -> None:
    asked = [sample.activity(f"a{n}", place="p1", unscheduled_price=1 + n // 2) for n in range(4)]
    people = (sample.technician("ann"), sample.technician("bob"))
    goal = Goal(limits={Term.RESOURCES_USED: 1})
    problem = sample.problem(*asked, technicians=people, goal=goal)
    times, who = ("9:00", "10:00", "9:00", "10:00"), ("ann", "ann", "bob", "bob")
    plan = sample.plan(problem, *(sample.booking(f"a{n}", times[n], resource=who[n]) for n in range(4)))
    assert kept(problem, plan) == {"a2", "a3"}


@pytest.mark.parametrize("how", ["mandatory", "locked"])
def test_what_must_be_done_goes_last(how: str) -> None:
    problem, plan = limited(60, 1, 1, 1)
    if how == "mandatory":
        asked = tuple(a.model_copy(update={"mandatory": a.id == "eve"}) for a in problem.activities)
        problem = problem.replace(activities=asked)
    else:
        problem = problem.replace(
            locks=(Lock(kind=LockKind.RESOURCE, activity="eve", requirement="technician", resource="eve"),)
        )
    assert kept(problem, plan) == {"eve"}


def test_what_has_begun_stays_though_the_limit_is_exceeded() -> None:
    problem, plan = limited(30, 1, 1, 1)
    problem = problem.replace(standing=plan, freeze_until=sample.at("11:00"))
    assert kept(problem, plan) == {"ann", "bob", "eve"}


def test_a_route_without_a_stop_is_as_short_as_it_can_be() -> None:
    problem = sample.problem(sample.activity("a", place="p1"), sample.activity("b", place="p3"))
    plan = sample.plan(problem, sample.booking("a", "9:00"), sample.booking("b", "10:00"))
    (route,) = without(problem, plan, ["b"]).routes
    assert (route.departure, route.arrival) == (sample.at("8:50"), sample.at("9:40"))


@given(st.data())
def test_little_more_is_lost_than_must_be(data: st.DataObject) -> None:
    prices = [data.draw(st.integers(1, 9)) for _ in range(3)]
    limit = data.draw(st.integers(0, 130))
    problem, plan = limited(limit, *prices)
    verdict = within(problem, plan, verify(problem, plan))[1]
    assert not exceeded(verdict)
    least = min(
        verify(problem, without(problem, plan, some)).score.levels[0]
        for count in range(4)
        for some in combinations(plan.by_activity, count)
        if not exceeded(verify(problem, without(problem, plan, some)))
    )
    worth = dict(zip(plan.by_activity, prices, strict=True))
    assert least <= verdict.score.levels[0] <= least + max(worth.values())


def test_all_that_is_later_than_the_latest_may_be_is_left_out() -> None:
    """Nothing else: to leave it out saves nothing of the largest lateness."""
    asked = [sample.activity(f"a{n}", respond_by=sample.at(promised))
             for n, promised in enumerate(("8:00", "9:30", "9:00"))]  # fmt: skip
    goal = Goal(limits={Term.LARGEST_TARDINESS: 30})
    problem = sample.problem(*asked, goal=goal)
    plan = sample.plan(problem, *(sample.booking(f"a{n}", start) for n, start in enumerate(("8:40", "10:00", "11:00"))))
    assert kept(problem, plan) == {"a1"}
