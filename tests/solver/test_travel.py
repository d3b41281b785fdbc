"""One leg is what the tables say, in every way in which either is computed."""

from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scheduler.solver.travel as module
from scheduler.domain.problem import Problem
from scheduler.domain.travel import Matrix, Place, TravelTimes
from scheduler.solver.clock import Clock
from scheduler.solver.travel import NOWHERE, UNREACHABLE, Travel, distance_step
from tests import builders as b

COUNT = 6


def matrix(seed: int) -> Matrix:
    """Random tables with pairs that can't be travelled."""
    chance = np.random.default_rng(seed)
    seconds = chance.integers(0, 10_000, (COUNT, COUNT)) / 8
    seconds[chance.random((COUNT, COUNT)) < 0.2] = np.nan
    return Matrix(places=tuple(f"p{n}" for n in range(COUNT)), seconds=seconds, metres=seconds * 9.25)


def problem(travel: TravelTimes, seed: int, speed: float = 1.0, **more: Any) -> Problem:
    chance = np.random.default_rng(seed)
    places = [
        Place(id=f"p{n}", latitude=chance.uniform(-80, 80), longitude=chance.uniform(-180, 180)) for n in range(COUNT)
    ]
    ann = b.technician("ann", at="p0", travel_speed=speed)
    return b.problem(travel=travel, places=tuple(places), technicians=[ann], **more)


def compiled(given: Problem, tick: int, speed: float) -> Travel:
    places = [p.id for p in given.places]
    clock = Clock(given.horizon.start, tick)
    return Travel(given, clock, distance_step(given), places, [("default", speed)])


@pytest.mark.parametrize("largest", [0, 2000])
@given(seed=st.integers(0, 10**6), tick=st.sampled_from([1, 7, 10**6, 6 * 10**7]), speed=st.sampled_from([1, 0.7, 3]))
@pytest.mark.parametrize("circle", [False, True])
def test_a_leg_is_what_the_tables_say(circle: bool, largest: int, seed: int, tick: int, speed: float) -> None:
    times = TravelTimes() if circle else TravelTimes(matrices={"default": matrix(seed)})
    given = problem(times, seed, speed)
    before = module.LARGEST_TABLE
    module.LARGEST_TABLE = largest
    try:
        travel = compiled(given, tick, speed)
        every = np.array([*range(COUNT), NOWHERE])
        ticks, steps = travel.tables(0, every, every)
        for (m, start), (n, end) in product(enumerate(every), repeat=2):
            assert travel.leg(0, int(start), int(end)) == (ticks[m, n], steps[m, n])
    finally:
        module.LARGEST_TABLE = before
    assert not ticks[-1].any() and not ticks[:, -1].any() and not steps[-1].any() and not steps[:, -1].any()
    clock = travel.clock
    for m, n in product(range(COUNT), repeat=2):
        way = given.travel.between(given.place, f"p{m}", f"p{n}", "default", speed)
        if way is None:
            assert (ticks[m, n], steps[m, n]) == (UNREACHABLE, 0)
        else:
            assert timedelta(0) <= clock.length(int(ticks[m, n])) - way[0] < clock.length(1)
            assert float(steps[m, n] * travel.kilometres) == pytest.approx(way[1], abs=1e-6)


def test_small_and_large_problems_are_given_the_same_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    given = problem(TravelTimes(matrices={"default": matrix(3)}), 3)
    every = np.arange(COUNT)
    small = compiled(given, 10**6, 1.0).tables(0, every, every)
    monkeypatch.setattr(module, "LARGEST_TABLE", 0)
    large = compiled(given, 10**6, 1.0).tables(0, every, every)
    assert all(np.array_equal(a, b) for a, b in zip(small, large, strict=True))


def test_tables_are_asymmetric_and_by_profile() -> None:
    there = Matrix(places=("p0", "p1"), seconds=np.array([[0, 60], [120, 0]]))
    slow = Matrix(places=("p1", "p0"), seconds=np.array([[0, 600], [1200, 0]]))
    given = b.problem(
        travel=TravelTimes(matrices={"default": there, "van": slow}),
        technicians=[b.technician("ann"), b.technician("bob", travel_profile="van")],
    )
    travel = Travel(given, Clock(given.horizon.start, 60_000_000), 1, ["p0", "p1"], [("default", 1.0), ("van", 1.0)])
    assert [travel.leg(n, 0, 1)[0] for n in (0, 1)] == [1, 20]
    assert [travel.leg(n, 1, 0)[0] for n in (0, 1)] == [2, 10]


def test_a_profile_need_not_know_places_that_it_never_visits() -> None:
    given = b.problem(travel=b.line(2), places=tuple(Place(id=f"p{n}") for n in range(3)))
    travel = Travel(given, Clock(given.horizon.start, 1), 1, ["p0", "p1", "p2"], [("default", 1.0)])
    assert travel.leg(0, 0, 1) == (600_000_000, 10_000_000)


@pytest.mark.parametrize(("km", "step"), [(10, 10_000_000), (2.5, 2_500_000), (0.0015, 1500)])
def test_distances_are_exact_to_the_millimetre(km: float, step: int) -> None:
    assert distance_step(b.problem(travel=b.line(3, km=km), technicians=[b.technician("ann")])) == step


def test_distances_on_the_great_circle_are_counted_in_millimetres() -> None:
    assert distance_step(problem(TravelTimes(), 0)) == 1
    no_metres = Matrix(places=("p0", "p1"), seconds=np.zeros((2, 2)))
    assert distance_step(b.problem(travel=no_metres, technicians=[b.technician("ann")])) == 1
