"""The port for CalDAV."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from scheduler.domain.interval import Interval
from scheduler.sync.backends.caldav import item, reports
from scheduler.sync.backends.caldav.discover import calendar_of
from scheduler.sync.backends.caldav.freebusy import busy_of
from scheduler.sync.backends.caldav.item import Resource
from scheduler.sync.backends.caldav.reports import CALDAV, DAV, Found
from scheduler.sync.backends.caldav.session import Answer, Login, Session, check_url
from scheduler.sync.errors import (
    Conflict,
    Denied,
    Exists,
    NotFound,
    SyncError,
    TokenLost,
    Unclear,
    Unreachable,
    Unsupported,
)
from scheduler.sync.event import Event
from scheduler.sync.port import Availability, Busy, Capability, Delta, RemoteEvent, RemoteRoom
from scheduler.sync.tokens import DRIFT, read_token, write_token

CAPABILITIES = frozenset(Capability) - {Capability.REPEATABLE, Capability.ROOMS}
AT_ONCE = 100
"""Resources asked for in one request."""


class Box(NamedTuple):
    """The way to one mailbox's calendar."""

    session: Session
    calendar: str


class CalDav:
    """Calendars on one server.

    Parameters
    ----------
    url
        Of a calendar, of a calendar home, or of anything from which the server leads there. `{mailbox}` in it stands
        for the mailbox, `{user}` for what stands before its @.
    login
        Who asks, for every mailbox that has no login of its own. `{mailbox}` and `{user}` may stand in its name.
    own
        Logins by mailbox.
    invites
        Whether the server invites attendees by itself (RFC 6638). Each mailbox then needs a login that may invite in
        its name.
    zone
        In which whole days and times without a zone are read.
    authority
        A file of certificates to trust instead of the system's.

    Raises
    ------
    ValueError
        For an address without TLS that is not on this machine.
    """

    def __init__(
        self,
        url: str,
        login: Login,
        own: Mapping[str, Login] | None = None,
        *,
        invites: bool = False,
        zone: str = "UTC",
        authority: str | None = None,
    ) -> None:
        check_url(url)
        self._url, self._login, self._own = url, login, dict(own or {})
        self._zone, self._authority = zone, authority
        self._capabilities = CAPABILITIES - (frozenset() if invites else {Capability.ANSWERS})
        self._boxes: dict[str, Box] = {}
        self._lock = Lock()

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._capabilities

    # Writes

    def create(self, mailbox: str, event: Event) -> RemoteEvent:
        box = self._box(mailbox)
        path, data = _path(box, event.uid), item.written(event, datetime.now(UTC))
        try:
            answer = _put(box, path, data, {"If-None-Match": "*"})
        except Conflict as error:
            raise Exists(f"{path} is there already") from error
        return self._as_written(box, path, data, answer)

    def update(self, mailbox: str, remote_id: str, version: str, event: Event) -> RemoteEvent:
        box = self._box(mailbox)
        there = self._fetch(box, remote_id)
        condition = self._condition(there, version)
        data = item.written(event, datetime.now(UTC), there.data)
        return self._as_written(box, remote_id, data, _put(box, remote_id, data, condition))

    def delete(self, mailbox: str, remote_id: str, version: str, event: Event) -> None:
        box = self._box(mailbox)
        condition = self._condition(self._fetch(box, remote_id), version)
        box.session.write("DELETE", remote_id, condition)

    def _condition(self, there: Resource, version: str) -> dict[str, str]:
        """What the write asks of what stands there. New answers of attendees alone are no conflict."""
        if there.version == version or item.same_but_answers(there.version, version):
            return {"If-Match": there.etag}
        raise Conflict(f"{there.path} has version {there.version}, not {version}")

    def _as_written(self, box: Box, path: str, data: bytes, answer: Answer) -> RemoteEvent:
        """Some servers change what they were given and name no ETag: then it is read, as the same write's last part."""
        etag = answer.headers.get("ETag", "")
        if etag and Capability.ANSWERS not in self._capabilities:
            return self._one(Resource(path, etag, data))
        try:
            return self._one(self._fetch(box, path))
        except SyncError as error:
            raise Unclear(f"written, but not read back: {error}", error.retry_after) from error

    # Reads

    def get(self, mailbox: str, remote_id: str) -> RemoteEvent:
        path, _, occurrence = remote_id.partition("#")
        box = self._box(mailbox)
        there = self._fetch(box, path)
        if not occurrence:
            return self._one(there)
        around = Interval(start=_day(occurrence) - DRIFT, end=_day(occurrence) + 2 * DRIFT)
        found = [one for one in item.read(there, around, self._zone) if one.remote_id == remote_id]
        if not found:
            raise NotFound(f"{remote_id} is no longer in its series")
        return found[0]

    def find(self, mailbox: str, uid: str) -> tuple[RemoteEvent, ...]:
        box = self._box(mailbox)
        found = {r.path: r for r in _queried(box, reports.with_property(item.UID, uid))}
        own = _path(box, uid)
        if own not in found:
            with suppress(NotFound):
                found[own] = self._fetch(box, own)
        events = [event for r in found.values() for event in item.read(r, None, self._zone) if event.uid == uid]
        return tuple(sorted(events, key=lambda event: (event.ical_uid != uid, event.remote_id)))

    def changes(self, mailbox: str, token: str | None, window: Interval) -> Delta:
        box = self._box(mailbox)
        if token is None:
            return self._listing(box, window)
        old, given_for = read_token(token, window)
        changed, gone, new = self._since(box, old)
        resources = list(_got(box, changed))
        gone += sorted(set(changed) - {r.path for r in resources})
        events: list[RemoteEvent] = []
        for resource in resources:
            inside = self._inside(resource, window)
            events += inside
            if item.is_series(resource) or not inside:
                gone.append(resource.path)
        return Delta(events=tuple(events), gone=tuple(gone), token=write_token(new, given_for))

    def _listing(self, box: Box, window: Interval) -> Delta:
        """The token is asked first: what changes while the listing is read is then told again, not lost."""
        found, _ = reports.parse(
            box.session.read("PROPFIND", box.calendar, reports.propfind("D:sync-token"), depth=0).body
        )
        token = found[0].text(f"{DAV}sync-token") if found else ""
        events = [e for r in _queried(box, reports.in_window(window)) for e in self._inside(r, window)]
        return Delta(events=tuple(events), complete=True, token=write_token(token, window) if token else None)

    def _since(self, box: Box, token: str) -> tuple[list[str], list[str], str]:
        """Paths that changed, paths that are gone, the new token. A long answer comes in parts."""
        changed: dict[str, None] = {}
        gone: dict[str, None] = {}
        while True:
            found, new = reports.parse(_sync(box, token))
            for one in found:
                if one.path.rstrip("/") != box.calendar.rstrip("/"):
                    kept, left = (gone, changed) if one.status == 404 else (changed, gone)
                    kept[one.path] = None
                    left.pop(one.path, None)
            if not any(one.status == 507 for one in found) or new == token:
                return list(changed), list(gone), new
            token = new

    def _inside(self, resource: Resource, window: Interval) -> list[RemoteEvent]:
        return [e for e in item.read(resource, window, self._zone) if window.overlaps(e.start, e.end)]

    def busy(self, mailboxes: Sequence[str], window: Interval) -> Mapping[str, tuple[Busy, ...]]:
        found = {}
        for mailbox in mailboxes:
            try:
                found[mailbox] = self._busy(self._box(mailbox), window)
            except (Denied, NotFound):
                continue
        return found

    def _busy(self, box: Box, window: Interval) -> tuple[Busy, ...]:
        """As the server sums it up, or, where it does not, from the listing."""
        try:
            return busy_of(box.session.read("REPORT", box.calendar, reports.free_busy(window), depth=1).body, window)
        except (Denied, Unreachable):
            listed = self._listing(box, window).events
            busy = [e for e in listed if e.availability is not Availability.FREE and e.start < e.end]
            return tuple(
                Busy(interval=Interval(start=e.start, end=e.end), availability=e.availability)
                for e in sorted(busy, key=lambda e: e.start)
            )

    def rooms(self) -> tuple[RemoteRoom, ...]:
        raise Unsupported("CalDAV has no list of rooms")

    def close(self) -> None:
        with self._lock:
            for box in self._boxes.values():
                box.session.close()
            self._boxes.clear()

    def _one(self, resource: Resource) -> RemoteEvent:
        found = item.read(resource, None, self._zone)
        if not found:
            raise Unreachable(f"{resource.path} is there, but holds no event that can be read")
        return found[0]

    def _fetch(self, box: Box, path: str) -> Resource:
        if not path.startswith(box.calendar):
            raise NotFound(f"{path} is in another calendar")
        answer = box.session.read("GET", path)
        return Resource(path, answer.headers.get("ETag", ""), answer.body)

    def _box(self, mailbox: str) -> Box:
        with self._lock:
            known = self._boxes.get(mailbox)
        if known is None:
            known = self._open(mailbox)
            with self._lock:
                self._boxes[mailbox] = known
        return known

    def _open(self, mailbox: str) -> Box:
        user = mailbox.partition("@")[0]
        url = self._url.format(mailbox=quote(mailbox, safe="@"), user=quote(user))
        login = self._own.get(mailbox, self._login)
        name = login.username.format(mailbox=mailbox, user=user)
        session = Session(url, Login(name, login.password, login.method), self._authority)
        return Box(session, calendar_of(session, urlsplit(url).path or "/"))


