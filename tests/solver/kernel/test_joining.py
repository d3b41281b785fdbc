"""Where a lock holds one of a team, the compiled search finds the others, and changes them."""

from random import Random

import numpy as np
import pytest
from hypothesis import event, given, settings

from scheduler.domain.activity import Requirement
from scheduler.domain.override import Lock, LockKind
from scheduler.domain.problem import Problem
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.engine import left_out
from scheduler.solver.kernel.parts.cut import cut
from scheduler.solver.kernel.parts.task import Task, anneal_part, write_back
from scheduler.solver.kernel.parts.territory import territories
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.kernel.state import stops_of
from scheduler.solver.solution import to_plan
from scheduler.solver.solve import solve
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver import small
from tests.solver.kernel.test_kernel import begun

FIRST, SECOND, HALL = b.requirement("first"), b.requirement("second"), b.requirement("hall", kind="room")
PLACES = b.line(3)


def hold(requirement: str, who: str, start: str = "10:00", activity: str = "both") -> Lock:
    return Lock(kind=LockKind.RESOURCE_AND_TIME, activity=activity, requirement=requirement, resource=who,
                start=b.moment(start))  # fmt: skip


def day(lock: Lock, *roles: Requirement, **more: object) -> Problem:
    """Ann and Bob have more to do than a day is long; one activity asks for both of them, or for a hall."""
    people = [b.technician("ann", at="p1"), b.technician("bob", at="p1")]
    place = None if HALL in roles else "p1"
    both = b.activity("both", requirements=roles, place=place, priority=1, **more)
    lone = [b.activity(f"lone{n}", minutes=60, place="p1", priority=5) for n in range(20)]
    rooms = [b.room(name, at=name) for name in ("p0", "p2")]
    return b.problem(technicians=people, rooms=rooms, activities=[*lone, both], travel=PLACES).with_lock(lock)


def team(kernel: Kernel) -> dict[str, str]:
    """Who serves the activity, by requirement."""
    resources, lanes, keys = kernel.c.resources, kernel.c.lanes, kernel.c.slots.keys
    stops = ((keys[slot], resources[lanes.resource[there.lane]]) for slot, there in kernel.best.placed.items())
    return {key.requirement: who for key, who in stops if key.activity == "both"}


def breaches(kernel: Kernel) -> list[str]:
    verdict = verify(kernel.c.problem, to_plan(kernel.c, kernel.best))
    return [v.text for v in verdict.breaches if v.rule != "mandatory"]


@pytest.mark.parametrize(
    ("lock", "roles", "joins"),
    [
        (hold("first", "ann"), (FIRST, SECOND), {"second": {"bob"}}),
        (hold("second", "ann"), (FIRST, SECOND), {"first": {"bob"}}),
        (hold("first", "ann"), (FIRST, HALL), {"hall": {"p0", "p2"}}),
        (hold("hall", "p2"), (FIRST, HALL), {"first": {"ann", "bob"}}),
        (hold("first", "ann"), (FIRST, SECOND, HALL), {"second": {"bob"}, "hall": {"p0", "p2"}}),
        (hold("hall", "p2"), (FIRST, SECOND, HALL), {"first": {"ann", "bob"}, "second": {"ann", "bob"}}),
    ],
)
def test_the_rest_of_a_team_joins_who_is_held(
    lock: Lock, roles: tuple[Requirement, ...], joins: dict[str, set[str]]
) -> None:
    """Others are worth more, but what is locked is to be done."""
    problem = day(lock, *roles)
    kernel = begun(problem)
    for along in (0.1, 0.3, 0.5, 0.7, 0.9):
        kernel.anneal(along, 400)
    found = team(kernel)
    assert found.pop(str(lock.requirement)) == lock.resource
    assert found.keys() == joins.keys() and all(who in joins[role] for role, who in found.items())
    assert breaches(kernel) == []
    plan = solve(problem, deterministic=0.3, workers=1, time_limit=60).plan
    assert len(plan.by_activity["both"]) == len(roles)


def test_who_joined_may_be_somebody_else() -> None:
    """Bob joins Ann at first; Cy lives there, and does in the end."""
    people = [b.technician("ann"), b.technician("bob", at="p9"), b.technician("cy", at="p1")]
    both = b.activity("both", requirements=(FIRST, SECOND), place="p0")
    problem = b.problem(technicians=people, activities=[both, *(b.activity(f"x{n}", place="p1") for n in range(3))])
    stood = b.plan(b.booking("both", "ann", "12:00", requirement="first"),
                   b.booking("both", "bob", "12:00", requirement="second"))  # fmt: skip
    kernel = begun(problem.with_standing(stood).with_lock(hold("first", "ann", "12:00")))
    kernel.anneal(1.0, 500)
    assert team(kernel) == {"first": "ann", "second": "cy"}


