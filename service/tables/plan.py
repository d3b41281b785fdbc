"""Plans as versions, and the publications that put one of them into force."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Json, Tenanted, Versioned


class PlanRow(Tenanted, Versioned, Base):
    """A draft, a proposal or a published version.

    Attributes
    ----------
    scope
        What is planned: horizon, time zone, goal, and changes to what is given that count in this plan alone.
    value, verdict
        The plan, and what `verify` said of it when it was last changed or judged.
    summary
        The verdict in numbers.
    base, stood
        Number of the newest publication, and the published bookings, when the plan was made or last brought up to date.
    origin
        `plan:<id>` that this one was copied from, `run:<id>` that made it, or empty.
    """

    __tablename__ = "plans"
    __table_args__ = (Index(None, "tenant", "status"), Index(None, "tenant", "created_at", "id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    status: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    scope: Mapped[dict[str, Any]] = mapped_column(Json)
    value: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    verdict: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    summary: Mapped[dict[str, Any]] = mapped_column(Json)
    base: Mapped[int]
    stood: Mapped[list[dict[str, Any]]] = mapped_column(Json, deferred=True)
    origin: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class PublicationRow(Tenanted, Base):
    """What was put into force, when, by whom and why. Numbers of a tenant grow by one."""

    __tablename__ = "publications"
    __table_args__ = (ForeignKeyConstraint(["tenant", "plan"], ["plans.tenant", "plans.id"]),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    plan: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str]
    undoes: Mapped[int | None]