def _path(box: Box, uid: str) -> str:
    """Where our event stands: a name that follows from the uid, so that a second create meets the first one."""
    return f"{box.calendar}{hashlib.sha256(uid.encode()).hexdigest()[:40]}.ics"


def _put(box: Box, path: str, data: bytes, condition: Mapping[str, str]) -> Answer:
    return box.session.write("PUT", path, {**condition, "Content-Type": "text/calendar; charset=utf-8"}, data)


def _queried(box: Box, query: str) -> Iterable[Resource]:
    found, _ = reports.parse(box.session.read("REPORT", box.calendar, query, depth=1).body)
    return [_resource(one) for one in found if f"{CALDAV}calendar-data" in one.props]


def _got(box: Box, paths: Sequence[str]) -> Iterable[Resource]:
    for first in range(0, len(paths), AT_ONCE):
        yield from _queried(box, reports.multiget(paths[first : first + AT_ONCE]))


def _resource(found: Found) -> Resource:
    data = found.text(f"{CALDAV}calendar-data").encode()
    return Resource(found.path, found.text(f"{DAV}getetag"), data)


def _sync(box: Box, token: str) -> bytes:
    try:
        return box.session.read("REPORT", box.calendar, reports.since(token), depth=0).body
    except Denied as error:
        raise TokenLost(f"the server does not know the token any more: {error}") from error
    except Unreachable as error:
        if str(error).startswith(("HTTP 400", "HTTP 409", "HTTP 412")):
            raise TokenLost(f"the server does not know the token any more: {error}") from error
        raise


def _day(occurrence: str) -> datetime:
    moment = datetime.fromisoformat(occurrence)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
