"""API keys: a hash of what the caller holds, and what the key allows."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Json, Tenanted


class KeyRow(Tenanted, Base):
    """A key.

    Attributes
    ----------
    permissions
        What it is limited to; all that the role allows when not given.
    resource
        The technician that it speaks for.
    """

    __tablename__ = "keys"
    __table_args__ = (UniqueConstraint("hash"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    hash: Mapped[str]
    role: Mapped[str]
    permissions: Mapped[Any | None] = mapped_column(Json)
    resource: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
