"""Saved queries of the data explorer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_saved_queries"
down_revision = "0010_search_index"
branch_labels = None
depends_on = None


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def upgrade() -> None:
    """One table."""
    op.create_table(
        "saved_query",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("parent_type", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("search", postgresql.JSONB, nullable=False),
        sa.Column("origin_type", sa.Text, nullable=False),
        sa.Column("origin_id", sa.Text),
        _at("created_at"),
        _at("modified_at"),
    )
    op.create_index("ix_saved_query_parent", "saved_query", ["parent_type", "parent_id", "id"])


def downgrade() -> None:
    """Without it."""
    op.drop_table("saved_query")
