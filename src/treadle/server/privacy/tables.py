"""Versions of de-identification profiles, and the sealed secrets that identifiers are mapped with."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, Table, Text, func

from treadle.server.store.db import metadata


def _created() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


# Rows are added and never changed. A place has the profile of its newest row; a row without a text takes it away.
deid_profile = Table(
    "deid_profile",
    metadata,
    Column("level", Text, primary_key=True),  # site, group, project
    Column("target", Text, primary_key=True),  # id of the group or project; `site`
    Column("version", Integer, primary_key=True),
    Column("name", Text),
    Column("text", Text),  # as it was written, with its comments
    Column("sha256", Text),  # of the canonical JSON
    Column("locked", Boolean, nullable=False, server_default="false"),
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    _created(),
)

# `label`: reserved for the project of this label (`group/label`) that does not exist yet.
deid_secret = Table(
    "deid_secret",
    metadata,
    Column("level", Text, primary_key=True),  # group, project, label
    Column("target", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    _created(),
)
