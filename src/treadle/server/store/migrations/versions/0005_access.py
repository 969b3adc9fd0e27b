"""API keys may be restricted to projects and actions, and may belong to a job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, kind in (
        ("scope_projects", postgresql.ARRAY(sa.Text())),
        ("scope_actions", postgresql.ARRAY(sa.Text())),
        ("job_id", sa.Text()),
        ("rule_id", sa.Text()),
        ("role_id", sa.Text()),
    ):
        op.add_column("api_key", sa.Column(name, kind, nullable=True))
    op.create_foreign_key(
        op.f("fk_api_key_role_id"), "api_key", "role", ["role_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index("ix_api_key_job", "api_key", ["job_id"], postgresql_where=sa.text("job_id IS NOT NULL"))
