"""The database refuses to change or remove what must only grow, whatever code writes."""

from alembic import op

SQLITE = """
    create trigger {table}_only_grows_{event} before {event} on {table}
    begin select raise(abort, '{table} only grows'); end
"""
FUNCTION = """
    create function only_grows() returns trigger language plpgsql as
    $$ begin raise exception '% only grows', tg_table_name using errcode = 'integrity_constraint_violation'; end $$
"""
TRIGGER = """
    create trigger {table}_only_grows before update or delete on {table} for each row execute function only_grows()
"""


def only_grows(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("update", "delete"):
            op.execute(SQLITE.format(table=table, event=event))
    else:
        op.execute(FUNCTION)
        op.execute(TRIGGER.format(table=table))


def may_shrink(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("update", "delete"):
            op.execute(f"drop trigger {table}_only_grows_{event}")
    else:
        op.execute(f"drop trigger {table}_only_grows on {table}")
        op.execute("drop function only_grows")
