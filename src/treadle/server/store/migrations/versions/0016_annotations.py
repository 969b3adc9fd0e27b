"""Measurement sets on files, their versions, and their regions for search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016_annotations"
down_revision = "0016_dicom_series"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables; the regions are derived from the newest saved versions."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "annotation",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("file_version_id", sa.Text(), sa.ForeignKey("file.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_at", at, nullable=False, server_default=sa.func.now()),
        sa.Column("modified_at", at, nullable=False, server_default=sa.func.now()),
        sa.Column("deleted_at", at),
        sa.Column("deleted_by", sa.Text()),
        sa.Column("delete_reason", sa.Text()),
    )
    op.create_index("ix_annotation_file", "annotation", ["file_version_id", "id"])
    op.create_index("ix_annotation_author", "annotation", ["author_id", "id"])
    op.create_index(
        "ix_annotation_task", "annotation", ["task_id"], postgresql_where=sa.text("task_id IS NOT NULL")
    )
    op.create_table(
        "annotation_version",
        sa.Column(
            "annotation_id", sa.Text(), sa.ForeignKey("annotation.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("restored_from", sa.Integer()),
        sa.Column("blob_sha384", sa.Text(), sa.ForeignKey("blob.sha384")),
        sa.Column("blob_name", sa.Text()),
        sa.Column("blob_size", sa.BigInteger()),
        sa.Column("created_at", at, nullable=False, server_default=sa.func.now()),
    )
    op.create_index(
        "ix_annotation_version_blob",
        "annotation_version",
        ["blob_sha384"],
        postgresql_where=sa.text("blob_sha384 IS NOT NULL"),
    )
    op.create_table(
        "search_roi",
        sa.Column(
            "annotation_id", sa.Text(), sa.ForeignKey("annotation.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("file_version_id", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("element", JSONB(), nullable=False),
    )
    op.create_index("ix_search_roi_file", "search_roi", ["file_version_id"])
    op.create_index("ix_search_roi_label", "search_roi", [sa.text("(element->>'label')")])


def downgrade() -> None:
    """Without measurement sets."""
    for table in ("search_roi", "annotation_version", "annotation"):
        op.drop_table(table)
