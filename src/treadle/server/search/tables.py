"""Saved data views, their executions, tickets for their data; audit trail reports."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from treadle.server.store.columns import at
from treadle.server.store.db import metadata

data_view = Table(
    "data_view",
    metadata,
    Column("id", Text, primary_key=True),
    Column("parent_type", Text, nullable=False),  # a container level, user, or site
    Column("parent_id", Text, nullable=False),
    Column("label", Text),
    Column("description", Text),
    Column("spec", JSONB, nullable=False),  # the view in the clients' names
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    Column("revision", Integer, nullable=False, server_default="1"),
    at("created_at"),
    at("modified_at"),
    Index("ix_data_view_parent", "parent_id", "id"),
)

data_view_execution = Table(
    "data_view_execution",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("container_id", Text, nullable=False),
    Column("container_level", Text, nullable=False),
    Column("project_id", Text),
    Column("view_id", Text),
    Column("view_label", Text),
    Column("spec", JSONB, nullable=False),
    Column("query", JSONB, nullable=False),  # filter, sort, skip, limit of the call
    Column("state", Text, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    # Rows as JSON lines; the layout says what their places hold.
    Column("blob_sha384", Text, ForeignKey("blob.sha384")),
    Column("size", BigInteger),
    Column("layout", JSONB),
    # The projects that rows came from: all of them must still be allowed when the data are read.
    Column("project_ids", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("revision", Integer, nullable=False, server_default="1"),
    at("created_at"),
    at("modified_at"),
    Column("started_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_data_view_execution_user", "user_id", "id"),
    Index(
        "ix_data_view_execution_waiting",
        "created_at",
        postgresql_where=text("state IN ('queued', 'processing')"),
    ),
    Index("ix_data_view_execution_expiry", "expires_at"),
    Index("ix_data_view_execution_blob", "blob_sha384"),
)

data_view_ticket = Table(
    "data_view_ticket",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("path", Text, nullable=False),  # the address it is good for
    Column("request", JSONB, nullable=False),  # its query and, for unsaved views, the view
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_data_view_ticket_expiry", "expires_at"),
)

# What changed in a project until `created_at`: the lines are read from the change log when the report is.
audit_report = Table(
    "audit_report",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, nullable=False),
    Column(
        "subject_ids", ARRAY(Text), nullable=False, server_default=text("'{}'")
    ),  # none: the whole project
    Column("label", Text, nullable=False),
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    Column("revision", Integer, nullable=False, server_default="1"),
    at("created_at"),
    Index("ix_audit_report_project", "project_id", "id"),
)
