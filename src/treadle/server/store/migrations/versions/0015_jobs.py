"""Jobs: queue, logs, engine tickets, kept outputs, provenance, compute providers; gears behind files."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0015_jobs"
down_revision = "0014_gears"
branch_labels = None
depends_on = None


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _list(name: str) -> sa.Column[object]:
    return sa.Column(name, ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'"))


def _object(name: str, empty: str = "{}") -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text(f"'{empty}'"))


def _number(name: str, kind: type[sa.Integer], default: int) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False, server_default=str(default))


def _job_column() -> sa.Column[object]:
    return sa.Column("job_id", sa.Text, nullable=False)


def _of_job(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=f"fk_{table}_job_id", ondelete="CASCADE")


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text) for name in names]


def _times(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def upgrade() -> None:
    """The tables of the jobs, and two columns elsewhere."""
    _job()
    op.create_table(
        "job_log",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _job_column(),
        sa.Column("records", JSONB, nullable=False),
        _at("created_at"),
        _of_job("job_log"),
    )
    op.create_index("ix_job_log_job", "job_log", ["job_id", "id"])
    op.create_table(
        "engine_ticket",
        sa.Column("id", sa.Text, primary_key=True),
        _job_column(),
        sa.Column("result", JSONB),
        _at("created_at"),
        _of_job("engine_ticket"),
    )
    op.create_index("ix_engine_ticket_job", "engine_ticket", ["job_id"])
    op.create_table(
        "job_file",
        _job_column(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("blob_sha384", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        *_times("expires_at"),
        sa.PrimaryKeyConstraint("job_id", "name", name="pk_job_file"),
        _of_job("job_file"),
        sa.ForeignKeyConstraint(["blob_sha384"], ["blob.sha384"], name="fk_job_file_blob_sha384"),
    )
    op.create_index("ix_job_file_blob", "job_file", ["blob_sha384"])
    op.create_table(
        "provenance",
        sa.Column("job_id", sa.Text, primary_key=True),
        sa.Column("record", JSONB, nullable=False),
        _at("created_at"),
    )
    op.create_table(
        "compute_provider",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        _object("config"),
        _at("created_at"),
        _at("modified_at"),
        sa.UniqueConstraint("device_id", name="uq_compute_provider_device_id"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_compute_provider_device_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "project_share",
        sa.Column("project_id", sa.Text, primary_key=True),
        sa.Column("share", sa.Float, nullable=False, server_default="1"),
        sa.Column("max_running", sa.Integer),
    )
    op.add_column("api_key", sa.Column("job_project_id", sa.Text))
    op.add_column("file", sa.Column("gear_info", JSONB))


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False, server_default="pending"),
        sa.Column("gear_id", sa.Text, nullable=False),
        sa.Column("gear_info", JSONB, nullable=False),
        sa.Column("gear_name", sa.Text, nullable=False),
        *_texts("label"),
        _list("tags"),
        _list("capabilities"),
        sa.Column("destination_type", sa.Text, nullable=False),
        sa.Column("destination_id", sa.Text, nullable=False),
        *_texts("group_id"),
        sa.Column("project_id", sa.Text, nullable=False),
        *_texts("subject_id", "session_id", "acquisition_id", "analysis_id"),
        _list("project_ids"),
        _list("related_container_ids"),
        _object("inputs", "[]"),
        _object("config"),
        _number("priority", sa.SmallInteger, 1),
        _number("rank", sa.SmallInteger, 1),
        *_times("due_at"),
        *_texts("compute_provider_id"),
        sa.Column("origin_type", sa.Text, nullable=False),
        *_texts("origin_id", "user_id"),
        sa.Column("scope", JSONB),
        *_texts("rule_id", "role_id", "batch_id", "previous_job_id"),
        _number("attempt", sa.Integer, 1),
        *_times("retried_at"),
        _at("created_at"),
        _at("modified_at"),
        _object("transitions"),
        *_texts("lease"),
        *_times("lease_until"),
        *_texts("engine_id", "native_id", "failure_reason"),
        _object("outputs", "[]"),
        sa.Column("produced_metadata", JSONB),
        sa.Column("failed_output_accepted", sa.Boolean, nullable=False, server_default=sa.text("false")),
        _object("profile"),
        _number("log_bytes", sa.BigInteger, 0),
        sa.CheckConstraint(
            "state IN ('pending', 'running', 'complete', 'failed', 'cancelled')", name="ck_job_state"
        ),
    )
    queue: list[Any] = ["project_id", sa.text("rank DESC"), "created_at", "id"]
    op.create_index("ix_job_queue", "job", queue, postgresql_where=sa.text("state = 'pending'"))
    op.create_index("ix_job_running", "job", ["project_id"], postgresql_where=sa.text("state = 'running'"))
    for name, columns in (
        ("project", ["project_id", "id"]),
        ("state", ["state", "id"]),
        ("session", ["session_id", "id"]),
        ("origin", ["origin_id", "id"]),
    ):
        op.create_index(f"ix_job_{name}", "job", columns)
    op.create_index("ix_job_related", "job", ["related_container_ids"], postgresql_using="gin")
    for name, column in (
        ("analysis", "analysis_id"),
        ("batch", "batch_id"),
        ("previous", "previous_job_id"),
    ):
        op.create_index(f"ix_job_{name}", "job", [column], postgresql_where=sa.text(f"{column} IS NOT NULL"))


def downgrade() -> None:
    """As it was."""
    op.drop_column("file", "gear_info")
    op.drop_column("api_key", "job_project_id")
    for name in (
        "project_share",
        "compute_provider",
        "provenance",
        "job_file",
        "engine_ticket",
        "job_log",
        "job",
    ):
        op.drop_table(name)
