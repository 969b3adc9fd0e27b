"""What a device has brought, newest first; zips whose members nobody has counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_received_series"
down_revision = "0011_saved_queries"
branch_labels = None
depends_on = None

_DEVICE, _UNCOUNTED = "ix_file_device_series", "ix_file_uncounted"


def upgrade() -> None:
    """Two indexes."""
    op.create_index(
        _UNCOUNTED,
        "file",
        ["id"],
        postgresql_where=sa.text(
            "zip_member_count IS NULL AND is_current AND deleted_at IS NULL AND name ILIKE '%.zip'"
        ),
    )
    op.create_index(
        _DEVICE,
        "file",
        ["origin_id", "id"],
        postgresql_where=sa.text(
            "series IS NOT NULL AND is_current AND deleted_at IS NULL AND origin_type = 'device'"
        ),
    )


def downgrade() -> None:
    """Without them."""
    op.drop_index(_DEVICE, "file")
    op.drop_index(_UNCOUNTED, "file")
