"""API keys: issued within what the issuer may do, for a limited time, shown once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from scheduler.domain.base import Instant
from scheduler.domain.errors import Fault
from service.access.keys import new_key
from service.access.permission import ALLOWED, Permission, Role
from service.http.etag import etag_of, require
from service.http.found import found
from service.http.given import Given, shown_by
from service.http.problems import invalid
from service.people.granting import faults_of_resource, require_may_grant
from service.tables import KeyRow
from service.tables.base import ID_LENGTH
from service.work import Work

LASTS = timedelta(days=365)
LONGEST = timedelta(days=3 * 365)
WAREHOUSE = {"name": "warehouse", "role": "viewer", "permissions": ["plan:read"]}


class Key(Given, json_schema_extra=shown_by(WAREHOUSE)):
    """What a key is for. `permissions` limits it within its role; without `expires_at` it holds for a year."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=ID_LENGTH)]
    role: Role
    permissions: Annotated[list[Permission] | None, Field(min_length=1, max_length=len(Permission))] = None
    resource: Annotated[str | None, Field(max_length=ID_LENGTH)] = None
    expires_at: Instant | None = None


class KnownKey(Key):
    id: str
    etag: str
    created_at: datetime
    revoked_at: datetime | None = None


class NewKey(KnownKey):
    """`secret` is what a caller sends. It is shown here and never again."""

    secret: str


def shown(row: KeyRow) -> KnownKey:
    names = KnownKey.model_fields.keys() - {"etag"}
    return KnownKey(**{name: getattr(row, name) for name in names}, etag=etag_of(row.id, row.revoked_at))


def issue(work: Work, key: Key) -> tuple[KeyRow, str]:
    permissions = ALLOWED[key.role] if key.permissions is None else frozenset(key.permissions)
    expires_at = work.now + LASTS if key.expires_at is None else key.expires_at
    if faults := list(_faults(work, key, permissions, expires_at)):
        raise invalid(faults)
    require_may_grant(work, permissions)
    row, secret = new_key(
        work.session, work.tenant, key.name, key.role, work.now, expires_at, key.permissions, key.resource
    )
    work.session.flush()
    work.audit("create", "key", row.id, after=_audited(row))
    return row, secret


def _faults(work: Work, key: Key, permissions: frozenset[Permission], expires_at: datetime) -> Iterator[Fault]:
    for beyond in sorted(permissions - ALLOWED[key.role]):
        yield Fault("permissions", f"{beyond.value!r} is not within the role {key.role.value!r}; leave it out")
    if not work.now < expires_at <= work.now + LONGEST:
        yield Fault("expires_at", f"must be in the next {LONGEST.days} days; choose another moment")
    yield from faults_of_resource(work, key.role, key.resource)


def find_key(work: Work, id: str, *, lock: bool = False) -> KeyRow:
    return found(work, KeyRow, id, "key", lock=lock)


def revoke(work: Work, id: str, if_match: str | None) -> None:
    """It is of no use from now on. Its row stays, because the audit names it."""
    row = find_key(work, id, lock=True)
    require(if_match, shown(row).etag, shown(row))
    if row.revoked_at is not None:
        return
    before = _audited(row)
    row.revoked_at = work.now
    work.session.flush()
    work.audit("revoke", "key", id, before=before, after=_audited(row))


def _audited(row: KeyRow) -> dict[str, Any]:
    return shown(row).model_dump(mode="json", exclude={"etag"})
