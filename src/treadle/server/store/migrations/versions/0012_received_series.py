"""What a device has brought, newest first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_received_series"
down_revision = "0011_saved_queries"
branch_labels = None
depends_on = None

_INDEX = "ix_file_device_series"


def upgrade() -> None:
    """One index."""
    op.create_index(
        _INDEX,
        "file",
        ["origin_id", "id"],
        postgresql_where=sa.text(
            "series IS NOT NULL AND is_current AND deleted_at IS NULL AND origin_type = 'device'"
        ),
    )


def downgrade() -> None:
    """Without it."""
    op.drop_index(_INDEX, "file")
