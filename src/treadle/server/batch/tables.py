"""Batches: proposed, started, cancelled. What became of a started one is read from its jobs."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from treadle.server.store.columns import at
from treadle.server.store.db import metadata

batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default="pending"),  # pending, running, cancelled
    Column("gear_id", Text),  # null: made of ready jobs
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    Column("project_ids", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("optional_input_policy", Text),
    Column("common", JSONB, nullable=False, server_default=text("'{}'")),  # what the requests share
    Column("analysis", JSONB),  # what is said of the analyses
    # Requests as for `POST /jobs/add`, with file versions; empty once the batch was started.
    Column("requests", JSONB, nullable=False, server_default=text("'[]'")),
    Column("started_at", DateTime(timezone=True)),
    at("created_at"),
    at("modified_at"),
    Index("ix_batch_origin", "origin_type", "origin_id", "id"),
    Index("ix_batch_proposed", "created_at", postgresql_where=text("state = 'pending'")),
)
