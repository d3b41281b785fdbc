"""What others must learn of a change: written in the change's own transaction, read and ticked off by workers."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Json


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index(None, "done_at", "id"), Index(None, "tenant", "id"))

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True), primary_key=True
    )
    tenant: Mapped[str]
    topic: Mapped[str]
    about: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
