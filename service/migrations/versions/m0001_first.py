"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from service.migrations.columns import counted, json, key, moment, tenant, text, versioned, whole, yes_no
from service.migrations.double_booking import guard, unguard

revision = "0001"
down_revision = None

DOCUMENTS: dict[str, list[Any]] = {
    "technicians": [text("site", null=True)],
    "rooms": [text("site", null=True)],
    "places": [],
    "activities": [
        text("status"),
        text("territory", null=True),
        whole("priority"),
        moment("earliest", null=True),
        moment("latest", null=True),
    ],
    "precedences": [text("before"), text("after")],
    "locks": [text("activity"), text("resource", null=True), moment("until", null=True)],
    "waivers": [text("activity"), text("rule")],
    "absences": [text("resource"), moment("starts_at"), moment("ends_at")],
    "goals": [],
    "settings": [],
}
INDICES = (
    ("activities", "latest"),
    ("activities", "status"),
    ("precedences", "before"),
    ("precedences", "after"),
    ("locks", "activity"),
    ("waivers", "activity"),
    ("absences", "resource", "starts_at"),
    ("bookings", "resource", "busy_from"),
    ("bookings", "starts_at"),
    ("plans", "status"),
    ("plans", "created_at", "id"),
    ("audit", "id"),
    ("audit", "kind", "subject"),
    ("outbox", "id"),
)
TABLES = (*DOCUMENTS, "publications", "plans", "bookings", "answers", "keys", "outbox", "audit", "tenants")


def upgrade() -> None:
    op.create_table("tenants", text("id"), text("name"), moment("created_at"), key("tenants", "id"))
    _traces()
    for name, columns in DOCUMENTS.items():
        op.create_table(name, tenant(), text("id"), json("value"), *versioned(), *columns, key(name, "tenant", "id"))
    _plans()
    for table, *columns in INDICES:
        op.create_index(f"ix_{table}_tenant_{'_'.join(columns)}", table, ["tenant", *columns])
    op.create_index("ix_outbox_done_at_id", "outbox", ["done_at", "id"])
    guard()


def downgrade() -> None:
    unguard()
    for name in TABLES:
        op.drop_table(name)


def _traces() -> None:
    op.create_table(
        "keys",
        tenant(),
        *map(text, ("id", "name", "hash", "role")),
        moment("created_at"),
        moment("expires_at", null=True),
        moment("revoked_at", null=True),
        key("keys", "tenant", "id"),
        sa.UniqueConstraint("hash", name="uq_keys_hash"),
    )
    op.create_table(
        "answers",
        tenant(),
        *map(text, ("who", "key", "request")),
        moment("at"),
        whole("status", null=True),
        json("headers", null=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        key("answers", "tenant", "who", "key"),
    )
    op.create_table(
        "audit",
        counted("id"),
        text("tenant"),
        moment("at"),
        *map(text, ("who", "request", "action", "kind", "subject")),
        json("before", null=True),
        json("after", null=True),
        text("why"),
    )
    op.create_table(
        "outbox",
        counted("id"),
        text("tenant"),
        text("topic"),
        json("about"),
        moment("at"),
        moment("done_at", null=True),
    )


def _plans() -> None:
    op.create_table(
        "plans",
        tenant(),
        *map(text, ("id", "name", "status")),
        moment("starts_at"),
        moment("ends_at"),
        *map(json, ("scope", "value", "verdict", "summary", "stood")),
        whole("base"),
        text("origin"),
        moment("created_at"),
        text("created_by"),
        *versioned(),
        key("plans", "tenant", "id"),
    )
    op.create_table(
        "publications",
        tenant(),
        whole("number"),
        text("plan"),
        moment("starts_at"),
        moment("ends_at"),
        moment("at"),
        text("by"),
        text("why"),
        whole("undoes", null=True),
        key("publications", "tenant", "number"),
        sa.ForeignKeyConstraint(["tenant", "plan"], ["plans.tenant", "plans.id"], name="fk_publications_tenant_plan"),
    )
    op.create_table(
        "bookings",
        tenant(),
        text("activity"),
        text("requirement"),
        whole("ordinal"),
        text("resource"),
        *map(moment, ("starts_at", "ends_at", "busy_from", "busy_until")),
        yes_no("exclusive"),
        yes_no("waived"),
        text("status"),
        whole("publication"),
        *versioned(),
        key("bookings", "tenant", "activity", "requirement", "ordinal"),
    )
