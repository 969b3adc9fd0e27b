"""Who granted what when, a user's failed jobs in order, and until when they have seen it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_notifications"
down_revision = "0023_long_logs"
branch_labels = None
depends_on = None

_GRANTS = ("project_grant", "group_access")


def upgrade() -> None:
    """What was granted before keeps no date, and what happened before is no news."""
    for table in _GRANTS:
        op.add_column(table, sa.Column("granted_at", sa.DateTime(timezone=True)))
        op.alter_column(table, "granted_at", server_default=sa.func.now())
        op.add_column(table, sa.Column("granted_by", sa.Text))
    op.create_table(
        "notifications_seen",
        sa.Column("user_id", sa.Text, sa.ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute("INSERT INTO notifications_seen SELECT id, now() FROM app_user")
    op.create_index(
        "ix_job_failed",
        "job",
        ["origin_id", "modified_at"],
        postgresql_where=sa.text("state = 'failed' AND retried_at IS NULL"),
    )


def downgrade() -> None:
    """Nobody is told."""
    op.drop_index("ix_job_failed", "job")
    op.drop_table("notifications_seen")
    for table in _GRANTS:
        op.drop_column(table, "granted_by")
        op.drop_column(table, "granted_at")
