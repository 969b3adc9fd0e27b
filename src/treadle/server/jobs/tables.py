"""Jobs with their queue, logs, engine tickets, kept outputs and provenance.

`group_id` .. `analysis_id` name the destination's ancestors **and the destination itself**, as in the catalogue.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from treadle.server.store.columns import at
from treadle.server.store.db import metadata

STATES = ("pending", "running", "complete", "failed", "cancelled")
_PENDING, _RUNNING = text("state = 'pending'"), text("state = 'running'")


def _list(name: str) -> Column[object]:
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'"))


def _object(name: str) -> Column[object]:
    return Column(name, JSONB, nullable=False, server_default=text("'{}'"))


job = Table(
    "job",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("gear_id", Text, nullable=False),
    Column("gear_info", JSONB, nullable=False),  # {id, category, name, version}
    Column("gear_name", Text, nullable=False),
    Column("label", Text),
    _list("tags"),
    _list("capabilities"),  # what an engine must offer to be given this job
    # Where the output goes.
    Column("destination_type", Text, nullable=False),
    Column("destination_id", Text, nullable=False),
    Column("group_id", Text),
    Column("project_id", Text, nullable=False),
    Column("subject_id", Text),
    Column("session_id", Text),
    Column("acquisition_id", Text),
    Column("analysis_id", Text),
    _list("project_ids"),  # of the destination and of all inputs: who reads one of them may see the job
    _list("related_container_ids"),
    # [{input, type, id, name, file_id, version, version_id, size, hash}]: pinned.
    Column("inputs", JSONB, nullable=False, server_default=text("'[]'")),
    _object("config"),  # config.json as the gear gets it, without keys
    Column("priority", SmallInteger, nullable=False, server_default="1"),  # place in states.PRIORITIES
    Column("rank", SmallInteger, nullable=False, server_default="1"),  # priority, raised by long waiting
    Column("due_at", DateTime(timezone=True)),  # not handed out before
    Column("compute_provider_id", Text),
    # Who asked.
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    Column("user_id", Text),  # whose rights the job's key has
    Column("scope", JSONB),  # what these are cut down to, when a restricted key asked
    Column("rule_id", Text),
    Column("role_id", Text),
    Column("batch_id", Text),
    Column("previous_job_id", Text),
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("retried_at", DateTime(timezone=True)),
    at("created_at"),
    at("modified_at"),
    _object("transitions"),  # state -> instant
    Column("reuse_key", Text),  # the same for identical runs
    Column("cached_from", Text),  # the run whose outputs it took
    # Who runs it.
    Column("lease", Text),
    Column("lease_until", DateTime(timezone=True)),
    Column("engine_id", Text),  # the device
    Column("native_id", Text),  # what a scheduler calls it
    # What came of it.
    Column("failure_reason", Text),
    Column("outputs", JSONB, nullable=False, server_default=text("'[]'")),  # [{name, file_id, version, ...}]
    Column("produced_metadata", JSONB),
    Column("failed_output_accepted", Boolean, nullable=False, server_default=text("false")),
    _object("profile"),
    Column("log_bytes", BigInteger, nullable=False, server_default="0"),
    Column("log_rest_sha384", Text, ForeignKey("blob.sha384")),  # what was printed beyond the log's limit
    Column("log_rest_size", BigInteger),
    CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
    Index(
        "ix_job_queue",
        "project_id",
        text("rank DESC"),
        "created_at",
        "id",
        postgresql_where=_PENDING,
    ),
    Index("ix_job_running", "project_id", postgresql_where=_RUNNING),
    Index("ix_job_project", "project_id", "id"),
    Index("ix_job_state", "state", "id"),
    Index("ix_job_session", "session_id", "id"),
    Index("ix_job_analysis", "analysis_id", postgresql_where=text("analysis_id IS NOT NULL")),
    Index(
        "ix_job_inputs",
        "inputs",
        postgresql_using="gin",
        postgresql_ops={"inputs": "jsonb_path_ops"},
    ),
    Index("ix_job_related", "related_container_ids", postgresql_using="gin"),
    Index("ix_job_origin", "origin_id", "id"),
    Index(
        "ix_job_failed",
        "origin_id",
        "modified_at",
        postgresql_where=text("state = 'failed' AND retried_at IS NULL"),
    ),
    Index("ix_job_batch", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    Index(
        "ix_job_reuse",
        "reuse_key",
        "id",
        postgresql_where=text("state = 'complete' AND cached_from IS NULL AND reuse_key IS NOT NULL"),
    ),
    Index("ix_job_log_rest", "log_rest_sha384", postgresql_where=text("log_rest_sha384 IS NOT NULL")),
    Index("ix_job_previous", "previous_job_id", postgresql_where=text("previous_job_id IS NOT NULL")),
)

# Log records in the chunks they came in: [{fd, msg}].
job_log = Table(
    "job_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("job_id", Text, ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    Column("records", JSONB, nullable=False),
    at("created_at"),
    Index("ix_job_log_job", "job_id", "id"),
)

# An engine's promise to complete a job; its result answers a repeated commit.
engine_ticket = Table(
    "engine_ticket",
    metadata,
    Column("id", Text, primary_key=True),
    Column("job_id", Text, ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    Column("result", JSONB),
    at("created_at"),
    Index("ix_engine_ticket_job", "job_id"),
)

# Outputs of failed runs, kept aside until somebody accepts them or their time is over; and what an engine has
# sent by the old form before it says how the run ended.
job_file = Table(
    "job_file",
    metadata,
    Column("job_id", Text, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("blob_sha384", Text, ForeignKey("blob.sha384"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Index("ix_job_file_blob", "blob_sha384"),
)

# Written once at the end of a job; outlives it.
provenance = Table(
    "provenance",
    metadata,
    Column("job_id", Text, primary_key=True),
    Column("record", JSONB, nullable=False),
    at("created_at"),
)

# Engines as the clients' compute providers.
compute_provider = Table(
    "compute_provider",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device_id", Text, ForeignKey("device.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _object("config"),
    at("created_at"),
    at("modified_at"),
)

# A project's part of the engines beside that of others, and its limit; projects without a row have 1 and none.
project_share = Table(
    "project_share",
    metadata,
    Column("project_id", Text, primary_key=True),
    Column("share", Float, nullable=False, server_default="1"),
    Column("max_running", Integer),
)
