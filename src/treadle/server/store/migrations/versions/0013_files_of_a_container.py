"""All files below a session or a subject, replaced and deleted ones too: a move writes their ancestors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_files_of_a_container"
down_revision = "0012_received_series"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index of a session's files holds every version; subjects get one."""
    op.drop_index("ix_file_session", "file")
    op.create_index("ix_file_session", "file", ["session_id"])
    op.create_index("ix_file_subject", "file", ["subject_id"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_file_subject", "file")
    op.drop_index("ix_file_session", "file")
    op.create_index(
        "ix_file_session",
        "file",
        ["session_id"],
        postgresql_where=sa.text("is_current AND deleted_at IS NULL"),
    )
