"""What has happened and what is frozen stays; nothing else starts before now."""

from typing import Any

from scheduler.domain.plan import Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import WorkingHours
from scheduler.solver.compiled import Hold
from scheduler.solver.rules.freeze import Freeze
from tests.builders import ZONE, activity, booking, hours, local, moment, plan, problem, route, technician
from tests.solver.rules.judge import judge, narrowed

STANDING = plan(booking("a", "t", "08:30"), booking("b", "t", "10:00"))


def frozen(**more: Any) -> Problem:
    given = {
        "technicians": [technician("t"), technician("u")],
        "activities": [activity("a"), activity("b")],
        "standing": STANDING,
        "freeze_until": moment("09:00"),
    }
    return problem(**{**given, **more})


def found(given: Problem, made: Plan) -> list[tuple[object, str | None, float]]:
    return [(v.details["what"], v.activity, v.amount) for v in judge(Freeze(), given, made)]


def test_what_stands_may_stay_and_the_rest_may_move() -> None:
    assert found(frozen(), STANDING) == []
    assert found(frozen(), plan(booking("a", "t", "08:30"), booking("b", "u", "09:00"))) == []


def test_a_frozen_booking_is_not_moved_given_away_or_lost() -> None:
    assert found(frozen(), plan(booking("a", "t", "08:40"))) == [("time", "a", 10)]
    assert found(frozen(), plan(booking("a", "t", "08:30", 90))) == [("time", "a", 30)]
    assert found(frozen(), plan(booking("a", "u", "08:30"))) == [("resource", "a", 1)]
    assert found(frozen(), plan()) == [("lost", "a", 1)]


def test_nobody_is_exempted_from_what_is_held() -> None:
    for made in (plan(), plan(booking("a", "u", "08:30"))):
        assert [(v.bookings, v.exempted) for v in judge(Freeze(), frozen(), made)] == [((), False)]


def test_a_booking_that_starts_when_the_freeze_ends_is_free() -> None:
    assert found(frozen(freeze_until=moment("08:30")), plan(booking("a", "u", "11:00"))) == []


def test_nothing_new_starts_before_now_or_the_freeze() -> None:
    fresh = plan(booking("a", "t", "08:30"), booking("b", "u", "08:50"))
    (new,) = judge(Freeze(), frozen(), fresh)
    assert ([k.activity for k in new.bookings], new.amount) == (["b"], 10)
    assert found(frozen(now=moment("09:20")), plan(booking("a", "t", "08:30"), booking("b", "u", "09:10"))) == [
        ("new", "b", 10)
    ]


def test_without_now_and_freeze_nothing_is_old() -> None:
    assert found(frozen(freeze_until=None), plan(booking("a", "u", "06:00"))) == []


def test_facts_stay_at_their_actual_times() -> None:
    begun = activity("a", status="completed", actual_start=moment("08:40"), actual_end=moment("09:10"))
    given = frozen(activities=[begun, activity("b")], freeze_until=None)
    assert found(given, plan(booking("a", "t", "08:40", 30))) == []
    assert found(given, plan(booking("a", "t", "08:30"))) == [("time", "a", 20)]


def test_its_sentences() -> None:
    said = {
        v.details["what"]: v.text
        for made in (
            plan(),
            plan(booking("a", "u", "08:30")),
            plan(booking("a", "t", "08:40"), booking("b", "u", "08:50")),
        )
        for v in judge(Freeze(), frozen(), made)
    }
    assert said == {
        "lost": "the booking of t for a has begun or is frozen, but is left out",
        "resource": "the booking of t for a has begun or is frozen, but is given to u",
        "time": "the booking of t for a has begun or is frozen, but is moved by 10 minutes",
        "new": "b with u is planned to start 10 minutes before anything new may start",
    }


def test_it_holds_slots_and_cuts_the_starts_of_others() -> None:
    compiled = narrowed(Freeze(), frozen())
    ticks = compiled.clock.floor
    hour = ticks(moment("01:00"))
    assert compiled.holds == {0: Hold(0, ticks(moment("08:30")), hour, must=True)}
    assert compiled.starts == [((ticks(moment("08:30")),) * 2,), ((ticks(moment("09:00")), compiled.horizon),)]


def test_a_night_shift_holds_in_its_own_day() -> None:
    night = technician("t", working_hours=hours("20:00", "04:00"))
    standing = plan(booking("a", "t", "02:00", day=1))
    given = frozen(technicians=[night], standing=standing, freeze_until=moment("03:00", day=1), days=2)
    compiled = narrowed(Freeze(), given)
    assert compiled.lanes.day[compiled.holds[0].lane] == moment("12:00").date()


def test_the_standing_route_says_the_day() -> None:
    on = {"weekly": {0: (local("20:00", "23:00"),)}, "time_zone": ZONE}
    standing = plan(booking("a", "t", "00:30", day=1), routes=[route("t", "20:00", "23:00", "a")])
    people = [technician("t", working_hours=WorkingHours.model_validate(on))]
    compiled = narrowed(
        Freeze(), frozen(technicians=people, standing=standing, freeze_until=moment("03:00", day=1), days=2)
    )
    assert compiled.lanes.day[compiled.holds[0].lane] == moment("12:00").date()


def test_a_fact_on_a_day_off_has_a_lane() -> None:
    monday = WorkingHours.model_validate({"weekly": {0: (local("08:00", "17:00"),)}, "time_zone": ZONE})
    begun = activity("a", status="in-progress", actual_start=moment("08:40", day=1))
    given = frozen(activities=[begun, activity("b")], technicians=[technician("t", working_hours=monday)], days=2)
    compiled = narrowed(Freeze(), given)
    assert compiled.lanes.day[compiled.holds[0].lane] == moment("12:00", day=1).date()
