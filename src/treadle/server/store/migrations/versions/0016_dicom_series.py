"""Which study and series the instances of a file belong to: DICOMweb asks by their UIDs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_dicom_series"
down_revision = "0016_gear_exchange"
branch_labels = None
depends_on = None

_KNOWN = """
INSERT INTO dicom_series (file_version_id, number, study_uid, series_uid)
SELECT id, 0, info #>> '{header,dicom,StudyInstanceUID}', info #>> '{header,dicom,SeriesInstanceUID}'
FROM file WHERE length(info #>> '{header,dicom,StudyInstanceUID}') BETWEEN 1 AND 64
  AND length(info #>> '{header,dicom,SeriesInstanceUID}') BETWEEN 1 AND 64
  AND EXISTS (SELECT FROM instance WHERE file_version_id = file.id)
"""


def upgrade() -> None:
    """Files indexed so far hold the series that their header names."""
    op.create_table(
        "dicom_series",
        sa.Column(
            "file_version_id", sa.Text(), sa.ForeignKey("file.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("study_uid", sa.Text(), nullable=False),
        sa.Column("series_uid", sa.Text(), nullable=False),
    )
    op.create_index("ix_dicom_series_uid", "dicom_series", ["study_uid", "series_uid"])
    op.add_column("instance", sa.Column("series", sa.Integer(), nullable=False, server_default="0"))
    op.execute(_KNOWN)


def downgrade() -> None:
    """As it was."""
    op.drop_column("instance", "series")
    op.drop_table("dicom_series")
