"""PostgreSQL shows and takes rows of the tenant that the transaction names alone, whatever a query says.

The table's owner is bound too. Superusers are not, so the service must connect as a plain role. SQLite has nothing of
the kind: there the queries alone keep tenants apart.
"""

from alembic import op

ENABLED = ("alter table {table} enable row level security", "alter table {table} force row level security")
DISABLED = ("alter table {table} no force row level security", "alter table {table} disable row level security")
POLICY = "create policy own_rows on {table} using (current_setting('fieldplan.tenant', true) in ({tenant}, '*'))"


def secure(*tables: str, tenant: str = "tenant") -> None:
    """Do this for every new table; a test tells which was forgotten. The column `tenant` says whose row it is."""
    _each(tables, (*ENABLED, POLICY), tenant)


def unsecure(*tables: str) -> None:
    _each(tables, ("drop policy own_rows on {table}", *DISABLED))


def _each(tables: tuple[str, ...], statements: tuple[str, ...], tenant: str = "") -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in tables:
            for statement in statements:
                op.execute(statement.format(table=table, tenant=tenant))
