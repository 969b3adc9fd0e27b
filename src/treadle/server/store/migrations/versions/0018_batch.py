"""Batches of jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0018_batch"
down_revision = "0017_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "batch",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False, server_default="pending"),
        sa.Column("gear_id", sa.Text),
        sa.Column("origin_type", sa.Text, nullable=False),
        sa.Column("origin_id", sa.Text),
        sa.Column("project_ids", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("optional_input_policy", sa.Text),
        sa.Column("common", JSONB, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("analysis", JSONB),
        sa.Column("requests", JSONB, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
            for name in ("created_at", "modified_at")
        ),
    )
    op.create_index("ix_batch_origin", "batch", ["origin_type", "origin_id", "id"])
    op.create_index(
        "ix_batch_proposed", "batch", ["created_at"], postgresql_where=sa.text("state = 'pending'")
    )


def downgrade() -> None:
    """Batches are gone."""
    op.drop_table("batch")
