"""Starts that hang on each other, after many steps: those that a fresh look at the same plan finds."""

from random import Random

import numpy as np
import pytest

from scheduler.domain.activity import Meeting
from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.problem import Problem
from scheduler.solver.kernel import layout as at
from tests import builders as b
from tests.solver.kernel.test_kernel import assert_judged, begun

TRAVEL = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1.0}), Level(weights={Term.TRAVEL_TIME: 1.0})))


def visits(seed: int, *, lunches: bool = False) -> Problem:
    """60 visits by 8 people, most of them by two at a time or one after the other, in some windows.

    With lunches, for every other one of them.
    """
    chance = Random(seed)
    kinds = [Meeting(kind="simultaneous"), Meeting(kind="sequential", min_offset=b.minutes(20))]
    activities = tuple(
        b.activity(
            f"a{n:02}",
            minutes=chance.choice([10, 20, 30]),
            place=f"p{chance.randrange(10)}",
            requirements=tuple(b.requirement(f"r{k}") for k in range(chance.choice([1, 2, 2]))),
            meeting=chance.choice(kinds),
            start_windows=[(), (b.span("09:00", "11:00"), b.span("14:00", "16:00"))][chance.random() < 0.3],
        )
        for n in range(60)
    )
    lunch = b.pause(30, "11:00", "14:00")
    people = tuple(b.technician(f"t{n}", breaks=(lunch,) if lunches and n % 2 else ()) for n in range(8))
    return b.problem(technicians=people, activities=activities, travel=b.line(), goal=TRAVEL)


@pytest.mark.parametrize("seed", range(8))
def test_no_start_is_held_back_by_what_is_gone(seed: int) -> None:
    """Without breaks: where one may be taken earlier or later at the same cost, several starts are the earliest."""
    kernel = begun(visits(seed), seed)
    arrays, state = kernel.arrays, kernel.at_hand
    assert (arrays.lane[:, at.PRICED] != at.EXACT).all()
    for part in range(40):
        kernel.anneal(0.3 + part / 60, 50)
        there = np.flatnonzero(state.node[: len(arrays.suits), at.LANE] >= 0)
        before = state.node[there, at.START].copy()
        state.node[there, at.BOUND] = 0
        assert kernel.settle() < 0
        assert state.node[there, at.START].tolist() == before.tolist()


@pytest.mark.parametrize("lunches", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_teams_meet_after_many_steps(seed: int, lunches: bool) -> None:
    kernel = begun(visits(seed, lunches=lunches), seed)
    for part in range(20):
        kernel.anneal(part / 20, 100)
    assert_judged(kernel)
