"""Passes: a session's cookie after signing in, an invitation's link before."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.access.secret import hashed, new_secret
from service.tables import PassRow, UserRow


class Purpose(StrEnum):
    SESSION = "session"
    INVITATION = "invitation"


LASTS = {Purpose.SESSION: timedelta(days=1), Purpose.INVITATION: timedelta(days=7)}


def new_pass(session: Session, user: UserRow, purpose: Purpose, now: datetime) -> str:
    """The secret. What has expired of the tenant is cleared away."""
    session.execute(delete(PassRow).where(PassRow.tenant == user.tenant, PassRow.expires_at <= now))
    secret = new_secret()
    expires_at = now + LASTS[purpose]
    session.add(
        PassRow(tenant=user.tenant, hash=hashed(secret), user=user.id, purpose=purpose.value, expires_at=expires_at)
    )
    return secret


def find_user(session: Session, secret: str, purpose: Purpose, now: datetime) -> UserRow | None:
    """Whose pass it is, when it still holds and the person is active."""
    is_users = (UserRow.tenant == PassRow.tenant) & (UserRow.id == PassRow.user)
    return session.scalars(
        select(UserRow)
        .join(PassRow, is_users)
        .where(PassRow.hash == hashed(secret), PassRow.purpose == purpose.value, PassRow.expires_at > now)
        .where(UserRow.active)
    ).one_or_none()


def end_pass(session: Session, tenant: str, hash: str) -> None:
    session.execute(delete(PassRow).where(PassRow.tenant == tenant, PassRow.hash == hash))


def end_passes(session: Session, user: UserRow) -> None:
    """All that the person holds: every browser is signed out, every invitation is void."""
    session.execute(delete(PassRow).where(PassRow.tenant == user.tenant, PassRow.user == user.id))
