"""Identical runs are found, and a job says whose outputs it took; rules may ask for that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_reuse"
down_revision = "0019_provenance"
branch_labels = None
depends_on = None

_COPIED = (
    "gear_id, role_id, name, config, fixed_inputs, triggering_input, priority, auto_update, "
    'allow_repeat, disabled, "any", "all", "not", compute_provider_id, tags'
)


def _give_site_rules(columns: str) -> str:
    return f"""
        CREATE OR REPLACE FUNCTION give_site_rules() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO rule (id, project_id, {columns})
            SELECT
                lpad(to_hex(extract(epoch FROM now())::bigint), 8, '0') || substr(md5(NEW.id || id), 1, 16),
                NEW.id, {columns}
            FROM rule WHERE project_id IS NULL;
            RETURN NULL;
        END $$
    """


def upgrade() -> None:
    """Three columns, an index, and new projects get their rules with the column."""
    op.add_column("job", sa.Column("reuse_key", sa.Text))
    op.add_column("job", sa.Column("cached_from", sa.Text))
    op.create_index(
        "ix_job_reuse",
        "job",
        ["reuse_key", "id"],
        postgresql_where=sa.text("state = 'complete' AND cached_from IS NULL AND reuse_key IS NOT NULL"),
    )
    op.add_column("rule", sa.Column("reuse", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.execute(_give_site_rules(f"{_COPIED}, reuse"))


def downgrade() -> None:
    """Every run runs again."""
    op.execute(_give_site_rules(_COPIED))
    op.drop_column("rule", "reuse")
    op.drop_index("ix_job_reuse", "job")
    op.drop_column("job", "cached_from")
    op.drop_column("job", "reuse_key")
