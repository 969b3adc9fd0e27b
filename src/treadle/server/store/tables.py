"""Blobs (content by hash), the outbox of facts, and documents of the site itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

from treadle.server.store.db import metadata

blob = Table(
    "blob",
    metadata,
    Column("sha384", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # Set when nothing refers to the content any more; cleared when the same content arrives again.
    Column("condemned_at", DateTime(timezone=True)),
    Index("ix_blob_condemned", "condemned_at", postgresql_where=text("condemned_at IS NOT NULL")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("handled_at", DateTime(timezone=True)),
    Column("failures", BigInteger, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_outbox_waiting", "id", postgresql_where=text("handled_at IS NULL")),
)

# What administrators set while the site runs, beside the settings file: one document per name.
site_document = Table(
    "site_document",
    metadata,
    Column("name", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("modified_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
