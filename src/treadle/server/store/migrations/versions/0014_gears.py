"""Gears, their series, and tickets of gears on their way in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0014_gears"
down_revision = "0013_files_of_a_container"
branch_labels = None
depends_on = None

_NONE = sa.text("'{}'")


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _content() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("rootfs_sha384", sa.Text, sa.ForeignKey("blob.sha384")),
        sa.Column("rootfs_size", sa.BigInteger),
    )


def upgrade() -> None:
    """Three tables."""
    op.create_table(
        "gear_series",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("is_restricted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("user_ids", ARRAY(sa.Text), nullable=False, server_default=_NONE),
        sa.Column("project_ids", ARRAY(sa.Text), nullable=False, server_default=_NONE),
        _at("created_at"),
        _at("modified_at"),
        sa.UniqueConstraint("name", name="uq_gear_series_name"),
    )
    op.create_table(
        "gear",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, sa.ForeignKey("gear_series.name"), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("version_key", sa.Text(collation="C"), nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("manifest", sa.JSON, nullable=False),
        sa.Column("exchange", JSONB, nullable=False),
        sa.Column("invalid", sa.Boolean, nullable=False),
        sa.Column("warnings", ARRAY(sa.Text), nullable=False, server_default=_NONE),
        *_content(),
        sa.Column("origin_type", sa.Text, nullable=False),
        sa.Column("origin_id", sa.Text),
        _at("created_at"),
        _at("modified_at"),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("name", "version", name="uq_gear_version"),
    )
    op.create_index("ix_gear_rootfs", "gear", ["rootfs_sha384"])
    op.create_table(
        "gear_ticket",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("manifest", sa.JSON, nullable=False),
        sa.Column("exchange", JSONB, nullable=False),
        *_content(),
        _at("created_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_gear_ticket_user", "gear_ticket", ["user_id", "id"])
    op.create_index("ix_gear_ticket_expiry", "gear_ticket", ["expires_at"])
    op.create_index("ix_gear_ticket_rootfs", "gear_ticket", ["rootfs_sha384"])


def downgrade() -> None:
    """Gears are gone."""
    op.drop_table("gear_ticket")
    op.drop_table("gear")
    op.drop_table("gear_series")
