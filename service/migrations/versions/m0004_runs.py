"""Runs."""

import sqlalchemy as sa
from alembic import op

from service.migrations.columns import json, key, moment, tenant, text, whole
from service.migrations.row_security import secure, unsecure

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "runs",
        tenant(),
        *map(text, ("id", "status")),
        json("asked"),
        text("plan", null=True),
        whole("base"),
        moment("given_at"),
        text("fingerprint"),
        json("progress", null=True),
        json("outcome", null=True),
        text("message"),
        text("proposal", null=True),
        text("request"),
        moment("created_at"),
        text("created_by"),
        moment("started_at", null=True),
        moment("ended_at", null=True),
        *map(whole, ("revision", "lease", "deaths")),
        text("worker", null=True),
        moment("leased_until", null=True),
        key("runs", "tenant", "id"),
    )
    op.create_index("ix_runs_tenant_created_at_id", "runs", ["tenant", "created_at", "id"])
    op.create_index("ix_runs_status_leased_until", "runs", ["status", "leased_until"])
    op.create_table(
        "run_problems",
        tenant(),
        text("run"),
        sa.Column("problem", sa.LargeBinary(), nullable=False),
        key("run_problems", "tenant", "run"),
        sa.ForeignKeyConstraint(
            ["tenant", "run"], ["runs.tenant", "runs.id"], name="fk_run_problems_tenant_run", ondelete="CASCADE"
        ),
    )
    secure("runs", "run_problems")


def downgrade() -> None:
    unsecure("runs", "run_problems")
    op.drop_table("run_problems")
    op.drop_table("runs")
