"""What technicians told of their bookings. Rows are only added."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Tenanted


class ReportRow(Tenanted, Base):
    """`at` is when it happened, `received_at` when the service learned of it; `late_by` counts minutes."""

    __tablename__ = "reports"
    __table_args__ = (
        Index(None, "tenant", "received_at", "id"),
        Index(None, "tenant", "activity"),
        Index(None, "tenant", "resource", "received_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    activity: Mapped[str]
    requirement: Mapped[str]
    ordinal: Mapped[int]
    resource: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    late_by: Mapped[int | None]
    note: Mapped[str]
    received_at: Mapped[datetime]
    received_from: Mapped[str]
