"""Saved queries."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

from treadle.server.store.db import metadata


def _at(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


saved_query = Table(
    "saved_query",
    metadata,
    Column("id", Text, primary_key=True),
    Column("parent_type", Text, nullable=False),  # user, group, project or site
    Column("parent_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("description", Text),
    Column("search", JSONB, nullable=False),  # the SearchQuery in the clients' names
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    _at("created_at"),
    _at("modified_at"),
    Index("ix_saved_query_parent", "parent_type", "parent_id", "id"),
)
