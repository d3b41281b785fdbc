"""How far each technician's work is from the mean, exact to the microsecond."""

from datetime import timedelta

import pytest

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.solver.rules.workload_balance import WorkloadBalance
from tests.builders import activity, booking, plan, problem, technician
from tests.solver.rules.terms import value


def given(people: int, *lengths: float) -> Problem:
    """Everybody lives where the work is."""
    work = [activity(f"a{n}", minutes=length, place="p0") for n, length in enumerate(lengths)]
    return problem(technicians=[technician(f"t{n}") for n in range(people)], activities=work)


def shared(*lengths: float) -> Plan:
    """Each activity with another technician."""
    return plan(*(booking(f"a{n}", f"t{n}", "09:00", length) for n, length in enumerate(lengths)))


@pytest.mark.parametrize(
    ("people", "lengths", "expected"),
    [
        (2, (60, 60), 0),
        (2, (60, 61), 1 + 1),
        (2, (60, 62), 1 + 1),
        (3, (60, 60, 61), 1 + 1 + 1),
        (3, (60, 60, 66), 2 + 2 + 4),
        (3, (60,), 40 + 20 + 20),
        (1, (60,), 0),
        (7, (10,), 9 + 6 * 2),
    ],
)
def test_each_is_rounded_up_and_the_unused_count(people: int, lengths: tuple[float, ...], expected: float) -> None:
    assert value(WorkloadBalance(), given(people, *lengths), shared(*lengths)) == expected


def test_a_whole_minute_is_not_rounded_up() -> None:
    """A third of 30 minutes is no exact float, the deviations are exactly 20, 10 and 10 minutes."""
    assert value(WorkloadBalance(), given(3, 30), shared(30)) == 40


def test_a_microsecond_is() -> None:
    almost = (60 * timedelta(minutes=1) + timedelta(microseconds=2)) / timedelta(minutes=1)
    assert value(WorkloadBalance(), given(2, 60, almost), shared(60, almost)) == 2


def test_drives_count_and_waits_do_not() -> None:
    people = [technician("t0"), technician("t1", at="p1")]
    work = [
        activity("a0", minutes=30),
        activity("a1", minutes=30),
        activity("b", minutes=50, setup=timedelta(minutes=10)),
    ]
    apart = plan(booking("a0", "t0", "09:00", 30), booking("a1", "t0", "14:00", 30), booking("b", "t1", "09:00", 50))
    assert value(WorkloadBalance(), problem(technicians=people, activities=work), apart) == 10 + 10


def test_nobody_is_off_balance_where_there_is_nobody() -> None:
    assert value(WorkloadBalance(), problem(), Plan()) == 0
