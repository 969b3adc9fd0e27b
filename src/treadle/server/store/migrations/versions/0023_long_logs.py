"""What a run printed beyond the log's limit is kept as content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_long_logs"
down_revision = "0022_reuse"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns, and an index for those who ask what refers to a content."""
    op.add_column("job", sa.Column("log_rest_sha384", sa.Text, sa.ForeignKey("blob.sha384")))
    op.add_column("job", sa.Column("log_rest_size", sa.BigInteger))
    op.create_index(
        "ix_job_log_rest",
        "job",
        ["log_rest_sha384"],
        postgresql_where=sa.text("log_rest_sha384 IS NOT NULL"),
    )


def downgrade() -> None:
    """Logs end at their limit."""
    op.drop_index("ix_job_log_rest", "job")
    op.drop_column("job", "log_rest_size")
    op.drop_column("job", "log_rest_sha384")
