"""Connections to calendars, what sync keeps, feeds."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from service.migrations.columns import counted, json, key, moment, tenant, text, versioned, whole, yes_no
from service.migrations.row_security import secure, unsecure

revision = "0003"
down_revision = "0002"

BOX = ("tenant", "connection", "mailbox")
INDICES = (
    ("sync_boxes", "due_at"),
    ("sync_proposals", "taken", "at"),
    ("sync_proposals", "connection", "mailbox", "taken"),
    ("sync_clashes", "id"),
)
TABLES = (
    "feeds",
    "sync_blasts",
    "sync_told",
    "sync_clashes",
    "sync_proposals",
    "sync_answers",
    "sync_foreign_events",
    "sync_intents",
    "sync_links",
    "sync_boxes",
    "sync_offices",
    "calendars",
    "calendar_connections",
)


def upgrade() -> None:
    _connections()
    _boxes()
    _questions()
    for table, *columns in INDICES:
        op.create_index(f"ix_{table}_tenant_{'_'.join(columns)}", table, ["tenant", *columns])
    secure(*TABLES)


def downgrade() -> None:
    unsecure(*TABLES)
    for name in TABLES:
        op.drop_table(name)


def _connections() -> None:
    op.create_table(
        "calendar_connections",
        tenant(),
        text("id"),
        json("value"),
        yes_no("is_default"),
        moment("subscribed_until", null=True),
        *versioned(),
        key("calendar_connections", "tenant", "id"),
    )
    op.create_table(
        "calendars",
        tenant(),
        text("id"),
        json("value"),
        *versioned(),
        text("connection", null=True),
        key("calendars", "tenant", "id"),
    )
    op.create_table(
        "sync_offices",
        tenant(),
        text("secret"),
        whole("revision"),
        moment("shown_at", null=True),
        key("sync_offices", "tenant"),
    )
    op.create_table(
        "feeds",
        tenant(),
        *map(text, ("id", "name")),
        json("resources"),
        text("digest"),
        moment("created_at"),
        text("created_by"),
        moment("revoked_at", null=True),
        key("feeds", "tenant", "id"),
    )
    op.create_index("ix_feeds_digest", "feeds", ["digest"], unique=True)


def _boxes() -> None:
    _of_a_box(
        "sync_boxes",
        (),
        text("cursor"),
        text("owner", null=True),
        moment("until", null=True),
        moment("due_at"),
        moment("read_at", null=True),
        yes_no("renew"),
    )
    _of_a_box("sync_links", ("key",), text("value"))
    _of_a_box("sync_intents", ("key",), whole("revision"), text("value"))
    _of_a_box("sync_foreign_events", ("id",), text("series", null=True), moment("starts_at"), text("value"))
    _of_a_box("sync_answers", ("id",))


def _of_a_box(name: str, more: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    names = (*BOX[1:], *more)
    op.create_table(name, tenant(), *map(text, names), *columns, key(name, *BOX, *more))


def _questions() -> None:
    op.create_table(
        "sync_proposals",
        tenant(),
        *map(text, ("id", "connection", "mailbox")),
        moment("at"),
        yes_no("taken"),
        text("value"),
        key("sync_proposals", "tenant", "id"),
    )
    op.create_table("sync_clashes", counted("id"), text("tenant"), text("value"))
    op.create_table("sync_told", tenant(), text("person"), text("events"), key("sync_told", "tenant", "person"))
    op.create_table(
        "sync_blasts",
        tenant(),
        text("connection"),
        whole("going"),
        whole("there"),
        moment("at"),
        whole("allowed", null=True),
        text("answered_by", null=True),
        key("sync_blasts", "tenant", "connection"),
    )
