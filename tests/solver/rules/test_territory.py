"""Technicians stay in their territories."""

import pytest

from scheduler.solver.rules.territory import Territory
from tests.builders import activity, booking, plan, problem, requirement, room, technician
from tests.solver.rules.judge import judge, narrowed

GIVEN = problem(
    technicians=[technician("north", territories={"n", "m"}), technician("any")],
    rooms=[room("lab")],
    activities=[
        activity("a", territory="n"),
        activity("b", territory="s"),
        activity("c"),
        activity("d", territory="s", requirements=(requirement("lab", kind="room"),)),
    ],
)


@pytest.mark.parametrize(
    ("name", "who", "breaches"), [("a", "north", 0), ("b", "north", 1), ("c", "north", 0), ("b", "any", 0)]
)
def test_who_has_territories_serves_there_and_nowhere_in_particular(name: str, who: str, breaches: int) -> None:
    assert len(judge(Territory(), GIVEN, plan(booking(name, who, "10:00")))) == breaches


def test_rooms_have_no_territories() -> None:
    assert not judge(Territory(), GIVEN, plan(booking("d", "lab", "10:00", requirement="lab")))


def test_it_names_the_territory() -> None:
    (found,) = judge(Territory(), GIVEN, plan(booking("b", "north", "10:00")))
    assert found.text == "b lies in s, where north does not work"


def test_it_masks_who_suits() -> None:
    suits = narrowed(Territory(), GIVEN).suits
    assert suits.tolist() == [[True] * 3, [False, True, True], [True] * 3, [False, True, True]]


def test_it_leaves_the_mask_alone_where_nobody_is_bound() -> None:
    free = problem(technicians=[technician("t")], activities=[activity("a", territory="n")])
    assert narrowed(Territory(), free).suits.all()
