"""What is not ordinary in the week: ten activities with teams, rooms and an order."""

from datetime import timedelta
from typing import Any

from scheduler.domain.activity import Activity, Briefing, Meeting, Precedence, Requirement, SkillNeed
from scheduler.domain.override import Lock, LockKind
from scheduler.io.demo.people import CAMERA, MONDAY, WEDNESDAY, on

TUESDAY, THURSDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)


def _someone(skill: str, level: int, role: str = "technician", **more: Any) -> Requirement:
    return Requirement(id=role, skills=(SkillNeed(skill=skill, level=level),), **more)


def _room(*features: str, seats: int = 0) -> Requirement:
    return Requirement(id="room", kind="room", features=frozenset(features), seats=seats)


def _activity(own: str, name: str, minutes: int, kind: str, *needs: Requirement, **more: Any) -> Activity:
    return Activity(
        id=own, name=name, duration=timedelta(minutes=minutes), service_type=kind, requirements=needs, **more
    )


def activities() -> tuple[Activity, ...]:
    return (*_visits(), *_in_rooms())


def _visits() -> tuple[Activity, ...]:
    lift = Briefing(
        contact="Mr Ostapenko, site manager",
        phone="+380 44 000 03 01",
        instructions="The crane comes at nine. Meet at gate 2, helmets on.",
        bring=("slings", "helmets", "torque wrench"),
        links=("https://example.com/work/81/lift-plan",),
    )
    return (
        _activity(
            "a81",
            "Lift a heat pump onto the roof",
            150,
            "installation",
            _someone("hvac", 2, "lead"),
            _someone("electric", 1, "helper"),
            place="customer:81",
            mandatory=True,
            priority=9,
            meeting=Meeting(kind="simultaneous"),
            briefing=lift,
            start_windows=(on(TUESDAY, "09:00-11:00"), on(THURSDAY, "09:00-11:00")),
        ),
        _activity("a82", "Site survey", 60, "inspection", _someone("electric", 2), place="customer:82", priority=4),
        _activity(
            "a83",
            "Solar inverter installation",
            210,
            "installation",
            _someone("electric", 2),
            place="customer:82",
            priority=4,
            setup=timedelta(minutes=15),
        ),
        _activity(
            "a84",
            "Thermal imaging of a facade",
            90,
            "inspection",
            _someone("hvac", 1),
            place="customer:83",
            tools=frozenset({CAMERA}),
            start_windows=(on(WEDNESDAY, "08:00-12:00"),),
            priority=2,
        ),
        _activity(
            "a85",
            "Pressure test of a riser",
            120,
            "repair",
            _someone("gas", 2, count=2),
            place="customer:84",
            priority=6,
            resolve_by=on(THURSDAY, "08:00-17:00").end,
        ),
    )


def _in_rooms() -> tuple[Activity, ...]:
    training = Briefing(
        contact="Training office",
        instructions="Eight trainees. Show the new leak detector.",
        bring=("leak detector", "hand-outs"),
    )
    return (
        _activity(
            "a86",
            "Gas safety training",
            180,
            "training",
            _someone("gas", 3, "trainer"),
            _room("projector", seats=8),
            mandatory=True,
            priority=7,
            briefing=training,
            preferred_windows=(on(WEDNESDAY, "08:00-17:00"),),
        ),
        _activity(
            "a87",
            "Heat pump training",
            120,
            "training",
            _someone("hvac", 3, "trainer"),
            _room("heat pump", seats=6),
            priority=5,
            briefing=training,
        ),
        _activity(
            "a88",
            "Bench test of a returned boiler",
            120,
            "workshop",
            _someone("gas", 1),
            _room("test bench", "gas supply"),
            priority=3,
        ),
        _activity(
            "a89",
            "Test bench calibration",
            240,
            "workshop",
            _room("test bench"),
            priority=3,
            deadline=on(WEDNESDAY, "08:00-18:00").end,
        ),
        _activity(
            "a90",
            "Delivery of boilers",
            60,
            "workshop",
            _room("loading ramp"),
            priority=2,
            start_windows=(on(TUESDAY, "08:00-10:00"),),
        ),
    )


def precedences() -> tuple[Precedence, ...]:
    return (Precedence(before="a82", after="a83", min_lag=timedelta(hours=12), technicians="same"),)


def locks() -> tuple[Lock, ...]:
    return (
        Lock(
            kind=LockKind.RESOURCE_AND_TIME,
            activity="a08",
            requirement="technician",
            resource="t05",
            start=on(TUESDAY, "10:00-11:00").start,
            by="dispatcher",
            why="promised to Ms Symonenko",
        ),
        Lock(
            kind=LockKind.RESOURCE,
            activity="a12",
            requirement="technician",
            resource="t08",
            by="dispatcher",
            why="knows the customer's wiring",
        ),
    )
