"""The database refuses to put a resource in two places at once, whatever code writes.

PostgreSQL by an exclusion constraint, where the overlap of ranges over one name stands for equality, so that
no extension is needed. SQLite by triggers. Both guard what is exclusive and not waived, and count setup and teardown.
"""

from alembic import op

POSTGRESQL = (
    "create type text_range as range (subtype = text, collation = 'C')",
    """
    alter table bookings add constraint no_double_booking exclude using gist (
        text_range(tenant, tenant, '[]') with &&,
        text_range(resource, resource, '[]') with &&,
        tstzrange(busy_from, busy_until) with &&
    ) where (exclusive and not waived)
    """,
)
SQLITE = """
    create trigger no_double_booking_{event} before {event} on bookings when new.exclusive and not new.waived
    begin
        select raise(abort, 'double booking') where exists (
            select 1 from bookings b
            where b.tenant = new.tenant and b.resource = new.resource and b.exclusive and not b.waived
              and b.busy_from < new.busy_until and new.busy_from < b.busy_until
              and b.busy_from < b.busy_until and new.busy_from < new.busy_until
              and {other}
        );
    end
"""
ANOTHER = "(b.activity, b.requirement, b.ordinal) <> ({row}.activity, {row}.requirement, {row}.ordinal)"
EVENTS = {"insert": ANOTHER.format(row="new"), "update": ANOTHER.format(row="old")}


def guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event, other in EVENTS.items():
            op.execute(SQLITE.format(event=event, other=other))
    else:
        for statement in POSTGRESQL:
            op.execute(statement)


def unguard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in EVENTS:
            op.execute(f"drop trigger no_double_booking_{event}")
    else:
        op.execute("alter table bookings drop constraint no_double_booking")
        op.execute("drop type text_range")
