"""Gear rules, and triggers that note every change of a file for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0017_rules"
down_revision = "0016_annotations"
branch_labels = None
depends_on = None

_READ = ("name", "type", "modality", "classification", "tags", "gear_info")
_OLD = ", ".join(f"'{name}', to_jsonb(OLD.{name})" for name in _READ)
_CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _READ)
_SEEN = "NEW.is_current AND NEW.deleted_at IS NULL AND NEW.project_id IS NOT NULL"


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _list(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'"))


def upgrade() -> None:
    """Four tables, one function, two triggers."""
    op.create_table(
        "rule",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("container.id", ondelete="CASCADE")),
        sa.Column("gear_id", sa.Text, nullable=False),
        sa.Column("role_id", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("config", JSONB, nullable=False, server_default=sa.text("'{}'")),
        _list("fixed_inputs"),
        sa.Column("triggering_input", sa.Text),
        sa.Column("priority", sa.SmallInteger, nullable=False, server_default="1"),
        sa.Column("auto_update", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("allow_repeat", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        _list("any"),
        _list("all"),
        _list("not"),
        sa.Column("compute_provider_id", sa.Text),
        sa.Column("tags", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("modified_by", sa.Text),
        _at("created_at"),
        _at("modified_at"),
    )
    op.create_index("ix_rule_project", "rule", ["project_id", "id"])
    op.create_index("ix_rule_active", "rule", ["project_id"], postgresql_where=sa.text("NOT disabled"))
    op.create_table(
        "file_change",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("parent_id", sa.Text, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("before", JSONB),
        sa.Column("job_id", sa.Text),
    )
    op.create_index("ix_file_change_parent", "file_change", ["parent_id", "id"])
    op.create_table(
        "rule_firing",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("rule_id", sa.Text, sa.ForeignKey("rule.id", ondelete="CASCADE"), nullable=False),
        sa.Column("rule_revision", sa.Integer, nullable=False),
        sa.Column("change_id", sa.BigInteger),
        sa.Column("file_id", sa.Text),
        sa.Column("version_id", sa.Text),
        sa.Column("file_name", sa.Text),
        sa.Column("container_id", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("job_id", sa.Text),
        _at("at"),
    )
    op.create_index("ix_rule_firing_rule", "rule_firing", ["rule_id", "id"])
    op.create_index(
        "ix_rule_firing_recent", "rule_firing", ["rule_id", "at"], postgresql_where=sa.text("outcome = 'job'")
    )
    op.create_index("ix_rule_firing_job", "rule_firing", ["job_id"])
    op.create_index("uq_rule_firing", "rule_firing", ["rule_id", "change_id", "version_id"], unique=True)
    op.create_table(
        "file_chain",
        sa.Column("file_id", sa.Text, primary_key=True),
        sa.Column("rules", ARRAY(sa.Text), nullable=False),
    )
    op.execute(f"""
        CREATE FUNCTION note_file_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM rule WHERE project_id = NEW.project_id AND NOT disabled) THEN
                INSERT INTO file_change (parent_id, file_id, before, job_id)
                VALUES (
                    NEW.parent_id,
                    NEW.file_id,
                    CASE TG_OP WHEN 'UPDATE' THEN jsonb_build_object({_OLD}) END,
                    nullif(current_setting('treadle.job', true), '')
                );
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute(f"""
        CREATE TRIGGER file_appears AFTER INSERT ON file
        FOR EACH ROW WHEN ({_SEEN}) EXECUTE FUNCTION note_file_change()
    """)
    op.execute(f"""
        CREATE TRIGGER file_changes AFTER UPDATE OF {", ".join(_READ)} ON file
        FOR EACH ROW WHEN ({_SEEN} AND ({_CHANGED})) EXECUTE FUNCTION note_file_change()
    """)
    # Every new project begins with the site's rules, in the transaction that makes it: its first series meets them.
    # What nobody could route (unknown, Unsorted) waits for a person, not for gears.
    op.execute("""
        CREATE FUNCTION give_site_rules() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO rule (
                id, project_id, gear_id, role_id, name, config, fixed_inputs, triggering_input, priority, auto_update,
                allow_repeat, disabled, "any", "all", "not", compute_provider_id, tags
            )
            SELECT
                lpad(to_hex(extract(epoch FROM now())::bigint), 8, '0') || substr(md5(NEW.id || id), 1, 16),
                NEW.id, gear_id, role_id, name, config, fixed_inputs, triggering_input, priority, auto_update,
                allow_repeat, disabled, "any", "all", "not", compute_provider_id, tags
            FROM rule WHERE project_id IS NULL;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER project_appears AFTER INSERT ON container
        FOR EACH ROW WHEN (NEW.level = 'project' AND NEW.group_id <> 'unknown' AND NEW.label <> 'Unsorted')
        EXECUTE FUNCTION give_site_rules()
    """)


def downgrade() -> None:
    """Rules are gone."""
    op.execute("DROP TRIGGER project_appears ON container")
    op.execute("DROP FUNCTION give_site_rules")
    op.execute("DROP TRIGGER file_changes ON file")
    op.execute("DROP TRIGGER file_appears ON file")
    op.execute("DROP FUNCTION note_file_change")
    for table in ("file_chain", "rule_firing", "file_change", "rule"):
        op.drop_table(table)
