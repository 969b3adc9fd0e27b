"""Rules, what changed and waits to be judged, what came of it, and by which rules a file came about."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
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


def _list(name: str) -> Column[object]:
    return Column(name, JSONB, nullable=False, server_default=text("'[]'"))


rule = Table(
    "rule",
    metadata,
    Column("id", Text, primary_key=True),
    Column(
        "project_id", Text, ForeignKey("container.id", ondelete="CASCADE")
    ),  # null: a template of the site
    Column("gear_id", Text, nullable=False),
    Column("role_id", Text),
    Column("name", Text, nullable=False),
    Column("config", JSONB, nullable=False, server_default=text("'{}'")),
    _list("fixed_inputs"),
    Column("triggering_input", Text),
    Column("priority", SmallInteger, nullable=False, server_default="1"),
    Column("auto_update", Boolean, nullable=False, server_default=text("false")),
    Column("allow_repeat", Boolean, nullable=False, server_default=text("false")),
    Column("reuse", Boolean, nullable=False, server_default=text("false")),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    _list("any"),
    _list("all"),
    _list("not"),
    Column("compute_provider_id", Text),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("modified_by", Text),
    at("created_at"),
    at("modified_at"),
    Index("ix_rule_project", "project_id", "id"),
    Index("ix_rule_active", "project_id", postgresql_where=text("NOT disabled")),
)

# Written by triggers on `file` in the transaction of every change, whoever makes it (migration 0017).
file_change = Table(
    "file_change",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("parent_id", Text, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("version_id", Text, nullable=False),
    Column("before", JSONB),  # what rules read of it; null: a new file or version
    Column("after", JSONB, nullable=False),
    Column("job_id", Text),  # the run that made the change
    Index("ix_file_change_parent", "parent_id", "id"),
)

firing = Table(
    "rule_firing",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("rule_id", Text, ForeignKey("rule.id", ondelete="CASCADE"), nullable=False),
    Column("rule_revision", Integer, nullable=False),
    Column("change_id", BigInteger),
    Column("file_id", Text),
    Column("version_id", Text),
    Column("file_name", Text),
    Column("container_id", Text),
    Column("outcome", Text, nullable=False),  # job, repeated, ambiguous, refused, paused
    Column("reason", Text),
    Column("job_id", Text),
    at("at"),
    Index("ix_rule_firing_rule", "rule_id", "id"),
    Index("ix_rule_firing_recent", "rule_id", "at", postgresql_where=text("outcome = 'job'")),
    Index("ix_rule_firing_job", "job_id"),
    Index("uq_rule_firing", "rule_id", "change_id", "version_id", unique=True),
)

# The rules whose runs made a file what it is, in order (gears.md 9, "Loops").
file_chain = Table(
    "file_chain",
    metadata,
    Column("file_id", Text, primary_key=True),
    Column("rules", ARRAY(Text), nullable=False),
)
