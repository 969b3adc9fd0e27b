"""The term index: a dictionary of distinct values, and per object the sorted numbers of its values.

Objects are known by `doc`, a 64-bit hash of their id, so that a row can name its ancestors before they are indexed.
Everything here is derived: triggers on the catalog's tables keep ids in step and note what has to be read again.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    desc,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, CHAR, JSONB

from treadle.server.store.db import metadata

# From the top; a row is bound to the objects above it.
ORDER = ("group", "project", "subject", "session", "acquisition", "analysis", "file")
LEVELS = (*ORDER, "collection")

# Ancestors that a row of each level names; a project names itself, so that every scope is one condition.
ABOVE: dict[str, tuple[str, ...]] = {
    "group": (),
    "project": ("project", "grp"),
    "subject": ("project",),
    "session": ("project", "subject"),
    "acquisition": ("project", "subject", "session"),
    "analysis": ("project", "subject", "session", "acquisition"),
    "file": ("project", "subject", "session", "acquisition", "analysis"),
    "collection": (),
}

path = Table(
    "search_path",
    metadata,
    Column("path_id", Integer, Identity(always=True), primary_key=True),
    Column("entity", SmallInteger, nullable=False),  # place in LEVELS
    Column("path", Text, nullable=False),  # the keys joined with dots
    Column("keys", ARRAY(Text), nullable=False),
    Column("kinds", Integer, nullable=False, server_default="0"),  # bits of terms.Kind seen here
    Index("uq_search_path_keys", "entity", "keys", unique=True),
    Index("ix_search_path_path", "entity", "path", postgresql_ops={"path": "text_pattern_ops"}),
)

term = Table(
    "search_term",
    metadata,
    Column("term_id", Integer, Identity(always=True), primary_key=True),
    Column("path_id", Integer, nullable=False),
    Column("kind", CHAR(1), nullable=False),
    Column("s", Text),
    Column("low", Text),  # lower case, where it differs from s
    Column("n", Float),  # the number, the lower edge of its bucket, or the day of a date
    Column("g", ARRAY(Integer)),  # hashes of the 3-grams of the lower-case text
    Index("uq_search_term_text", "path_id", "s", unique=True, postgresql_where=text("kind = 's'")),
    Index("uq_search_term_number", "path_id", "kind", "n", unique=True, postgresql_where=text("kind <> 's'")),
    Index("ix_search_term_day", "path_id", "n", postgresql_where=text("kind = 's' AND n IS NOT NULL")),
    Index("ix_search_term_grams", "g", postgresql_using="gin"),
)

shape = Table(
    "search_shape",
    metadata,
    Column("shape_id", Integer, Identity(always=True), primary_key=True),
    Column("path_ids", ARRAY(Integer), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("uq_search_shape_hash", "hash", unique=True),
    Index("ix_search_shape_paths", "path_ids", postgresql_using="gin"),
)

# How many objects of a project carry a term, or have a path.
term_count = Table(
    "search_count",
    metadata,
    Column("term_id", Integer, primary_key=True),
    Column("project", BigInteger, primary_key=True),
    Column("n", Integer, nullable=False),
)
path_count = Table(
    "search_path_count",
    metadata,
    Column("path_id", Integer, primary_key=True),
    Column("project", BigInteger, primary_key=True),
    Column("n", Integer, nullable=False),
)

# Objects that came into the index (d = 1) or left it (-1); folded into the counts by the worker.
change = Table(
    "search_change",
    metadata,
    Column("n", BigInteger, Identity(always=True), primary_key=True),
    Column("project", BigInteger),
    Column("shape", Integer),
    Column("t", ARRAY(Integer), nullable=False),
    Column("d", SmallInteger, nullable=False),
)

# Objects to be read again: by the transaction that changed them before it commits, else by the worker.
dirty = Table(
    "search_dirty",
    metadata,
    Column("n", BigInteger, Identity(always=True), primary_key=True),
    Column("level", Text, nullable=False),
    Column("oid", Text, nullable=False),
    Column("xid", BigInteger, nullable=False, server_default=text("txid_current()")),
    Index("ix_search_dirty_xid", "xid"),
)


def _rows(level: str) -> Table:
    name = f"search_{level}"
    above = ABOVE[level]
    extra: list[Column[object] | Index] = [Column(column, BigInteger) for column in above]
    if level in ("session", "acquisition"):
        extra.append(Column("ts", DateTime(timezone=True)))
    if level == "file":
        extra.append(Column("size", BigInteger))
    for column in above:
        rare = column == "analysis" or (level == "analysis" and column == "acquisition")
        where = text(f"{column} IS NOT NULL") if rare else None
        keys = ["project", desc("created")] if column == "project" else [column]
        extra.append(Index(f"ix_{name}_{column}", *keys, postgresql_where=where))
    return Table(
        name,
        metadata,
        Column("doc", BigInteger, primary_key=True, autoincrement=False),
        Column("oid", Text, nullable=False),
        *extra,
        Column("created", DateTime(timezone=True), nullable=False),
        Column("modified", DateTime(timezone=True), nullable=False),
        Column("shape", Integer, nullable=False),
        Column("f", ARRAY(Integer), nullable=False),  # those of t that facets count
        Column("t", ARRAY(Integer), nullable=False),
        Column("dates", ARRAY(Integer)),  # those of t that are dates, if there are any
        Index(f"ix_{name}_created", desc("created")),
        Index(f"ix_{name}_t", "t", postgresql_using="gin"),
    )


rows = {level: _rows(level) for level in LEVELS}

# Regions of interest of saved measurement sets (`file.roi`): read per searcher, as readers can be blinded.
region = Table(
    "search_roi",
    metadata,
    Column("annotation_id", Text, ForeignKey("annotation.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("file_version_id", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("element", JSONB, nullable=False),
    Index("ix_search_roi_file", "file_version_id"),
    Index("ix_search_roi_label", text("(element->>'label')")),
)
