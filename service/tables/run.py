"""Runs: solves as rows that workers lease."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.tables.base import Base, Json, Tenanted


class RunRow(Tenanted, Base):
    """One solve.

    Attributes
    ----------
    asked
        Scope, seed, limits: what was asked for.
    base, given_at, fingerprint
        The newest publication when it was asked for; when what is given was looked at; its fingerprint.
    progress, outcome
        The newest word of the solver; what came out, without the plan.
    message
        Why it failed, or what else is to be said, in a sentence.
    proposal
        The plan that it made.
    lease
        Grows each time that a worker takes the run. Only who holds this number may write.
    deaths
        Workers that were lost over it.
    revision
        Grows with each change that watchers want to see.
    """

    __tablename__ = "runs"
    __table_args__ = (Index(None, "tenant", "created_at", "id"), Index(None, "status", "leased_until"))

    id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    asked: Mapped[dict[str, Any]] = mapped_column(Json)
    plan: Mapped[str | None]
    base: Mapped[int]
    given_at: Mapped[datetime]
    fingerprint: Mapped[str]
    progress: Mapped[dict[str, Any] | None] = mapped_column(Json)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Json)
    message: Mapped[str]
    proposal: Mapped[str | None]
    request: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int]
    lease: Mapped[int]
    deaths: Mapped[int]
    worker: Mapped[str | None]
    leased_until: Mapped[datetime | None]

    @property
    def etag(self) -> str:
        """Changes when somebody stops it and when it ends, not with its progress: that would outrun every stop."""
        stage = "ended" if self.ended_at else "stopping" if self.status == "stopping" else "going"
        return f"{stage}-{self.id}"


class RunProblemRow(Tenanted, Base):
    """What a run was given, as compressed JSON. Apart from the run, which is written every second."""

    __tablename__ = "run_problems"
    __table_args__ = (ForeignKeyConstraint(["tenant", "run"], ["runs.tenant", "runs.id"], ondelete="CASCADE"),)

    run: Mapped[str] = mapped_column(primary_key=True)
    problem: Mapped[bytes] = mapped_column(LargeBinary())
