"""Read, write and remove kept values: one mechanism for all kinds, with versions and audit."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Select, select

from scheduler.domain.base import Value
from scheduler.domain.errors import Fault, faults_of
from service.documents.kind import Filter, Kind
from service.documents.world import World
from service.http.etag import require
from service.http.problems import Conflict, Missing, Stale, invalid
from service.tables.base import ID_PATTERN
from service.tables.document import Document
from service.work import Work

V = TypeVar("V", bound=Value)
NOTHING: Mapping[str, str] = {}


class Record(BaseModel, Generic[V]):
    """A kept value with its version: send `etag` as If-Match to change it."""

    id: str
    etag: str
    changed_at: datetime
    changed_by: str
    value: V


def shown(row: Document) -> dict[str, Any]:
    """The row as its `Record`, without reading the value once more."""
    return {
        "id": row.id,
        "etag": row.etag,
        "changed_at": row.changed_at,
        "changed_by": row.changed_by,
        "value": row.value,
    }


def listed(work: Work, kind: Kind[Any], narrowed: Filter) -> Select[Any]:
    return select(kind.row).where(kind.row.tenant == work.tenant, *narrowed.where(kind.row))


def find(work: Work, kind: Kind[Any], id: str) -> Document:
    row = look(work, kind, id)
    if row is None:
        raise Missing(f"there is no {kind.name} {id!r}")
    return row


def look(work: Work, kind: Kind[Any], id: str) -> Document | None:
    return work.session.get(kind.row, {"tenant": work.tenant, "id": id})


def create(work: Work, kind: Kind[V], value: V) -> Document:
    id = value.id if kind.named else token_hex(8)  # type: ignore[attr-defined]
    if look(work, kind, id) is not None:
        raise Conflict(f"there is a {kind.name} {id!r} already; change it by PUT, or give another id")
    return _add(work, kind, id, value)


def put(work: Work, kind: Kind[V], id: str, value: V, if_match: str | None) -> tuple[Document, bool]:
    """The row, and whether it is new."""
    _require_own_id(kind, id, value)
    row = look(work, kind, id)
    if row is None:
        return _add(work, kind, id, value), True
    require(if_match, row.etag, shown(row))
    return _change(work, kind, row, value), False


def patch(work: Work, kind: Kind[V], id: str, changes: dict[str, Any], if_match: str | None) -> Document:
    row = find(work, kind, id)
    require(if_match, row.etag, shown(row))
    try:
        value = kind.value.model_validate(_merged(row.value, changes))
    except ValidationError as error:
        raise invalid(faults_of(error)) from error
    _require_own_id(kind, id, value)
    return _change(work, kind, row, value)


def _merged(value: Any, changes: Any) -> Any:
    """JSON merge patch, RFC 7396."""
    if not isinstance(changes, dict):
        return changes
    merged = dict(value) if isinstance(value, dict) else {}
    for name, change in changes.items():
        if change is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), change)
    return merged


def remove(work: Work, kind: Kind[Any], id: str, if_match: str | None) -> None:
    row = find(work, kind, id)
    require(if_match, row.etag, shown(row))
    if users := list(kind.users(World(work.session, work.tenant), id)):
        raise Conflict(
            f"{kind.name} {id!r} is still needed by {', '.join(users[:10])}; change these first", users=users
        )
    work.audit("delete", kind.name, id, before=row.value)
    _announce(work, kind, id)
    work.session.delete(row)
    work.session.flush()


def upsert(
    work: Work,
    kind: Kind[V],
    values: Sequence[tuple[str, V]],
    listed: str = "items",
    etags: Mapping[str, str] = NOTHING,
) -> dict[str, int]:
    """Create or replace all of them, or nothing; those that are equal to what is there stay as they are.

    Faults name the values as elements of `listed`. What has an entry in `etags` is replaced in that version alone.

    Returns how many were created, changed and left unchanged. Raises with all faults.
    """
    known = {row.id: row for row in _rows(work, kind, [id for id, _ in values])}
    _require_versions(kind, known, etags)
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    _require_sound(work, kind, [value for _, value in values], listed)
    for id, value in values:
        row = known.get(id)
        if row is None:
            known[id] = _put_in(work, kind, id, value)
            counts["created"] += 1
        elif row.value != kind.stored(value):
            _overwrite(work, kind, row, value)
            counts["changed"] += 1
        else:
            counts["unchanged"] += 1
    work.session.flush()
    return counts


def _require_versions(kind: Kind[Any], known: Mapping[str, Document], etags: Mapping[str, str]) -> None:
    for id, etag in etags.items():
        if id not in known:
            raise Stale(f"there is no {kind.name} {id!r} among the items that could have that version", current=None)
        require(etag, known[id].etag, shown(known[id]))


def _rows(work: Work, kind: Kind[Any], ids: Sequence[str]) -> Iterable[Document]:
    for n in range(0, len(ids), 500):
        yield from work.session.scalars(
            select(kind.row).where(kind.row.tenant == work.tenant, kind.row.id.in_(ids[n : n + 500]))
        )


def _add(work: Work, kind: Kind[V], id: str, value: V) -> Document:
    _require_sound(work, kind, [value])
    row = _put_in(work, kind, id, value)
    work.session.flush()
    return row


def _change(work: Work, kind: Kind[V], row: Document, value: V) -> Document:
    if row.value == kind.stored(value):
        return row
    _require_sound(work, kind, [value])
    _overwrite(work, kind, row, value)
    work.session.flush()
    return row


def _put_in(work: Work, kind: Kind[V], id: str, value: V) -> Document:
    if not re.fullmatch(ID_PATTERN, id):
        raise invalid([Fault("id", f"{id!r} holds a control character, such as a line break; leave it out")])
    row = kind.row(tenant=work.tenant, id=id)
    _fill(work, kind, row, value)
    work.session.add(row)
    work.audit("create", kind.name, id, after=row.value)
    _announce(work, kind, id)
    return row


def _overwrite(work: Work, kind: Kind[V], row: Document, value: V) -> None:
    before = row.value
    _fill(work, kind, row, value)
    work.audit("change", kind.name, row.id, before=before, after=row.value)
    _announce(work, kind, row.id)


def _announce(work: Work, kind: Kind[Any], id: str) -> None:
    if kind.topic:
        work.announce(kind.topic, {kind.name: id})


def _fill(work: Work, kind: Kind[V], row: Document, value: V) -> None:
    row.value, row.changed_at, row.changed_by = kind.stored(value), work.now, work.caller.user
    for name, found in kind.columns(value).items():
        setattr(row, name, found)


def _require_own_id(kind: Kind[V], id: str, value: V) -> None:
    if kind.named and value.id != id:  # type: ignore[attr-defined]
        raise invalid([Fault("id", f"is not {id!r}, which the address names; make them one")])


def _require_sound(work: Work, kind: Kind[V], values: Sequence[V], listed: str = "") -> None:
    found = kind.faults(World(work.session, work.tenant), values)
    if faults := [Fault(f"{listed}[{n}].{fault.path}" if listed else fault.path, fault.message) for n, fault in found]:
        raise invalid(faults)
