"""Gears, their series, what is on its way in."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from treadle.server.store.columns import at
from treadle.server.store.db import metadata

# All versions of one name, and who may run them.
gear_series = Table(
    "gear_series",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("is_restricted", Boolean, nullable=False, server_default=false()),
    Column("user_ids", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("project_ids", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    at("created_at"),
    at("modified_at"),
    UniqueConstraint("name", name="uq_gear_series_name"),
)

gear = Table(
    "gear",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, ForeignKey("gear_series.name"), nullable=False),
    Column("version", Text, nullable=False),
    # Sorts as versions do; compared byte by byte.
    Column("version_key", Text(collation="C"), nullable=False),
    Column("category", Text, nullable=False),
    Column("manifest", JSON, nullable=False),  # text: the order of inputs and options counts
    Column("exchange", JSONB, nullable=False),
    Column("invalid", Boolean, nullable=False),  # by its own word: never run
    Column("warnings", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # The folder of a gear that was uploaded as one.
    Column("rootfs_sha384", Text, ForeignKey("blob.sha384")),
    Column("rootfs_size", BigInteger),
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    at("created_at"),
    at("modified_at"),
    Column("disabled_at", DateTime(timezone=True)),
    UniqueConstraint("name", "version", name="uq_gear_version"),
    Index("ix_gear_rootfs", "rootfs_sha384"),
)

# A gear that is announced; its image or folder is being pushed.
gear_ticket = Table(
    "gear_ticket",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("category", Text),
    Column("manifest", JSON, nullable=False),
    Column("exchange", JSONB, nullable=False),
    Column("rootfs_sha384", Text, ForeignKey("blob.sha384")),
    Column("rootfs_size", BigInteger),
    at("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_gear_ticket_user", "user_id", "id"),
    Index("ix_gear_ticket_expiry", "expires_at"),
    Index("ix_gear_ticket_rootfs", "rootfs_sha384"),
)


# A catalogue of gears that could be installed, as it was when it was last read.
exchange_source = Table(
    "exchange_source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("address", Text),
    Column("commit", Text),
    at("synced_at"),
)

exchange_gear = Table(
    "exchange_gear",
    metadata,
    Column("source", Text, ForeignKey("exchange_source.name", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("version_key", Text(collation="C"), nullable=False),
    Column("category", Text, nullable=False),
    Column("suite", Text),
    Column("text", Text, nullable=False),  # all that a search looks through, in lower case
    Column("document", JSON, nullable=False),  # category, gear and exchange: what is installed
    Column("importable", Boolean, nullable=False),
    Column("findings", ARRAY(Text), nullable=False),
    Index("ix_exchange_gear_name", "name", "version_key"),
)
