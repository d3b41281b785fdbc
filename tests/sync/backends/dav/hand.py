"""What a person does in a CalDAV calendar: reads a file, changes it, puts it back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import icalendar
import pytest

from scheduler.domain.interval import Interval
from scheduler.sync.port import Availability, Response
from tests.sync.backends.dav.servers import Server

KINDS = {Availability.OUT_OF_OFFICE: "OOF", Availability.TENTATIVE: "TENTATIVE", Availability.FREE: "FREE"}
SAID = {Response.ACCEPTED: "ACCEPTED", Response.DECLINED: "DECLINED", Response.TENTATIVE: "TENTATIVE"}


class DavHand:
    def __init__(self, server: Server) -> None:
        self.server = server

    def _edit(self, mailbox: str, path: str, change: Callable[[Any], None]) -> None:
        with self.server.client(mailbox) as client:
            calendar: Any = icalendar.Calendar.from_ical(client.get(path).raise_for_status().content)
            change(calendar.walk("VEVENT")[0])
            self._put(client, path, calendar)

    def _put(self, client: Any, path: str, calendar: Any) -> None:
        client.put(path, content=calendar.to_ical(), headers={"Content-Type": "text/calendar"}).raise_for_status()

    def _set(self, mailbox: str, path: str, **given: Any) -> None:
        def change(event: Any) -> None:
            for name, value in given.items():
                event.pop(name, None)
                event.add(name, value)

        self._edit(mailbox, path, change)

    def move(self, mailbox: str, remote_id: str, start: datetime, end: datetime) -> None:
        self._set(mailbox, remote_id, dtstart=start, dtend=end)

    def note(self, mailbox: str, remote_id: str, text: str) -> None:
        def change(event: Any) -> None:
            there = str(event.pop("DESCRIPTION"))
            event.add("description", f"{there}\n{text}")

        self._edit(mailbox, remote_id, change)

    def retitle(self, mailbox: str, remote_id: str, subject: str) -> None:
        self._set(mailbox, remote_id, summary=subject)

    def remove(self, mailbox: str, remote_id: str) -> None:
        with self.server.client(mailbox) as client:
            client.delete(remote_id).raise_for_status()

    def copy(self, mailbox: str, remote_id: str) -> str:
        with self.server.client(mailbox) as client:
            calendar: Any = icalendar.Calendar.from_ical(client.get(remote_id).content)
            event = calendar.walk("VEVENT")[0]
            for name in ("DTSTART", "DTEND"):
                moment = event.pop(name).dt
                event.add(name, moment + timedelta(hours=1))
            event["UID"] = f"{uuid4()}"
            path = f"{self.server.calendar(mailbox)}{event['UID']}.ics"
            self._put(client, path, calendar)
        return path

    def add(
        self, mailbox: str, start: datetime, end: datetime, *, subject: str, availability: Availability, private: bool
    ) -> str:
        given = {"X-MICROSOFT-CDO-BUSYSTATUS": KINDS.get(availability, "BUSY")}
        return self._new(
            mailbox,
            start,
            end,
            subject,
            **given,
            TRANSP="TRANSPARENT" if availability is Availability.FREE else "OPAQUE",
            CLASS="PRIVATE" if private else "PUBLIC",
        )

    def add_series(self, mailbox: str, start: datetime, end: datetime, *, days: int) -> str:
        return self._new(mailbox, start, end, "Course", RRULE={"FREQ": ["DAILY"], "COUNT": [days]})

    def _new(self, mailbox: str, start: datetime, end: datetime, subject: str, **more: Any) -> str:
        calendar, event, uid = icalendar.Calendar(), icalendar.Event(), f"{uuid4()}"
        calendar.add("version", "2.0")
        calendar.add("prodid", "-//a person//EN")
        given = {"uid": uid, "dtstamp": datetime.now(UTC), "dtstart": start, "dtend": end, "summary": subject, **more}
        for name, value in given.items():
            event.add(name, value)
        calendar.add_component(event)
        path = f"{self.server.calendar(mailbox)}{uid}.ics"
        with self.server.client(mailbox) as client:
            self._put(client, path, calendar)
        return path

    def answer(
        self, mailbox: str, remote_id: str, attendee: str, response: Response, proposed: Interval | None = None
    ) -> None:
        """In the attendee's own calendar, into which the server put the invitation."""
        with self.server.client(mailbox) as client:
            uid = icalendar.Calendar.from_ical(client.get(remote_id).content).walk("VEVENT")[0]["UID"]
        path = self.invitation(attendee, str(uid))
        assert path is not None, f"{attendee} was not invited"

        def change(event: Any) -> None:
            if isinstance(event.get("TRANSP"), list):  # so Cyrus 3.6 writes it itself, and takes it from nobody
                event["TRANSP"] = event["TRANSP"][0]
            said = event["ATTENDEE"]
            for one in said if isinstance(said, list) else [said]:
                if str(one).lower() == f"mailto:{attendee}":
                    one.params["PARTSTAT"] = SAID[response]

        self._edit(attendee, path, change)

    def invitation(self, mailbox: str, uid: str) -> str | None:
        """Where it stands in an attendee's calendar."""
        with self.server.client(mailbox) as client:
            listed = client.request("PROPFIND", self.server.calendar(mailbox), headers={"Depth": "1"}).text
            for path in _paths(listed):
                if uid in client.get(path).text:
                    return path
        return None

    def lose_tokens(self, mailbox: str) -> None:
        if self.server.tokens is None:
            pytest.skip("this server keeps its tokens in the history of the calendar; it can't be made to forget them")
        self.server.tokens(mailbox)


def _paths(listed: str) -> list[str]:
    from lxml import etree

    hrefs = etree.fromstring(listed.encode()).iterfind(".//{DAV:}href")
    return [str(href.text) for href in hrefs if str(href.text).endswith(".ics")]
