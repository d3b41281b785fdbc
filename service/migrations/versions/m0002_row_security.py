"""Tenants are kept apart by the database too, and the audit only grows."""

from service.migrations.append_only import may_shrink, only_grows
from service.migrations.row_security import secure, unsecure

revision = "0002"
down_revision = "0001"

TABLES = (
    "technicians",
    "rooms",
    "places",
    "activities",
    "precedences",
    "locks",
    "waivers",
    "absences",
    "goals",
    "settings",
    "plans",
    "publications",
    "bookings",
    "answers",
    "keys",
    "outbox",
    "audit",
)


def upgrade() -> None:
    secure(*TABLES)
    secure("tenants", tenant="id")
    only_grows("audit")


def downgrade() -> None:
    may_shrink("audit")
    unsecure(*TABLES, "tenants")
