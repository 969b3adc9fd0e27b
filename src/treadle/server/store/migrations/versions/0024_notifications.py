"""Who granted what when, a user's failed jobs in order, and until when they have seen it; who wants e-mails."""

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
        "notification_reader",
        sa.Column("user_id", sa.Text, sa.ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("seen_until", sa.DateTime(timezone=True)),
        sa.Column("mail", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("mailed_until", sa.DateTime(timezone=True)),
        sa.Column("mail_due_at", sa.DateTime(timezone=True)),
    )
    op.execute("INSERT INTO notification_reader (user_id, seen_until) SELECT id, now() FROM app_user")
    op.create_index(
        "ix_job_failed",
        "job",
        ["origin_id", "modified_at"],
        postgresql_where=sa.text("state = 'failed' AND retried_at IS NULL"),
    )


def downgrade() -> None:
    """Nobody is told."""
    op.drop_index("ix_job_failed", "job")
    op.drop_table("notification_reader")
    for table in _GRANTS:
        op.drop_column(table, "granted_by")
        op.drop_column(table, "granted_at")
