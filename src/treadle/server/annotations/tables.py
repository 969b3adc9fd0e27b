"""Measurement sets and their versions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from treadle.server.store.db import metadata

annotation = Table(
    "annotation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("file_version_id", Text, ForeignKey("file.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("task_id", Text),
    Column(
        "version", Integer, nullable=False, server_default="0"
    ),  # the newest saved one; 0: only a draft yet
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("modified_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("deleted_at", DateTime(timezone=True)),
    Column("deleted_by", Text),
    Column("delete_reason", Text),
    Index("ix_annotation_file", "file_version_id", "id"),
    Index("ix_annotation_author", "author_id", "id"),
    Index("ix_annotation_task", "task_id", postgresql_where=text("task_id IS NOT NULL")),
)

# Saved versions never change; the draft is the row one above the newest saved version.
annotation_version = Table(
    "annotation_version",
    metadata,
    Column("annotation_id", Text, ForeignKey("annotation.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("is_draft", Boolean, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("restored_from", Integer),
    Column("blob_sha384", Text, ForeignKey("blob.sha384")),  # a mask or another companion
    Column("blob_name", Text),
    Column("blob_size", BigInteger),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_annotation_version_blob", "blob_sha384", postgresql_where=text("blob_sha384 IS NOT NULL")),
)
