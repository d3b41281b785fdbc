"""Event: the few fields of a calendar entry that we own, and the event that a booking makes."""

import hashlib
import hmac
import json
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import Field

from scheduler.domain.activity import Activity
from scheduler.domain.base import Duration, Id, Instant, Value
from scheduler.domain.plan import Booking, BookingKey, BookingStatus, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.domain.travel import Place

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


LONGEST = 255
"""Characters of a subject, place or category that Outlook keeps; Exchange refuses more."""


class EventStatus(StrEnum):
    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class EventKey(NamedTuple):
    """What an event is for: a booking, a whole activity (no requirement), or the drive before it (`part`)."""

    activity: str
    requirement: str = ""
    ordinal: int = 0
    part: str = ""

    def __str__(self) -> str:
        """As text that no other key shares, whatever its ids are made of."""
        return json.dumps(list(self), ensure_ascii=False, separators=(",", ":"))


class Event(Value):
    """One entry of a calendar, as far as we own it.

    Attributes
    ----------
    uid
        The same for a booking wherever and whenever it is written; see `uid_of`.
    description, html
        Our text, plain and in HTML for calendars that show it; without HTML the plain text is shown.
    notes
        What people wrote around our text in the calendar. It is kept, and is no part of the stamp.
    geo
        Latitude and longitude in degrees.
    url
        The first link of the briefing; all of them stand in the description.
    sequence
        Grows with each published change; the caller counts.
    reminder
        How long before the start to remind; not at all when None.
    organizer, attendees, rooms
        Mail addresses, for calendars that invite; rooms are invited as resources.
    """

    uid: Id
    summary: str = ""
    start: Instant
    end: Instant
    location: str = ""
    geo: tuple[float, float] | None = None
    description: str = ""
    html: str = ""
    notes: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    status: EventStatus = EventStatus.CONFIRMED
    sequence: int = Field(default=0, ge=0)
    reminder: Duration | None = None
    organizer: str | None = None
    attendees: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """A hash of all that we say: alike for events that need no rewriting. SEQUENCE and notes don't count."""
        said = self.model_dump(mode="json", exclude={"sequence", "notes"})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


_STATUS = {
    BookingStatus.PROPOSED: EventStatus.TENTATIVE,
    BookingStatus.DECLINED: EventStatus.CANCELLED,
    BookingStatus.CANCELLED: EventStatus.CANCELLED,
}


def key_of(booking: BookingKey) -> EventKey:
    return EventKey(booking.activity, booking.requirement, booking.ordinal)


def uid_of(key: EventKey, secret: bytes = b"") -> str:
    """The identity of an event: a function of what it is for and of the installation's secret.

    Whoever lacks the secret can't guess it. Without one it only tells events apart: enough for files that are handed
    over, not for calendars that take answers.
    """
    return f"{hmac.new(secret, str(key).encode(), hashlib.sha256).hexdigest()[:40]}@fieldplan"


def event_of(
    problem: Problem, plan: Plan, booking: Booking, *, reminder: timedelta | None = None, secret: bytes = b""
) -> Event:
    """The event that `booking` makes in the calendar of its resource.

    It lasts as long as the resource is taken, setup and teardown included.
    """
    activity = problem.activity[booking.activity]
    place = _place(problem, plan, activity)
    links = tuple(link for link in activity.briefing.links if safe_link(link))
    return Event(
        uid=uid_of(key_of(booking.key), secret),
        summary=(activity.name or activity.id)[:LONGEST],
        start=booking.start - activity.setup,
        end=booking.end + activity.teardown,
        location=_location(problem, plan, activity, place)[:LONGEST],
        geo=_geo(place),
        description="\n".join(_description(problem, plan, booking)),
        url=links[0] if links else "",
        categories=(activity.service_type,) if activity.service_type else (),
        status=_STATUS.get(booking.status, EventStatus.CONFIRMED),
        reminder=reminder,
    )


def safe_link(link: str) -> bool:
    """Whether a link may be made clickable: no `javascript:`, no `file:`."""
    try:
        return urlsplit(link).scheme.lower() in LINK_SCHEMES
    except ValueError:
        return False


def _room_bookings(problem: Problem, plan: Plan, activity: Activity) -> list[Booking]:
    return [b for b in plan.by_activity.get(activity.id, ()) if b.resource in problem.room]


def _place(problem: Problem, plan: Plan, activity: Activity) -> Place | None:
    if activity.place is not None:
        return problem.place.get(activity.place)
    for booking in _room_bookings(problem, plan, activity):
        if (place := problem.room[booking.resource].place) is not None:
            return problem.place.get(place)
    return None


def _geo(place: Place | None) -> tuple[float, float] | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def _location(problem: Problem, plan: Plan, activity: Activity, place: Place | None) -> str:
    rooms = [problem.room[b.resource] for b in _room_bookings(problem, plan, activity)]
    names = [room.name or room.id for room in rooms]
    address = [place.address or place.name or place.id] if place else []
    return ", ".join(dict.fromkeys([*names, *address]))


def _description(problem: Problem, plan: Plan, booking: Booking) -> list[str]:
    """What to do, whom to ask, what to bring, who else comes; one fact a line."""
    activity = problem.activity[booking.activity]
    briefing = activity.briefing
    with_whom = [_name(problem, b.resource) for b in plan.by_activity.get(activity.id, ()) if b.key != booking.key]
    facts = {
        "": briefing.instructions,
        "Contact": ", ".join(part for part in (briefing.contact, briefing.phone) if part),
        "Bring": ", ".join(briefing.bring),
        "With": ", ".join(dict.fromkeys(with_whom)),
        "Setup": _minutes(activity.setup),
        "Teardown": _minutes(activity.teardown),
        "Activity": activity.id,
    }
    lines = [f"{label}: {text}" if label else text for label, text in facts.items() if text]
    return lines + [f"Link: {link}" for link in briefing.links]


def _minutes(length: timedelta) -> str:
    return f"{length.total_seconds() / 60:g} min" if length else ""


def _name(problem: Problem, resource: str) -> str:
    known = problem.resource.get(resource)
    if known is None:
        return resource
    phone = known.custom.get("phone") if isinstance(known, Technician) else None
    return f"{known.name or known.id} ({phone})" if phone else known.name or known.id
