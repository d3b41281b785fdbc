"""Rooms that hold bookings of different efforts at once."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from scheduler.domain.problem import Problem
from scheduler.solver.compile import compile
from scheduler.solver.kernel.tables.units import units
from scheduler.solver.solution import to_plan
from scheduler.solver.verify import verify
from tests import builders as b
from tests.solver.kernel.test_kernel import begun


def workshop(capacity: int, *efforts: int, minutes: int = 60) -> Problem:
    """A room open for an hour, for activities that need nothing else."""
    bay = b.room("bay", capacity=capacity, opening=b.hours("08:00", "09:00"))
    asked = [
        b.activity(f"a{n}", minutes=minutes, place=None,
                   requirements=(b.requirement("bay", kind="room", effort=effort),))
        for n, effort in enumerate(efforts)
    ]  # fmt: skip
    return b.problem(technicians=[b.technician("ann")], rooms=[bay], activities=asked)


@pytest.mark.parametrize(
    ("capacity", "efforts", "found"),
    [
        (3, (1, 1, 1, 1), [1, 1, 1]),
        (5, (2, 2, 2), [2, 2]),
        (4, (2, 1, 1, 1), [2, 1, 1]),
        (4, (2, 2, 2, 2, 1), [2, 2]),
        (9, (5, 2, 2), [5, 2, 2]),
        (9, (1, 3), [3, 1]),
    ],
)
def test_a_room_is_divided_as_it_is_asked_for(capacity: int, efforts: tuple[int, ...], found: list[int]) -> None:
    assert units(compile(workshop(capacity, *efforts)))[-1] == found


def test_small_bookings_fill_what_a_large_one_leaves() -> None:
    problem = workshop(4, 2, 1, 1)
    kernel = begun(problem)
    assert len(kernel.best.placed) == 3
    assert verify(problem, to_plan(kernel.c, kernel.best)).ok


def test_what_stands_is_found_again() -> None:
    """The large one comes last in time, into the unit that is large enough."""
    problem = workshop(4, 1, 1, 2, minutes=20)
    stood = b.plan(*(b.booking(f"a{n}", "bay", start, 20, requirement="bay")
                     for n, start in enumerate(("08:00", "08:05", "08:10"))))  # fmt: skip
    kernel = begun(problem.with_standing(stood))
    assert len(kernel.best.placed) == 3
    assert verify(problem, to_plan(kernel.c, kernel.best)).ok


@settings(deadline=None)
@given(st.integers(1, 8), st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_a_room_is_never_overfull(capacity: int, efforts: list[int]) -> None:
    problem = workshop(capacity, *(min(effort, capacity) for effort in efforts), minutes=30)
    assert sum(units(compile(problem))[-1]) <= capacity
    kernel = begun(problem)
    kernel.anneal(0.5, 100)
    assert verify(problem, to_plan(kernel.c, kernel.best)).ok
    event(f"all find room: {len(kernel.best.placed) == len(efforts)}")
