"""What happened in a calendar: Graph's delta query, which names ids, and reads that say how each stands.

Rows of a delta come without our properties, may come twice and in any order, and call "removed" what only left the
window. So only ids are taken from them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scheduler.domain.interval import Interval
from scheduler.sync.backends.graph.client import Client, asked, event, rows, user
from scheduler.sync.backends.graph.errors import Senseless
from scheduler.sync.backends.graph.item import CONTENT, TIMES
from scheduler.sync.backends.graph.remote import remote_of, times_of, uid_of
from scheduler.sync.errors import NotFound, TokenLost, Unreachable
from scheduler.sync.port import Delta, RemoteEvent
from scheduler.sync.tokens import DRIFT, read_token, write_token

PAGE = 200


@dataclass
class Named:
    """The ids that a delta names."""

    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    link: str = ""


def changes(client: Client, mailbox: str, token: str | None, window: Interval) -> Delta:
    """Asked for a day more on both ends, so that a window may drift as far as a token allows."""
    if token is None:
        given = window
        named = _first(client, mailbox, Interval(start=window.start - DRIFT, end=window.end + DRIFT))
    else:
        link, given = read_token(token, window)
        named = _next(client, mailbox, link)
    standing, missing = _standing(client, mailbox, named, window)
    inside = [one for one in standing if window.overlaps(one.start, one.end)]
    kept = {one.remote_id for one in inside}
    gone = [*named.removed, *named.series, *missing, *(one.remote_id for one in standing if one.remote_id not in kept)]
    return Delta(
        events=tuple(inside),
        gone=tuple(dict.fromkeys(gone)) if token is not None else (),
        token=write_token(named.link, given),
        complete=token is None,
    )


def _first(client: Client, mailbox: str, window: Interval) -> Named:
    return _walked(client, mailbox, f"{user(mailbox)}/calendarView/delta", _between(window))


def _next(client: Client, mailbox: str, link: str) -> Named:
    if not link.startswith(f"{client.url}/"):
        raise TokenLost("the token is of another server")
    try:
        return _walked(client, mailbox, link, None)
    except (Senseless, NotFound) as error:
        raise TokenLost(str(error)) from error


def _walked(client: Client, mailbox: str, path: str, query: dict[str, str] | None) -> Named:
    latest: dict[str, dict[str, Any]] = {}
    removed: dict[str, None] = {}
    answer = client.read(mailbox, path, query, page=PAGE)
    while True:
        for row in rows(answer):
            latest[row["id"]] = row
            if "@removed" in row:
                removed[row["id"]] = None
        if "@odata.nextLink" not in answer:
            break
        answer = client.read(mailbox, answer["@odata.nextLink"], page=PAGE)
    if "@odata.deltaLink" not in answer:
        raise Unreachable("the answer is not Graph's")
    left = [row for row in latest.values() if "@removed" not in row]
    series = [row["id"] for row in left if row.get("type") == "seriesMaster"]
    changed = [row["id"] for row in left if row["id"] not in series and row.get("seriesMasterId") not in series]
    return Named(changed, list(removed), series, answer["@odata.deltaLink"])


def _standing(client: Client, mailbox: str, named: Named, window: Interval) -> tuple[list[RemoteEvent], list[str]]:
    """How all that was named stands now, and what does not stand any more."""
    found = client.batch(mailbox, [asked(event(mailbox, id), TIMES) for id in named.changed])
    missing = [id for id, item in zip(named.changed, found, strict=True) if item is None]
    items = [item for item in found if item is not None]
    for id in named.series:
        items += _instances(client, mailbox, id, window)
    ours = [item["id"] for item in items if uid_of(item) is not None]
    content = client.batch(mailbox, [asked(event(mailbox, id), CONTENT) for id in ours])
    missing += [id for id, item in zip(ours, content, strict=True) if item is None]
    foreign = [times_of(item) for item in items if uid_of(item) is None]
    return [*foreign, *(remote_of(item) for item in content if item is not None)], missing


def _instances(client: Client, mailbox: str, id: str, window: Interval) -> Iterable[dict[str, Any]]:
    try:
        return list(client.pages(mailbox, f"{event(mailbox, id)}/instances", {**TIMES, **_between(window)}))
    except NotFound:
        return []


def _between(window: Interval) -> dict[str, str]:
    return {
        "startDateTime": window.start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endDateTime": window.end.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
