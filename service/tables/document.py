"""Values of the library as rows: the value itself as JSON, and beside it the columns that are searched."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Json, Tenanted, Versioned


class Document(Tenanted, Versioned, Base):
    __abstract__ = True

    id: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(Json)


class TechnicianRow(Document):
    __tablename__ = "technicians"

    site: Mapped[str | None]


class RoomRow(Document):
    __tablename__ = "rooms"

    site: Mapped[str | None]


class PlaceRow(Document):
    __tablename__ = "places"


class ActivityRow(Document):
    """`earliest` and `latest` bound when it can be done, where anything bounds it."""

    __tablename__ = "activities"
    __table_args__ = (Index(None, "tenant", "latest"), Index(None, "tenant", "status"))

    status: Mapped[str]
    territory: Mapped[str | None]
    priority: Mapped[int]
    earliest: Mapped[datetime | None]
    latest: Mapped[datetime | None]


class PrecedenceRow(Document):
    __tablename__ = "precedences"
    __table_args__ = (Index(None, "tenant", "before"), Index(None, "tenant", "after"))

    before: Mapped[str]
    after: Mapped[str]


class LockRow(Document):
    __tablename__ = "locks"
    __table_args__ = (Index(None, "tenant", "activity"),)

    activity: Mapped[str]
    resource: Mapped[str | None]
    until: Mapped[datetime | None]


class WaiverRow(Document):
    __tablename__ = "waivers"
    __table_args__ = (Index(None, "tenant", "activity"),)

    activity: Mapped[str]
    rule: Mapped[str]


class AbsenceRow(Document):
    __tablename__ = "absences"
    __table_args__ = (Index(None, "tenant", "resource", "starts_at"),)

    resource: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class GoalRow(Document):
    """Goals by name; `default` is the one that counts where nothing else is said."""

    __tablename__ = "goals"


class SettingsRow(Document):
    """What holds for all planning of a tenant: one row, `planning`."""

    __tablename__ = "settings"
