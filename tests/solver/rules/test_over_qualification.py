"""Levels above those asked for."""

import pytest

from scheduler.domain.resource import Skill
from scheduler.solver.rules.over_qualification import OverQualification
from tests.builders import DAY, activity, booking, plan, problem, technician
from tests.solver.rules.judge import measured

EXPIRING = (Skill(skill="gas", level=5, expires=DAY), Skill(skill="gas", level=2))
GIVEN = problem(
    technicians=[
        technician("fit", skills={"gas": 2, "water": 1}),
        technician("master", skills={"gas": 4, "water": 2, "power": 9}),
        technician("novice", skills={"gas": 1, "water": 3}),
        technician("once", skills=["water"]).model_copy(update={"skills": (*EXPIRING, Skill(skill="water"))}),
    ],
    activities=[activity("a", skills={"gas": 2, "water": 1}), activity("b")],
    days=2,
)


@pytest.mark.parametrize(("who", "day", "levels"), [("fit", 0, 0), ("master", 0, 3), ("once", 0, 3), ("once", 1, 0)])
def test_it_sums_over_the_asked_skills_as_they_are_that_day(who: str, day: int, levels: int) -> None:
    assert measured(OverQualification(), GIVEN, plan(booking("a", who, "09:00", day=day))) == levels


def test_a_level_that_lacks_saves_nothing() -> None:
    assert measured(OverQualification(), GIVEN, plan(booking("a", "novice", "09:00"))) == 2


def test_where_no_skill_is_asked_nobody_is_too_good() -> None:
    assert measured(OverQualification(), GIVEN, plan(booking("b", "master", "09:00"))) == 0
