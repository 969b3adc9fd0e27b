"""Saved data views, their executions and tickets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "data_view",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("parent_type", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("spec", postgresql.JSONB(), nullable=False),
        sa.Column("origin_type", sa.Text(), nullable=False),
        sa.Column("origin_id", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        _at("created_at"),
        _at("modified_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_view")),
    )
    op.create_index("ix_data_view_parent", "data_view", ["parent_id", "id"])
    op.create_table(
        "data_view_execution",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("container_id", sa.Text(), nullable=False),
        sa.Column("container_level", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("view_id", sa.Text(), nullable=True),
        sa.Column("view_label", sa.Text(), nullable=True),
        sa.Column("spec", postgresql.JSONB(), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("blob_sha384", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("layout", postgresql.JSONB(), nullable=True),
        sa.Column("project_ids", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        _at("created_at"),
        _at("modified_at"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["blob_sha384"], ["blob.sha384"], name=op.f("fk_data_view_execution_blob_sha384")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_view_execution")),
    )
    op.create_index("ix_data_view_execution_user", "data_view_execution", ["user_id", "id"])
    op.create_index(
        "ix_data_view_execution_waiting",
        "data_view_execution",
        ["created_at"],
        postgresql_where=sa.text("state IN ('queued', 'processing')"),
    )
    op.create_index("ix_data_view_execution_expiry", "data_view_execution", ["expires_at"])
    op.create_index("ix_data_view_execution_blob", "data_view_execution", ["blob_sha384"])
    op.create_table(
        "data_view_ticket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("request", postgresql.JSONB(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_view_ticket")),
    )
    op.create_index("ix_data_view_ticket_expiry", "data_view_ticket", ["expires_at"])
