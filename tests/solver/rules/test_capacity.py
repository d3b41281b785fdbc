"""Loads of a day fit what the technician can carry."""

from scheduler.domain.override import Lock, LockKind
from scheduler.solver.rules.capacity import Capacity
from tests.builders import activity, booking, plan, problem, requirement, room, technician
from tests.solver.rules.judge import judge, narrowed

LOADS = {"a": {"kg": 6.0}, "b": {"kg": 4.0}, "c": {"kg": 0.001}, "d": {"m3": 1.0}, "e": {}}
ACTIVITIES = [activity(name, place="p0", load=load) for name, load in LOADS.items()]
GIVEN = problem(technicians=[technician("t", capacity={"kg": 10})], activities=ACTIVITIES, days=2)
FULL = (booking("a", "t", "09:00"), booking("b", "t", "10:00"))


def test_loads_are_added_up_by_day() -> None:
    assert not judge(Capacity(), GIVEN, plan(*FULL, booking("c", "t", "09:00", day=1)))
    (found,) = judge(Capacity(), GIVEN, plan(*FULL, booking("c", "t", "11:00"), booking("e", "t", "12:00")))
    assert (found.amount, len(found.bookings)) == (0.001, 3)
    assert found.text == "t carries 10.001 kg on 2026-01-05 for a, b, c, 0.001 more than the 10 that fit"


def test_nothing_is_carried_of_a_dimension_without_capacity() -> None:
    (found,) = judge(Capacity(), GIVEN, plan(booking("d", "t", "09:00")))
    assert found.text == "t carries 1 m3 on 2026-01-05 for d, 1 more than the 0 that fit"


def test_fractions_add_up_exactly() -> None:
    tenths = [activity(f"a{n}", minutes=30, place="p0", load={"kg": 0.1}) for n in range(10)]
    given = problem(technicians=[technician("t", capacity={"kg": 1})], activities=tenths)
    bookings = (booking(f"a{n}", "t", f"{8 + n // 2:02}:{30 * (n % 2):02}", 30) for n in range(10))
    assert not judge(Capacity(), given, plan(*bookings))


def test_only_loaded_bookings_must_be_held_for_an_exemption() -> None:
    locks = (
        Lock(
            kind=LockKind.RESOURCE_AND_TIME, activity=b.activity, requirement="technician", resource="t", start=b.start
        )
        for b in FULL
    )
    small = GIVEN.replace(technicians=[technician("t", capacity={"kg": 8})], locks=tuple(locks))
    (found,) = judge(Capacity(), small, plan(*FULL, booking("e", "t", "11:00")))
    assert found.exempted


def test_loads_and_capacities_are_thousandths() -> None:
    compiled = narrowed(Capacity(), GIVEN)
    assert compiled.load.tolist() == [[6000, 0], [4000, 0], [1, 0], [0, 1000], [0, 0]]
    assert compiled.capacity.tolist() == [[10000, 0], [10000, 0]]


def test_a_boundless_capacity_is_as_large_as_all_loads() -> None:
    endless = GIVEN.replace(technicians=[technician("t", capacity={"kg": 1e300})])
    assert narrowed(Capacity(), endless).capacity[0].tolist() == [10001, 0]


def test_rooms_carry_nothing() -> None:
    roles = (requirement(), requirement("lab", kind="room"))
    heavy = activity("a", load={"kg": 5}, requirements=roles)
    given = problem(technicians=[technician("t")], rooms=[room("lab")], activities=[heavy])
    assert narrowed(Capacity(), given).load.tolist() == [[5000], [0]]


def test_without_loads_there_are_no_dimensions() -> None:
    given = problem(technicians=[technician("t", capacity={"kg": 1})], activities=[activity("a", load={"kg": 0})])
    assert narrowed(Capacity(), given).load.size == 0
