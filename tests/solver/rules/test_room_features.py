"""A room has the features and the seats that are asked for."""

from scheduler.solver.rules.room_features import RoomFeatures
from tests.builders import activity, booking, plan, problem, requirement, room, technician
from tests.solver.rules.judge import judge, narrowed

LAB = requirement("lab", kind="room", features={"lift", "sink"}, seats=4)
GIVEN = problem(
    technicians=[technician("t")],
    rooms=[room("fit", features={"lift", "sink", "oven"}, seats=4), room("bare", seats=3)],
    activities=[
        activity("a", requirements=(requirement(), LAB)),
        activity("b", requirements=(requirement("any", kind="room"),)),
    ],
)


def test_a_room_that_has_it_all_will_do() -> None:
    fit, bare = booking("a", "fit", "09:00", requirement="lab"), booking("b", "bare", "09:00", requirement="any")
    assert judge(RoomFeatures(), GIVEN, plan(fit, bare)) == ()


def test_features_and_seats_are_two_breaches() -> None:
    found = judge(RoomFeatures(), GIVEN, plan(booking("a", "bare", "09:00", requirement="lab")))
    assert [(v.amount, v.text) for v in found] == [
        (2, "a asks for lift, sink, which room bare lacks"),
        (1, "a asks for 4 seats, but room bare has 3"),
    ]


def test_it_masks_rooms_only() -> None:
    assert narrowed(RoomFeatures(), GIVEN).suits.tolist() == [[True] * 3, [True, True, False], [True] * 3]
