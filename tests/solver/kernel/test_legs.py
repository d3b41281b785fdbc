"""Legs that the search computes itself are those that everybody else reads."""

from datetime import timedelta

import numpy as np
import pytest

from scheduler.domain.goal import Goal, Level, Term
from scheduler.domain.travel import GreatCircle, Matrix, Place, TravelTimes
from scheduler.solver.compile import compile
from scheduler.solver.kernel import layout as at
from scheduler.solver.kernel.build import build
from scheduler.solver.kernel.jit import entry
from scheduler.solver.kernel.legs import leg, leg_to
from scheduler.solver.kernel.single import Kernel
from scheduler.solver.solution import Solution
from tests import builders as b

COUNT = 12
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize("minutes", [1 / 60, 1.0, 2.5])
@pytest.mark.parametrize("speed", [1.0, 1.3])
def test_great_circles(minutes: float, speed: float) -> None:
    chance = np.random.default_rng(1)
    places = [
        Place(id=f"p{n}", latitude=50 + chance.normal(0, 0.05), longitude=30 + chance.normal(0, 0.05))
        for n in range(COUNT)
    ]
    terms = Level(weights={Term.TRAVEL_TIME: 1, Term.TRAVEL_DISTANCE: 2})
    goal = Goal(levels=(Level(weights={Term.UNSCHEDULED: 1}), terms))
    problem = b.problem(
        places=tuple(places),
        travel=TravelTimes(great_circle=GreatCircle(rounding=timedelta(minutes=minutes))),
        technicians=[b.technician("ann", at="p0", travel_speed=speed)],
        activities=[b.activity(f"a{n}", minutes=15, place=f"p{n}") for n in range(1, COUNT)],
        goal=goal,
    )
    compiled = compile(problem)
    kernel = Kernel(compiled)
    kernel.load(Solution())
    placed, travel = kernel.best.placed, compiled.travel
    assert len(placed) == COUNT - 1 and kernel.arrays.ticks.size == 0
    order = sorted(placed, key=lambda slot: placed[slot].start)
    stops = [int(compiled.slots.place[slot]) for slot in order]
    home = int(compiled.lanes.start_place[0])
    legs = [travel.leg(0, a, c) for a, c in zip([home, *stops], [*stops, home], strict=True)]
    best = kernel._best
    nodes = [*order, len(compiled.slots) + len(kernel.arrays.lane)]
    assert [int(best.node[u, at.DRIVE]) for u in nodes] == [ticks for ticks, _ in legs]
    costs = [ticks * float(compiled.clock.minutes) + 2 * steps * float(travel.kilometres) for ticks, steps in legs]
    assert best.drive[nodes] == pytest.approx(costs, abs=1e-5)


@entry
def _leg(arrays, a, c):
    return leg(arrays, 0, a, c)


@entry
def _leg_to(arrays, a, c):
    return leg_to(arrays, 0, c, a)


@pytest.mark.parametrize("fine", [True, False])
@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize("even", [True, False])
def test_tables(both_ways: bool, even: bool, fine: bool) -> None:
    """Costs are left out only where each tick costs the same; ways back have a table only where they differ.

    Where a moment is given to the microsecond, so are ticks: an hour's drive takes more of them than 32 bits hold.
    """
    chance = np.random.default_rng(2)
    seconds = chance.integers(1, 60, (COUNT, COUNT)) * 60.0 + (1e-6 if fine else 0.0)
    seconds = seconds + seconds.T if both_ways else seconds
    np.fill_diagonal(seconds, 0.0)
    metres = seconds * (20.0 if even else chance.uniform(5.0, 25.0, seconds.shape))
    seconds[3, 7] = seconds[7, 3] = np.nan
    names = tuple(f"p{n:02}" for n in range(COUNT))
    terms = Level(weights={Term.TRAVEL_TIME: 1, Term.TRAVEL_DISTANCE: 2})
    compiled = compile(
        b.problem(
            travel=Matrix(places=names, seconds=seconds, metres=metres),
            technicians=[b.technician("ann", at="p00")],
            activities=[
                b.activity(f"a{n}", minutes=15, place=f"p{n:02}", release=b.moment("00:00") + fine * MICROSECOND)
                for n in range(1, COUNT)
            ],
            goal=Goal(levels=(Level(weights={Term.UNSCHEDULED: 1}), terms)),
        )
    )
    arrays, travel = build(compiled), compiled.travel
    assert (arrays.high.size > 0) == fine
    assert (arrays.legs.size == 0) == even and (arrays.back is arrays.ticks) == both_ways
    for a, c in np.argwhere(~np.isnan(seconds)):
        ticks, steps = travel.leg(0, int(a), int(c))
        cost = ticks * float(compiled.clock.minutes) + 2 * steps * float(travel.kilometres)
        for found in (_leg(arrays, a, c), _leg_to(arrays, a, c)):
            assert found == (ticks, pytest.approx(cost, rel=1e-6))
    assert min(_leg(arrays, 3, 7)[0], _leg_to(arrays, 7, 3)[0]) > compiled.latest.max()
