"""API keys. What the caller holds is shown once; only its hash is kept."""

from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.permission import ALLOWED, Permission, Role
from service.access.secret import hashed, new_secret
from service.tables import KeyRow

PREFIX = "fp_"


def new_key(
    session: Session,
    tenant: str,
    name: str,
    role: Role,
    now: datetime,
    expires_at: datetime | None = None,
    permissions: Iterable[Permission] | None = None,
    resource: str | None = None,
) -> tuple[KeyRow, str]:
    """A key's row, and the secret that nobody can read again."""
    secret = new_secret(PREFIX)
    row = KeyRow(
        tenant=tenant,
        id=token_hex(8),
        name=name,
        hash=hashed(secret),
        role=role.value,
        permissions=None if permissions is None else sorted(permission.value for permission in permissions),
        resource=resource,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    return row, secret


def find_key(session: Session, secret: str, now: datetime) -> KeyRow | None:
    """The key, when it is known and neither revoked nor expired."""
    row = session.scalars(select(KeyRow).where(KeyRow.hash == hashed(secret))).one_or_none()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return row


def allowed(key: KeyRow) -> frozenset[Permission]:
    """What the role allows, within what the key is limited to."""
    most = ALLOWED[Role(key.role)]
    return most if key.permissions is None else frozenset(p for p in most if p.value in key.permissions)
