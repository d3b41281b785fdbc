"""People, and the passes by which a browser comes in: a session after signing in, an invitation before."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Tenanted, Versioned


class UserRow(Tenanted, Versioned, Base):
    """A person.

    Attributes
    ----------
    login
        What the person types to sign in, in lower case: an email address or another name.
    resource
        The technician that the person is.
    password
        Its hash; nobody signs in by password without.
    issuer, subject
        Who the person is to the identity provider; nobody signs in there without.
    """

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("tenant", "login"), UniqueConstraint("issuer", "subject"))

    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    resource: Mapped[str | None]
    active: Mapped[bool]
    password: Mapped[str | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    created_at: Mapped[datetime]


class PassRow(Tenanted, Base):
    """What was given to a person to come in with. Only its hash is kept."""

    __tablename__ = "passes"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "user"], ["users.tenant", "users.id"], ondelete="CASCADE"),
        UniqueConstraint("hash"),
    )

    hash: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str]
    purpose: Mapped[str]
    expires_at: Mapped[datetime]
