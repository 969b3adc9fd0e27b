"""Aliases of routing strings; incidents of devices, said once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_devices"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "routing_alias",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("device", sa.Text, nullable=False, server_default=""),
        sa.Column("typed", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, sa.ForeignKey("container.id", ondelete="CASCADE"), nullable=False),
        sa.Column("made_by", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    op.create_index("uq_routing_alias", "routing_alias", ["typed", "device"], unique=True)
    op.create_index("ix_routing_alias_project", "routing_alias", ["project_id"])
    op.create_table(
        "device_incident",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("device_id", sa.Text, sa.ForeignKey("device.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("told", postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
    )
    op.create_index(
        "uq_device_incident_open",
        "device_incident",
        ["device_id", "kind"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_device_incident_device", "device_incident", ["device_id", "opened_at"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("device_incident")
    op.drop_table("routing_alias")
