"""Tickets: what may be fetched without credentials, for a while."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

from treadle.server.store.db import metadata

download_ticket = Table(
    "download_ticket",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # file, archive
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    # file: file id, version, member; archive: the selection, checked again when it is fetched.
    Column("request", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_download_ticket_expiry", "expires_at"),
)
