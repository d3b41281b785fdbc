"""At any moment the activities in a room take no more than it holds."""

from scheduler.domain.override import Lock, LockKind
from scheduler.domain.plan import Booking
from scheduler.solver.rules.room_capacity import RoomCapacity
from tests.builders import activity, booking, minutes, moment, plan, problem, requirement, room
from tests.solver.rules.judge import judge, narrowed

ACTIVITIES = [
    activity(name, minutes=length, requirements=(requirement("lab", kind="room", effort=effort),), **more)
    for name, effort, length, more in (
        ("a", 2, 60, {}),
        ("b", 1, 60, {}),
        ("c", 1, 60, {"setup": minutes(10), "teardown": minutes(10)}),
        ("d", 1, 60, {}),
        ("none", 2, 0, {}),
    )
]
GIVEN = problem(rooms=[room("r", capacity=2, turnaround=minutes(20)), room("q")], activities=ACTIVITIES)


def stay(name: str, start: str, length: float = 60, where: str = "r") -> Booking:
    return booking(name, where, start, length, requirement="lab")


def groups(*bookings: Booking) -> list[tuple[float, str]]:
    found = judge(RoomCapacity(), GIVEN, plan(*bookings))
    return [(v.amount, ",".join(k.activity for k in v.bookings)) for v in found]


def test_as_much_as_it_holds_is_not_too_much() -> None:
    assert groups(stay("b", "09:00"), stay("d", "09:30")) == []


def test_the_share_is_kept_until_the_turnaround_is_over() -> None:
    assert groups(stay("a", "09:00"), stay("b", "10:20")) == []
    assert groups(stay("a", "09:00"), stay("b", "10:10")) == [(1, "a,b")]


def test_setup_and_teardown_count() -> None:
    assert groups(stay("a", "09:00"), stay("c", "10:20")) == [(1, "a,c")]
    assert groups(stay("c", "09:00"), stay("a", "10:20")) == [(1, "c,a")]
    assert groups(stay("c", "09:00"), stay("a", "10:30")) == []


def test_each_largest_group_is_one_breach() -> None:
    assert groups(stay("a", "09:00"), stay("b", "09:30"), stay("d", "09:30")) == [(2, "a,b,d")]
    assert groups(stay("b", "08:30"), stay("a", "09:00"), stay("d", "10:00")) == [(1, "b,a"), (1, "a,d")]


def test_rooms_are_apart() -> None:
    assert groups(stay("b", "09:00"), stay("d", "09:00"), stay("c", "09:00", where="q")) == []


def test_what_takes_no_time_takes_no_room_but_for_its_turnaround() -> None:
    assert groups(stay("a", "09:00"), stay("none", "09:30", 0)) == [(2, "a,none")]
    swift = GIVEN.replace(rooms=[room("r", capacity=2)])
    assert judge(RoomCapacity(), swift, plan(stay("a", "09:00"), stay("none", "09:30", 0))) == ()


def test_only_locked_bookings_are_exempt() -> None:
    held = GIVEN
    for name, start in (("a", "09:00"), ("b", "09:30")):
        held = held.with_lock(
            Lock(kind=LockKind.RESOURCE_AND_TIME, activity=name, requirement="lab", resource="r", start=moment(start))
        )
    locked = (stay("a", "09:00"), stay("b", "09:30"))
    assert [v.exempted for v in judge(RoomCapacity(), held, plan(*locked))] == [True]
    assert [v.exempted for v in judge(RoomCapacity(), held, plan(*locked, stay("d", "09:30")))] == [False]


def test_it_names_all_who_are_there() -> None:
    (found,) = judge(RoomCapacity(), GIVEN, plan(stay("a", "09:00"), stay("b", "09:30")))
    assert found.text == "room r holds 2, but a, b take 3 at the same time (turnaround included)"


def test_it_gives_rooms_their_capacity() -> None:
    compiled = narrowed(RoomCapacity(), GIVEN)
    assert compiled.room_capacity.tolist() == [2, 1]
    assert compiled.turnaround.tolist() == [compiled.clock.ticks(minutes(20)), 0]
