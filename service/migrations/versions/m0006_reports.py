"""What technicians tell of their bookings."""

from alembic import op

from service.migrations.columns import key, moment, tenant, text, whole
from service.migrations.row_security import secure

revision = "0006"
down_revision = "0005"

INDICES = (("received_at", "id"), ("activity",), ("resource", "received_at"))


def upgrade() -> None:
    op.create_table(
        "reports",
        tenant(),
        *map(text, ("id", "activity", "requirement")),
        whole("ordinal"),
        *map(text, ("resource", "kind")),
        moment("at"),
        whole("late_by", null=True),
        text("note"),
        moment("received_at"),
        text("received_from"),
        key("reports", "tenant", "id"),
    )
    for columns in INDICES:
        op.create_index(f"ix_reports_tenant_{'_'.join(columns)}", "reports", ["tenant", *columns])
    secure("reports")


def downgrade() -> None:
    op.drop_table("reports")
