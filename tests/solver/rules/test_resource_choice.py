"""Resources that must be chosen from, and those that are restricted."""

from scheduler.domain.override import Lock, LockKind
from scheduler.solver.rules.resource_choice import ResourceChoice
from tests.builders import activity, booking, plan, problem, requirement, room, technician
from tests.solver.rules.judge import judge, narrowed

GIVEN = problem(
    technicians=[technician("t"), technician("u")],
    rooms=[room("lab"), room("hall")],
    activities=[
        activity("a", requirements=(requirement(must_choose_from=("t",)),)),
        activity("b", requirements=(requirement(restricted=("t",)),)),
        activity("c", requirements=(requirement("lab", kind="room", must_choose_from=("lab",)),)),
        activity("e"),
    ],
)


def test_a_choice_admits_its_resources_only() -> None:
    assert not judge(ResourceChoice(), GIVEN, plan(booking("a", "t", "10:00")))
    (found,) = judge(ResourceChoice(), GIVEN, plan(booking("a", "u", "10:00")))
    assert found.text == "a must have one of t, and u is not one of them"


def test_a_restricted_resource_is_not_used() -> None:
    assert not judge(ResourceChoice(), GIVEN, plan(booking("b", "u", "10:00")))
    (found,) = judge(ResourceChoice(), GIVEN, plan(booking("b", "t", "10:00")))
    assert found.text == "t may not be used for b"


def test_rooms_are_chosen_alike() -> None:
    assert len(judge(ResourceChoice(), GIVEN, plan(booking("c", "hall", "10:00", requirement="lab")))) == 1


def test_a_held_resource_is_exempted() -> None:
    lock = Lock(kind=LockKind.RESOURCE, activity="b", requirement="technician", resource="t")
    assert [v.exempted for v in judge(ResourceChoice(), GIVEN.with_lock(lock), plan(booking("b", "t", "10:00")))] == [
        True
    ]


def test_it_masks_who_suits() -> None:
    suits = narrowed(ResourceChoice(), GIVEN).suits
    assert suits[0].tolist() == [True, False, False, False]
    assert suits[1].tolist() == [False, True, True, True]
    assert suits[2].tolist() == [False, False, True, False]
    assert suits[3].all()
