"""De-identification profiles with their versions, secrets, and what was done to each file."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_deid_profiles"
down_revision = "0008_audit_reports"
branch_labels = None
depends_on = None


def _created() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def upgrade() -> None:
    """Two tables and a column; profiles that lay unchecked in settings come out of there."""
    op.create_table(
        "deid_profile",
        sa.Column("level", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("sha256", sa.Text),
        sa.Column("locked", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("origin_type", sa.Text, nullable=False),
        sa.Column("origin_id", sa.Text),
        _created(),
    )
    op.create_table(
        "deid_secret",
        sa.Column("level", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        _created(),
    )
    op.add_column("file", sa.Column("deid", postgresql.JSONB))
    _take_over()


_WRITTEN = (
    "SELECT level, id, doc #> '{settings,deid_profile}' FROM container"
    " WHERE level IN ('group', 'project') AND jsonb_typeof(doc #> '{settings,deid_profile}') <> 'null'"
    " UNION ALL SELECT 'site', 'site', document -> 'deid_profile' FROM site_document"
    " WHERE name = 'settings' AND jsonb_typeof(document -> 'deid_profile') <> 'null'"
)


def _take_over() -> None:
    """They were never checked: one that is not valid stops uploads until somebody mends it."""
    connection = op.get_bind()
    for level, target, said in connection.execute(sa.text(_WRITTEN)).all():
        document: Any = said if isinstance(said, dict) else {}
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        connection.execute(
            sa.text(
                "INSERT INTO deid_profile (level, target, version, name, text, sha256, origin_type)"
                " VALUES (:level, :target, 1, :name, :text, :sha256, 'system')"
            ),
            {
                "level": level,
                "target": target,
                "name": str(document.get("name") or ""),
                "text": said if isinstance(said, str) else json.dumps(said, indent=2),
                "sha256": hashlib.sha256(canonical.encode()).hexdigest(),
            },
        )
    connection.execute(
        sa.text("UPDATE container SET doc = doc #- '{settings,deid_profile}' WHERE doc ? 'settings'")
    )
    connection.execute(sa.text("UPDATE site_document SET document = document - 'deid_profile'"))


def downgrade() -> None:
    """Without them."""
    op.drop_column("file", "deid")
    op.drop_table("deid_secret")
    op.drop_table("deid_profile")
