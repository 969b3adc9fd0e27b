"""Jobs are found by the versions of files that they read."""

from __future__ import annotations

from alembic import op

revision = "0019_provenance"
down_revision = "0018_batch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index."""
    op.create_index(
        "ix_job_inputs",
        "job",
        ["inputs"],
        postgresql_using="gin",
        postgresql_ops={"inputs": "jsonb_path_ops"},
    )


def downgrade() -> None:
    """Away with it."""
    op.drop_index("ix_job_inputs", "job")
