"""Columns that many tables share, as they were when a migration made them: change nothing here, add."""

import sqlalchemy as sa

from service.tables.base import Json, Moment


def tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.Text(), sa.ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False)


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def whole(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null)


def yes_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, Moment(), nullable=null)


def json(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, Json, nullable=null)


def counted(name: str) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, sa.Identity(always=True), primary_key=True)


def versioned() -> list[sa.Column[object]]:
    return [text("etag"), moment("changed_at"), text("changed_by")]  # type: ignore[list-item]


def key(table: str, *names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names, name=f"pk_{table}")
