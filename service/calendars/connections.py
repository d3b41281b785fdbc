"""Connections to calendar servers: kept with their secrets encrypted, shown with a mask instead."""

from typing import Any

from sqlalchemy import func, select

from scheduler.sync.connections.secrets import Vault
from scheduler.sync.link import Link, LinkState
from service.calendars.masking import masked, unmasked
from service.calendars.server import server
from service.documents.kinds.calendar import TOPIC
from service.http.etag import require
from service.http.problems import Conflict, Missing
from service.tables import CalendarRow, ConnectionRow, IntentRow, LinkRow
from service.work import Work

KIND = "calendar connection"


def find(work: Work, id: str) -> ConnectionRow:
    row = look(work, id)
    if row is None:
        raise Missing(f"there is no connection {id!r}")
    return row


def look(work: Work, id: str) -> ConnectionRow | None:
    return work.session.get(ConnectionRow, {"tenant": work.tenant, "id": id})


def shown(row: ConnectionRow) -> dict[str, Any]:
    names = ("id", "etag", "changed_at", "changed_by")
    return {**{name: getattr(row, name) for name in names}, "default": row.is_default, "value": masked(row.value)}


def put(
    work: Work, vault: Vault, id: str, value: dict[str, Any], default: bool, if_match: str | None
) -> tuple[ConnectionRow, bool]:
    """The row, and whether it is new. A mask instead of a secret leaves the secret as it is."""
    row = look(work, id)
    if row is not None:
        require(if_match, row.etag, shown(row))
    found = server(unmasked(value, row.value if row else None, vault), vault)
    before = None if row is None else shown(row)
    if default:
        _only_default(work, id)
    made = row or ConnectionRow(tenant=work.tenant, id=id)
    made.value, made.is_default, made.subscribed_until = found.model_dump(mode="json"), default, None
    made.changed_at, made.changed_by = work.now, work.caller.user
    work.session.add(made)
    work.audit("change" if row else "create", KIND, id, before=_said(before), after=_said(shown(made)))
    work.announce(TOPIC, {"connection": id})
    work.session.flush()
    return made, row is None


def _said(record: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if record is None else {"default": record["default"], "value": record["value"]}


def _only_default(work: Work, id: str) -> None:
    others = select(ConnectionRow).where(
        ConnectionRow.tenant == work.tenant, ConnectionRow.is_default, ConnectionRow.id != id
    )
    for row in work.session.scalars(others):
        row.is_default = False
        work.audit("change", KIND, row.id, before={"default": True}, after={"default": False})


def remove(work: Work, id: str, if_match: str | None) -> None:
    row = find(work, id)
    require(if_match, row.etag, shown(row))
    used = select(CalendarRow.id).where(CalendarRow.tenant == work.tenant, CalendarRow.connection == id)
    if people := list(work.session.scalars(used.limit(10))):
        raise Conflict(f"the calendars of {', '.join(people)} are there; give them another connection first")
    if left := standing(work, id):
        said = f"{left} event(s) of ours stand there; make it no default, let them be taken out, then delete it"
        raise Conflict(said, events=left)
    work.audit("delete", KIND, id, before=_said(shown(row)))
    work.session.delete(row)
    work.session.flush()


def standing(work: Work, id: str) -> int:
    """Events of ours that stand in its calendars, or are about to."""
    there = (LinkRow.tenant == work.tenant, LinkRow.connection == id)
    links = map(Link.model_validate_json, work.session.scalars(select(LinkRow.value).where(*there)))
    live = sum(link.state in (LinkState.LIVE, LinkState.UNKNOWN) and not link.over(work.now) for link in links)
    pending = select(func.count()).where(IntentRow.tenant == work.tenant, IntentRow.connection == id)
    return live or work.session.scalar(pending) or 0
