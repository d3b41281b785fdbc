"""A plan as the events that are wanted in each calendar."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from scheduler.domain.activity import Activity
from scheduler.domain.plan import Booking, Plan
from scheduler.domain.problem import Problem
from scheduler.domain.resource import Technician
from scheduler.sync.content.drive import Drive, drive_before
from scheduler.sync.content.people import Person, Style
from scheduler.sync.content.render import render
from scheduler.sync.content.words import WORDS, Language
from scheduler.sync.event import LONGEST, Event, EventKey, event_of, key_of, safe_link, uid_of
from scheduler.sync.link import Box, Intent

TRAVEL = "travel"
Fact = tuple[str, str]


class Composer:
    """Makes the events of one plan. `secret` is the installation's: it makes uids that nobody can guess."""

    def __init__(self, problem: Problem, plan: Plan, secret: bytes, why: str = "") -> None:
        self._problem, self._plan, self._secret, self._why = problem, plan, secret, why
        self._routes = {key: route for route in plan.routes for key in route.bookings}

    def wanted(self, people: Iterable[Person], styles: Mapping[str, Style]) -> Iterator[Intent]:
        """Every event that the plan has in the calendars of these people, by the style of their connections."""
        meetings: dict[tuple[str, str], list[Person]] = {}
        for person in people:
            style, bookings = styles[person.connection], self._plan.by_resource.get(person.resource, ())
            for booking in bookings:
                if style.mode == "direct":
                    yield from self._direct(booking, person, style)
                else:
                    meetings.setdefault((person.connection, booking.activity), []).append(person)
        for (connection, activity), invited in sorted(meetings.items()):
            yield self._meeting(connection, activity, list(dict.fromkeys(invited)), styles[connection])

    def _direct(self, booking: Booking, person: Person, style: Style) -> Iterator[Intent]:
        route = self._routes.get(booking.key) if style.travel != "none" else None
        drive = drive_before(self._problem, self._plan, route, booking)
        key = key_of(booking.key)
        event = self._event(key, [booking], person.language, drive if style.travel == "field" else None)
        reminder = style.reminder
        if drive is not None and style.travel == "block":
            yield self._intent(person.box, self._block(key, event, drive, person.language, reminder))
            reminder = None
        elif drive is not None and reminder is not None:
            reminder += timedelta(minutes=-(-drive.length // timedelta(minutes=1)))
        yield self._intent(person.box, (key, event.model_copy(update={"reminder": reminder})))

    def _block(
        self, key: EventKey, event: Event, drive: Drive, language: Language, reminder: timedelta | None
    ) -> tuple[EventKey, Event]:
        part = key._replace(part=TRAVEL)
        to = event.location or event.summary
        block = Event(
            uid=uid_of(part, self._secret),
            summary=WORDS[language]["drive_to"].format(place=to)[:LONGEST],
            start=_floor(event.start - drive.length),
            end=event.start,
            location=event.location,
            geo=event.geo,
            description=event.summary,
            status=event.status,
            reminder=reminder,
        )
        return part, block

    def _meeting(self, connection: str, activity: str, invited: Sequence[Person], style: Style) -> Intent:
        assert style.organizer is not None
        names = {person.resource for person in invited}
        bookings = [b for b in self._plan.by_activity[activity] if b.resource in names]
        key = EventKey(activity)
        event = self._event(key, bookings, invited[0].language, None)
        rooms = self._problem.room
        update = {
            "reminder": style.reminder,
            "organizer": style.organizer,
            "attendees": tuple(p.address for p in invited if p.resource not in rooms),
            "rooms": tuple(p.address for p in invited if p.resource in rooms),
        }
        return self._intent(Box(connection, style.organizer), (key, event.model_copy(update=update)))

    def _intent(self, box: Box, made: tuple[EventKey, Event]) -> Intent:
        key, event = made
        return Intent(
            connection=box.connection, mailbox=box.mailbox, key=key, uid=event.uid, event=event, why=self._why
        )

    def _event(self, key: EventKey, bookings: Sequence[Booking], language: Language, drive: Drive | None) -> Event:
        base = event_of(self._problem, self._plan, bookings[0], secret=self._secret)
        activity = self._problem.activity[key.activity]
        said = self._said(activity, bookings, base, language, drive)
        status = WORDS[language][bookings[0].status.value]
        return base.model_copy(
            update={
                "uid": uid_of(key, self._secret),
                "start": _floor(min(b.start for b in bookings) - activity.setup),
                "end": _ceil(max(b.end for b in bookings) + activity.teardown),
                "description": render("event.txt", language, said),
                "html": render("event.html", language, said),
                "categories": (*base.categories, status),
            }
        )

    def _said(
        self, activity: Activity, bookings: Sequence[Booking], base: Event, language: Language, drive: Drive | None
    ) -> dict[str, object]:
        briefing = activity.briefing
        return {
            "instructions": briefing.instructions.strip(),
            "facts": [fact for fact in self._facts(activity, bookings, base, language, drive) if fact[1]],
            "links": list(briefing.links),
            "safe": [link for link in briefing.links if safe_link(link)],
        }

    def _facts(
        self, activity: Activity, bookings: Sequence[Booking], base: Event, language: Language, drive: Drive | None
    ) -> Iterator[Fact]:
        t, briefing = WORDS[language], activity.briefing
        yield t["contact"], ", ".join(part for part in (briefing.contact, briefing.phone) if part)
        yield t["where"], base.location
        yield t["coordinates"], "{:.5f}, {:.5f}".format(*base.geo) if base.geo else ""
        yield t["bring"], ", ".join(briefing.bring)
        yield t["with"], ", ".join(self._company(activity, bookings))
        if drive is not None:
            yield t["travel"], f"{_minutes(drive.length, language)} {t['from']} {self._place(drive.start)}"
        for label, length in (("setup", activity.setup), ("teardown", activity.teardown)):
            yield t[label], _minutes(length, language) if length else ""
        yield t["activity"], activity.id

    def _company(self, activity: Activity, bookings: Sequence[Booking]) -> Iterator[str]:
        """Who else comes; in a meeting the attendees are listed already."""
        ours = {b.resource for b in bookings}
        others = dict.fromkeys(b.resource for b in self._plan.by_activity[activity.id] if b.resource not in ours)
        for other in others:
            resource = self._problem.resource.get(other)
            if isinstance(resource, Technician):
                phone = resource.custom.get("phone")
                yield f"{resource.name or other} ({phone})" if phone else resource.name or other

    def _place(self, id: str) -> str:
        place = self._problem.place.get(id)
        return id if place is None else place.name or place.address or id


def _minutes(length: timedelta, language: Language) -> str:
    return WORDS[language]["minutes"].format(count=-(-length // timedelta(minutes=1)))


def _floor(moment: datetime) -> datetime:
    """Calendars know no fractions of a second, and would report every event as moved."""
    return moment.replace(microsecond=0)


def _ceil(moment: datetime) -> datetime:
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + timedelta(seconds=1)
