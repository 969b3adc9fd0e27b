"""Catalogues of gears that could be installed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0016_gear_exchange"
down_revision = "0015_search_dates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "exchange_source",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("address", sa.Text),
        sa.Column("commit", sa.Text),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    source = sa.ForeignKey("exchange_source.name", ondelete="CASCADE")
    op.create_table(
        "exchange_gear",
        sa.Column("source", sa.Text, source, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("version_key", sa.Text(collation="C"), nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("suite", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("importable", sa.Boolean, nullable=False),
        sa.Column("findings", ARRAY(sa.Text), nullable=False),
    )
    op.create_index("ix_exchange_gear_name", "exchange_gear", ["name", "version_key"])


def downgrade() -> None:
    """No catalogues."""
    op.drop_table("exchange_gear")
    op.drop_table("exchange_source")
