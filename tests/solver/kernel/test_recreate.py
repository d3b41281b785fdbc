"""What is outside put back: also what is not worth its way alone."""

from math import inf
from random import Random

import pytest

from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.problem import Problem
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.moves.mix import ROOM
from tests import builders as b
from tests.solver import small
from tests.solver.kernel import moves
from tests.solver.kernel.test_kernel import assert_judged, begun
from tests.solver.kernel.test_moves import routing


def far_away(count: int) -> Problem:
    """So many visits an hour and a half from two people; leaving one out costs as much as an hour on the way."""
    goal = Goal(levels=(Level(weights={Term.UNSCHEDULED: 60.0, Term.TRAVEL_TIME: 1.0}),))
    return b.problem(
        technicians=tuple(b.technician(f"t{n}", at="p0") for n in range(2)),
        activities=tuple(b.activity(f"a{n}", minutes=10, place="p9") for n in range(count)),
        travel=b.line(),
        goal=goal,
    )


def test_a_day_is_begun_for_visits_that_are_worth_the_way_together() -> None:
    kernel = begun(far_away(8))
    assert moves.outside(kernel) == set(range(8))
    for part in range(10):
        kernel.anneal(part / 10, 100)
    assert (kernel.best_state.node[:8, at.LANE] >= 0).all()
    assert_judged(kernel)


def test_no_day_is_begun_for_visits_that_are_not() -> None:
    kernel = begun(far_away(2))
    for part in range(10):
        kernel.anneal(part / 10, 100)
    assert (kernel.best_state.node[:2, at.LANE] < 0).all()


def crowded(seed: int) -> Problem:
    """Two people have too much to do, so that not all that is taken out fits in again; or anything at all."""
    if seed % 2:
        return small.fresh(seed)
    problem = routing(Random(seed))
    return problem.model_copy(update={"technicians": problem.technicians[:2]})


def test_a_step_is_given_up_only_where_it_costs_more_than_it_may() -> None:
    given_up = 0
    for seed in range(60):
        random, kernel = Random(seed), begun(crowded(seed))
        if not kernel.can_move:
            continue
        kernel.anneal(0.5, 50)
        for _ in range(10):
            step = random.randrange(len(kernel.arrays.suits)), random.randrange(2**31)
            whole = moves.stepped(kernel, *step, inf)
            for limit in (0.0, 30.0, whole - 1e-6, whole + 1e-6):
                found = moves.stepped(kernel, *step, limit)
                assert found == pytest.approx(whole) or (found == inf and whole > limit - 1e-9)
                given_up += found == inf
    assert given_up > 100


@pytest.mark.parametrize(("price", "room"), [(1.0, False), (1000.0, True)])
def test_room_is_made_where_leaving_out_is_the_last_resort(price: float, room: bool) -> None:
    goal = Goal(levels=(Level(weights={Term.UNSCHEDULED: price, Term.TRAVEL_TIME: 1.0}),))
    kernel = begun(routing(Random(1)).model_copy(update={"goal": goal}))
    assert (kernel._work.mix[ROOM] > 0) == room


def test_what_fewer_can_do_goes_in_first() -> None:
    """Ann has time for one of two, and lives where both are; bob can do the one that is named first, too."""
    skilled = [b.technician("ann", skills=["gas", "water"], at="p1"), b.technician("bob", skills=["water"], at="p9")]
    asked = [b.activity(name, minutes=300, skills=[skill]) for name, skill in (("either", "water"), ("ann's", "gas"))]
    assert not moves.outside(begun(b.problem(technicians=skilled, activities=asked)))
