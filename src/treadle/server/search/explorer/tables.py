"""Saved queries; other sites to search."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from treadle.server.store.columns import at
from treadle.server.store.db import metadata

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
    at("created_at"),
    at("modified_at"),
    Index("ix_saved_query_parent", "parent_type", "parent_id", "id"),
)

# Other sites that searches can be sent to, and each user's key there, sealed with the site's key.
search_site = Table(
    "search_site",
    metadata,
    Column("id", Text, primary_key=True),
    Column("label", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("kind", Text, nullable=False),  # treadle, or flywheel: then one page of plain queries
    at("created_at"),
    at("modified_at"),
)

search_site_key = Table(
    "search_site_key",
    metadata,
    Column("site_id", Text, ForeignKey("search_site.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("account", Text, nullable=False),  # who the user is there
    Column("sealed", LargeBinary, nullable=False),
    at("created_at"),
)
