"""Uploads that take more than one request (tickets, the connector's series), and aliases of routing strings."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

from treadle.server.store.db import metadata

upload = Table(
    "upload",
    metadata,
    Column("id", Text, primary_key=True),  # the ticket: unguessable
    Column("kind", Text, nullable=False),  # files, placed, series
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    # What was asked for: target container and metadata, or key, fields and routing of a series.
    Column("request", JSONB, nullable=False),
    # Series only: study, series, bucket and digest, so that a repeated call finds the same upload.
    Column("series_key", Text),
    Column("size", BigInteger),
    Column("sha256", Text),
    Column("result", JSONB),  # the answer of a finished upload, for repeated calls
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index(
        "uq_upload_series",
        "series_key",
        unique=True,
        postgresql_where=text("series_key IS NOT NULL AND result IS NULL"),
    ),
    Index("ix_upload_expiry", "expires_at"),
)

# The files of a ticket; the reference keeps arrived contents from being collected.
upload_part = Table(
    "upload_part",
    metadata,
    Column("upload_id", Text, ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("blob_sha384", Text, ForeignKey("blob.sha384")),
    Index("ix_upload_part_blob", "blob_sha384"),
)

# What operators keep mistyping, and the project they mean (connector.md 5).
routing_alias = Table(
    "routing_alias",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device", Text, nullable=False, server_default=""),  # of one scanner only; empty: of all
    Column("typed", Text, nullable=False),  # "group/project" in lower case
    Column("project_id", Text, ForeignKey("container.id", ondelete="CASCADE"), nullable=False),
    Column("made_by", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("uq_routing_alias", "typed", "device", unique=True),
    Index("ix_routing_alias_project", "project_id"),
)
