"""Saved queries of the data explorer; other sites to search."""

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
    """Three tables."""
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
    op.create_table(
        "search_site",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        _at("created_at"),
        _at("modified_at"),
        sa.UniqueConstraint("label", name="uq_search_site_label"),
    )
    op.create_table(
        "search_site_key",
        sa.Column("site_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        _at("created_at"),
        sa.PrimaryKeyConstraint("site_id", "user_id", name="pk_search_site_key"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["search_site.id"], name="fk_search_site_key_site_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("search_site_key")
    op.drop_table("search_site")
    op.drop_table("saved_query")
