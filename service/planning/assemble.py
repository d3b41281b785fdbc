"""A problem out of what is given."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from scheduler.domain.activity import Activity
from scheduler.domain.errors import Fault
from scheduler.domain.goal import Goal
from scheduler.domain.plan import Plan
from scheduler.domain.resource import Absence, Room, Technician
from service.http.problems import invalid
from service.planning.given import Given
from service.planning.scope import Scope
from service.planning.sound import Assembled, sound


def assemble(session: Session, tenant: str, scope: Scope, now: datetime) -> Assembled:
    """All that is given within the scope, with what is published as the plan that stands."""
    given = Given(session, tenant, scope.horizon)
    settings = given.settings()
    activities = given.activities()
    named = frozenset(a.id for a in activities)
    technicians, rooms = _with_absences(given, scope)
    places = frozenset(_places(activities, technicians, rooms))
    moments = {
        "now": now if now < scope.horizon.end else None,
        "freeze_until": scope.freeze_until or (now + settings.freeze),
    }
    fields: dict[str, Any] = {
        "horizon": scope.horizon,
        "time_zone": settings.time_zone,
        "travel": settings.travel,
        "goal": _goal(given, scope),
        "technicians": technicians,
        "rooms": rooms,
        "places": given.places(places),
        "activities": activities,
        "precedences": given.precedences(named),
        "locks": [*given.locks(named), *scope.locks],
        "waivers": [*given.waivers(named), *scope.waivers],
        "standing": Plan(bookings=tuple(given.bookings())),
        **{name: moment for name, moment in moments.items() if moment is not None and moment < scope.horizon.end},
    }
    memory, name = session.info["memory"].plans, ("problem", tenant, scope.horizon)
    assembled = sound(fields, memory.one(name))
    memory.keep({name: assembled.problem})
    return assembled


def _goal(given: Given, scope: Scope) -> Goal:
    if isinstance(scope.goal, Goal):
        return scope.goal
    found = given.goal() if scope.goal is None else given.goal(scope.goal)
    if found is None and scope.goal is not None:
        raise invalid([Fault("scope.goal", f"there is no goal {scope.goal!r}; name one of /api/v1/goals")])
    return found or Goal()


def _with_absences(given: Given, scope: Scope) -> tuple[list[Technician], list[Room]]:
    away: dict[str, list[Absence]] = {}
    for absence in chain(given.absences(), scope.absences):
        away.setdefault(absence.resource, []).append(Absence(interval=absence.interval, reason=absence.reason))
    technicians, rooms = given.technicians(), given.rooms()
    return [_away(t, away) for t in technicians], [_away(r, away) for r in rooms]


def _away(resource: Any, away: dict[str, list[Absence]]) -> Any:
    found = away.get(resource.id)
    return resource.model_copy(update={"absences": tuple(found)}) if found else resource


def _places(activities: Iterable[Activity], technicians: Iterable[Technician], rooms: Iterable[Room]) -> Iterable[str]:
    named = chain(
        (a.place for a in activities),
        (room.place for room in rooms),
        (place for t in technicians for place in (t.start_place, t.end_place, t.depot)),
    )
    return (place for place in named if place is not None)
