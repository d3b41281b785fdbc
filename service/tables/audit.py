"""Who changed what, from what, to what. Rows are only added."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Json


class AuditRow(Base):
    __tablename__ = "audit"
    __table_args__ = (Index(None, "tenant", "id"), Index(None, "tenant", "kind", "subject"))

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True), primary_key=True
    )
    tenant: Mapped[str]
    at: Mapped[datetime]
    who: Mapped[str]
    request: Mapped[str]
    action: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    before: Mapped[Any | None] = mapped_column(Json)
    after: Mapped[Any | None] = mapped_column(Json)
    why: Mapped[str]
