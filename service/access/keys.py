"""API keys. What the caller holds is shown once; only its hash is kept."""

import hashlib
from datetime import datetime
from secrets import token_hex, token_urlsafe

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.permission import Role
from service.tables import KeyRow

PREFIX = "fp_"


def new_key(
    session: Session, tenant: str, name: str, role: Role, now: datetime, expires_at: datetime | None = None
) -> tuple[KeyRow, str]:
    """A key's row, and the secret that nobody can read again."""
    secret = PREFIX + token_urlsafe(32)
    row = KeyRow(
        tenant=tenant,
        id=token_hex(8),
        name=name,
        hash=_hash(secret),
        role=role.value,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    return row, secret


def find_key(session: Session, secret: str, now: datetime) -> KeyRow | None:
    """The key, when it is known and neither revoked nor expired."""
    row = session.scalars(select(KeyRow).where(KeyRow.hash == _hash(secret))).one_or_none()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return row


def _hash(secret: str) -> str:
    """A plain hash is enough: the secret has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
