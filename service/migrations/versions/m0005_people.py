"""People, their passes, and keys that are limited."""

import sqlalchemy as sa
from alembic import op

from service.migrations.columns import json, key, moment, tenant, text, versioned, yes_no
from service.migrations.row_security import secure

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "users",
        tenant(),
        *map(text, ("id", "login", "name", "role")),
        text("resource", null=True),
        yes_no("active"),
        *(text(name, null=True) for name in ("password", "issuer", "subject")),
        moment("created_at"),
        *versioned(),
        key("users", "tenant", "id"),
        sa.UniqueConstraint("tenant", "login", name="uq_users_tenant_login"),
        sa.UniqueConstraint("issuer", "subject", name="uq_users_issuer_subject"),
    )
    op.create_table(
        "passes",
        tenant(),
        *map(text, ("hash", "user", "purpose")),
        moment("expires_at"),
        key("passes", "tenant", "hash"),
        sa.UniqueConstraint("hash", name="uq_passes_hash"),
        sa.ForeignKeyConstraint(
            ["tenant", "user"], ["users.tenant", "users.id"], ondelete="CASCADE", name="fk_passes_tenant_user"
        ),
    )
    op.add_column("keys", json("permissions", null=True))
    op.add_column("keys", text("resource", null=True))
    secure("users", "passes")


def downgrade() -> None:
    op.drop_column("keys", "resource")
    op.drop_column("keys", "permissions")
    op.drop_table("passes")
    op.drop_table("users")