def test_nobody_joins_at_another_time_or_alone_twice() -> None:
    """The second role may only be filled in the afternoon; and there is nobody but Ann."""
    late = b.requirement("second", skills=["night"])
    night = b.technician("bob", skills=["night"], working_hours=b.hours("14:00", "18:00"))
    for people, roles in (((b.technician("ann"), night), (FIRST, late)), ((b.technician("ann"),), (FIRST, SECOND))):
        both = b.activity("both", requirements=roles, place="p0")
        kernel = begun(b.problem(technicians=people, activities=[both]).with_lock(hold("first", "ann")))
        kernel.anneal(0.5, 200)
        assert team(kernel) == {"first": "ann"}
        assert breaches(kernel) == []


def test_alternatives_to_what_is_held_are_none() -> None:
    """Either two people, or one: with one of the two held the other must come."""
    both = b.activity("both", requirements=(FIRST, SECOND), alternatives=((b.requirement("alone"),),), place="p0")
    problem = b.problem(technicians=[b.technician("ann"), b.technician("bob")], activities=[both])
    kernel = begun(problem.with_lock(hold("second", "ann")))
    assert team(kernel) == {"first": "bob", "second": "ann"}


def test_an_incomplete_team_counts_as_left_out_unless_it_has_begun() -> None:
    lock = hold("first", "ann")
    problem = day(lock, FIRST, SECOND)
    alone = b.plan(b.booking("both", "ann", "10:00", requirement="first"))
    verdict = verify(problem, alone)
    assert (verdict.score.mandatory_unscheduled, verdict.breaches) == (1, ())
    assert [v.text for v in verdict.violations] == ["both lacks somebody for second"]
    begins = {"status": "in-progress", "actual_start": b.moment("10:00")}
    begun_one = day(lock, FIRST, SECOND, **begins).with_standing(alone)
    assert verify(begun_one, alone).score.mandatory_unscheduled == 0
    solved = solve(begun_one, deterministic=0.2, workers=1, time_limit=60)
    assert len(solved.plan.by_activity["both"]) == 1 and solved.verdict.score.mandatory_unscheduled == 0


def some_held(seed: int, most: int) -> Problem:
    """Any problem in which roles of teams are locked for anybody at any time."""
    chance = Random(seed)
    problem = small.fresh(seed, most)
    teams = [a for a in problem.activities if len(a.requirements) > 1 or a.requirements[0].count > 1]
    locks = {}
    for one in chance.sample(teams, min(len(teams), 2)):
        role = chance.choice(one.requirements)
        able = problem.technicians if role.kind == "technician" else problem.rooms
        if able:
            minutes = 5 * chance.randrange(84, 200)
            locks[one.id] = hold(role.id, chance.choice(able).id, f"{minutes // 60:02}:{minutes % 60:02}", one.id)
    return problem.replace(locks=tuple(locks.values()))


@settings(deadline=None)
@given(small.SEEDS)
def test_whoever_joins_breaks_no_rule(seed: int) -> None:
    kernel = begun(some_held(seed, 6), seed)
    arrays = kernel.arrays
    may = arrays.activity[:, at.HELD] > 0
    for along in (0.1, 0.5, 0.9):
        kernel.anneal(along, 100)
    joined = may & ~left_out(arrays, kernel.best_state.node[: len(arrays.suits), at.LANE])
    event("joined" if joined.any() else "could not" if may.any() else "nobody to join")
    assert breaches(kernel) == []
    stops = [u for lane in range(len(arrays.lane)) for u in stops_of(kernel.best_state, lane)]
    assert len(stops) == len(set(stops)) == len(kernel.best.placed)


@settings(deadline=None)
@given(small.SEEDS)
def test_in_parts_of_a_plan_they_join_too(seed: int) -> None:
    kernel = begun(some_held(seed, 12), seed)
    for lanes, outside in territories(kernel.arrays, kernel.kept, 4, np.random.default_rng(seed)):
        part = cut(kernel.arrays, kernel.kept, lanes, outside)
        optional = kernel.optional[part.activities]
        answer = anneal_part(Task(part, kernel.scale, optional, 1.0, 0.5, 1.0, 0.0, 100, seed, best=True))
        kernel.write(kernel.kept)
        write_back(part, answer, kernel.at_hand.node, len(kernel.arrays.suits), len(kernel.arrays.lane))
        kernel.adopt(part.lanes)
    assert breaches(kernel) == []
