"""Published bookings. The database itself refuses to put a resource in two places at once (see the migration)."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Tenanted, Versioned


class BookingRow(Tenanted, Versioned, Base):
    """One resource on one activity.

    Attributes
    ----------
    starts_at, ends_at
        The service.
    busy_from, busy_until
        With setup and teardown: what the resource can't be booked for again.
    exclusive
        Technicians, and rooms that hold one activity at a time. Only these are guarded.
    waived
        A person accepted that it overlaps another booking.
    publication
        The one that brought it to where it is.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        Index(None, "tenant", "resource", "busy_from"),
        Index(None, "tenant", "starts_at"),
    )

    activity: Mapped[str] = mapped_column(primary_key=True)
    requirement: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    resource: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    busy_from: Mapped[datetime]
    busy_until: Mapped[datetime]
    exclusive: Mapped[bool]
    waived: Mapped[bool]
    status: Mapped[str]
    publication: Mapped[int]
