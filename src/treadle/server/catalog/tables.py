"""Containers of all levels, their files with versions, notes, memberships and the trash.

`group_id` .. `acquisition_id` name the ancestors **and the row itself** at its own level: "all below
session X" is `session_id = X`, and a permission filter is one condition on `project_id`.
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
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from treadle.server.store.columns import at
from treadle.server.store.db import metadata

LEVELS = ("group", "project", "subject", "session", "acquisition", "analysis", "collection")
_LIVE = text("deleted_at IS NULL")


def _ancestors() -> list[Column[object]]:
    return [
        Column(f"{level}_id", Text) for level in ("group", "project", "subject", "session", "acquisition")
    ]


container = Table(
    "container",
    metadata,
    Column("id", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("parent_id", Text),
    Column("parent_level", Text),
    *_ancestors(),
    Column("uid", Text),
    Column("timestamp", DateTime(timezone=True)),
    Column("timezone", Text),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("info", JSONB, nullable=False, server_default=text("'{}'")),
    # Fields that only this level has, by their wire names (catalog/levels.py).
    Column("doc", JSONB, nullable=False, server_default=text("'{}'")),
    # Where and why the connector put it; null for everything people made.
    Column("placement", JSONB),
    Column("revision", Integer, nullable=False, server_default="1"),
    at("created_at"),
    at("modified_at"),
    Column("deleted_at", DateTime(timezone=True)),
    Column("deletion_id", Text),
    CheckConstraint(f"level IN ({', '.join(repr(level) for level in LEVELS)})", name="level"),
    Index("ix_container_level", "level", "id", postgresql_where=_LIVE),
    Index("ix_container_parent", "parent_id", "level", "id", postgresql_where=_LIVE),
    Index("ix_container_project", "project_id", "level", "id", postgresql_where=_LIVE),
    Index("ix_container_project_label", "project_id", "level", "label", "id", postgresql_where=_LIVE),
    Index("ix_container_project_time", "project_id", "level", "timestamp", "id", postgresql_where=_LIVE),
    Index("ix_container_group", "group_id", "level", "id", postgresql_where=_LIVE),
    Index("ix_container_subject", "subject_id", "level", "id", postgresql_where=_LIVE),
    Index("ix_container_session", "session_id", "level", "id", postgresql_where=_LIVE),
    Index(
        "ix_container_uid", "uid", "level", postgresql_where=text("uid IS NOT NULL AND deleted_at IS NULL")
    ),
    Index("ix_container_parked", "id", postgresql_where=text("placement IS NOT NULL AND deleted_at IS NULL")),
    Index("ix_container_deletion", "deletion_id", postgresql_where=text("deletion_id IS NOT NULL")),
    Index(
        "uq_container_project_label",
        "group_id",
        "label",
        unique=True,
        postgresql_where=text("level = 'project' AND deleted_at IS NULL"),
    ),
    Index(
        "uq_container_subject_label",
        "project_id",
        "label",
        unique=True,
        postgresql_where=text("level = 'subject' AND deleted_at IS NULL"),
    ),
)

file = Table(
    "file",
    metadata,
    Column("id", Text, primary_key=True),  # of this version
    Column("file_id", Text, nullable=False),  # of the file over all versions
    Column("version", Integer, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_id", Text, nullable=False),
    Column("parent_level", Text, nullable=False),
    *_ancestors(),
    Column("analysis_id", Text),
    Column("blob_sha384", Text, ForeignKey("blob.sha384"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("type", Text),
    Column("mimetype", Text),
    Column("modality", Text),
    Column("classification", JSONB, nullable=False, server_default=text("'{}'")),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("info", JSONB, nullable=False, server_default=text("'{}'")),
    Column("zip_member_count", Integer),
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    # What the connector knows this file by: {study, series, bucket, digest}.
    Column("series", JSONB),
    Column("deid_log_id", Text),
    Column("deid_log_skip_reason", Text),
    Column(
        "gear_info", JSONB(none_as_null=True)
    ),  # of the gear whose run made it: {id, category, name, version}
    Column("deid", JSONB),  # by which profile and engine it was de-identified
    Column("restored_from", Integer),
    Column("restored_by", Text),
    # Of a copy: {copy_of, original_copy_of} as the wire shows them.
    Column("copied_from", JSONB),
    Column("revision", Integer, nullable=False, server_default="1"),
    at("created_at"),  # of the first version
    at("modified_at"),
    Column("replaced_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Column("deletion_id", Text),
    Index("uq_file_version", "file_id", "version", unique=True),
    Index(
        "uq_file_name",
        "parent_id",
        "name",
        unique=True,
        postgresql_where=text("is_current AND deleted_at IS NULL"),
    ),
    Index("ix_file_project", "project_id", "id", postgresql_where=text("is_current AND deleted_at IS NULL")),
    Index("ix_file_subject", "subject_id"),
    Index("ix_file_session", "session_id"),
    Index("ix_file_acquisition", "acquisition_id"),
    Index("ix_file_blob", "blob_sha384"),
    Index("ix_file_deletion", "deletion_id", postgresql_where=text("deletion_id IS NOT NULL")),
    Index(
        "ix_file_series",
        text("(series->>'series')"),
        postgresql_where=text("series IS NOT NULL AND is_current AND deleted_at IS NULL"),
    ),
    Index(
        "ix_file_uncounted",
        "id",
        postgresql_where=text(
            "zip_member_count IS NULL AND is_current AND deleted_at IS NULL AND name ILIKE '%.zip'"
        ),
    ),
    Index(
        "ix_file_device_series",
        "origin_id",
        "id",
        postgresql_where=text(
            "series IS NOT NULL AND is_current AND deleted_at IS NULL AND origin_type = 'device'"
        ),
    ),
)

# One row per DICOM instance of a file version: serves a frame without unpacking the series.
instance = Table(
    "instance",
    metadata,
    Column("file_version_id", Text, ForeignKey("file.id", ondelete="CASCADE"), primary_key=True),
    Column("sop_uid", Text, primary_key=True),
    Column("sop_class_uid", Text),
    Column("transfer_syntax", Text),
    Column("number", Integer),
    Column("position", ARRAY(Float)),
    Column("orientation", ARRAY(Float)),
    Column("frames", Integer, nullable=False, server_default="1"),
    Column("rows", Integer),
    Column("columns", Integer),
    Column("member", Text),  # null: the file itself is the instance
    Column("offset", BigInteger, nullable=False, server_default="0"),
    Column("compressed_size", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("method", Integer, nullable=False, server_default="0"),  # zip: 0 stored, 8 deflated
    Column("series", Integer, nullable=False, server_default="0"),  # `number` in dicom_series
    Index("ix_instance_sop_uid", "sop_uid"),
)

# The DICOM series that the instances of a file version belong to; nearly always one.
dicom_series = Table(
    "dicom_series",
    metadata,
    Column("file_version_id", Text, ForeignKey("file.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("study_uid", Text, nullable=False),
    Column("series_uid", Text, nullable=False),
    Index("ix_dicom_series_uid", "study_uid", "series_uid"),
)

analysis_input = Table(
    "analysis_input",
    metadata,
    Column("analysis_id", Text, ForeignKey("container.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("file_version_id", Text, ForeignKey("file.id", ondelete="CASCADE"), nullable=False),
    Index("ix_analysis_input_file", "file_version_id"),
)

note = Table(
    "note",
    metadata,
    Column("id", Text, primary_key=True),
    Column("container_id", Text, ForeignKey("container.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("user_id", Text),
    at("created_at"),
    at("modified_at"),
    Index("ix_note_container", "container_id"),
)

collection_member = Table(
    "collection_member",
    metadata,
    Column("collection_id", Text, ForeignKey("container.id", ondelete="CASCADE"), primary_key=True),
    Column("acquisition_id", Text, ForeignKey("container.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_collection_member_acquisition", "acquisition_id"),
)

collection_access = Table(
    "collection_access",
    metadata,
    Column("collection_id", Text, ForeignKey("container.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("access", Text, nullable=False),
)

# The trash: everything one delete call took away comes back together.
deletion = Table(
    "deletion",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # a level, or file
    Column("target_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("project_id", Text),
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    Column("reason", Text),
    Column("containers", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    at("deleted_at"),
    Index("ix_deletion_project", "project_id", "deleted_at"),
)

# What a site changed of the modalities that come with the program, and its own ones.
modality = Table(
    "modality",
    metadata,
    Column("id", Text, primary_key=True),
    Column("classification", JSONB, nullable=False, server_default=text("'{}'")),
    Column("description", Text),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("is_deleted", Boolean, nullable=False, server_default=text("false")),
)

# Who changed what, with the new values.
change_log = Table(
    "change_log",
    metadata,
    Column("id", Text, primary_key=True),
    Column("target_type", Text, nullable=False),  # a level, or file
    Column("target_id", Text, nullable=False),  # of a file: its file id
    Column("version", Integer),
    Column("method", Text, nullable=False),
    Column("patch", JSONB, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("reason", Text),
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    at("created_at"),
    Index("ix_change_log_target", "target_id", "id"),
)
