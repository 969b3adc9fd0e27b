"""The statements of a copy: first which rows get which new ids, level by level, then the rows themselves."""

from __future__ import annotations

import secrets
import time
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    Table,
    Text,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.copy_rules import CopyFilter
from treadle.server.catalog.instances import index_columns
from treadle.server.catalog.levels import HIERARCHY
from treadle.server.catalog.queries import LIVE, LIVE_FILE
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import (
    analysis_input,
    container,
    dicom_series,
    file,
    instance,
    note,
)

_metadata = MetaData()
_pairs = Table("copied_container", _metadata, Column("old", Text), Column("new", Text), Column("level", Text))
_files = Table("copied_file", _metadata, Column("old", Text), Column("new", Text))


class _NewIds:
    """Ids as `kit.ids` makes them, counted by the database: seconds, random, counter."""

    def __init__(self) -> None:
        self._seconds = int(time.time())

    def numbered(self, order: ColumnElement[Any]) -> ColumnElement[str]:
        """The ids of a statement's rows, in this order; a prefix of its own for each statement."""
        prefix = f"{self._seconds:08x}{secrets.token_hex(5)}"
        number = func.row_number().over(order_by=order)
        return literal(prefix) + func.lpad(func.to_hex(number), 6, "0")


async def copy_rows(
    connection: AsyncConnection, source: Container, target: Container, chosen: CopyFilter
) -> None:
    """Everything below `source`, and its own files, notes and analyses, copied below `target`."""
    for name in (
        "copied_container (old text PRIMARY KEY, new text NOT NULL, level text)",
        "copied_file (old text PRIMARY KEY, new text NOT NULL)",
    ):
        await connection.execute(text(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP"))
    ids = _NewIds()
    await connection.execute(insert(_pairs).values(old=source.id, new=target.id, level=source.level))
    for level in HIERARCHY[HIERARCHY.index(source.level) + 1 :]:
        await _choose_containers(connection, ids, level, chosen)
    await _choose_files(connection, ids, chosen, on_analyses=False)
    if chosen.exclude_empty:
        await _drop_empty(connection, source)
    if not chosen.exclude_analysis:
        await _choose_containers(connection, ids, "analysis", chosen)
        await _choose_files(connection, ids, chosen, on_analyses=True)
    await connection.execute(text("ANALYZE copied_container, copied_file"))
    await _copy_containers(connection, source, target, chosen)
    await _copy_files(connection, source, target, chosen)
    if not chosen.exclude_notes:
        await _copy_notes(connection, ids)


async def _choose_containers(
    connection: AsyncConnection, ids: _NewIds, level: str, chosen: CopyFilter
) -> None:
    parents = select(_pairs.c.old).where(_pairs.c.level != "analysis")
    rows = select(container.c.id, ids.numbered(container.c.id), literal(level)).where(
        container.c.parent_id.in_(parents), container.c.level == level, LIVE, chosen.chooses(level)
    )
    await connection.execute(insert(_pairs).from_select(["old", "new", "level"], rows))


async def _choose_files(
    connection: AsyncConnection, ids: _NewIds, chosen: CopyFilter, *, on_analyses: bool
) -> None:
    owners = select(_pairs.c.old).where((_pairs.c.level == "analysis") == literal(on_analyses))
    rows = select(file.c.id, ids.numbered(file.c.id)).where(
        file.c.parent_id.in_(owners), LIVE_FILE, chosen.chooses("file")
    )
    await connection.execute(insert(_files).from_select(["old", "new"], rows))


async def _drop_empty(connection: AsyncConnection, source: Container) -> None:
    """Leave out containers without a file in or below them, from the lowest level up."""
    child, child_pair = container.alias(), _pairs.alias()
    for level in reversed(HIERARCHY[HIERARCHY.index(source.level) + 1 :]):
        with_file = exists().where(_files.c.old == file.c.id, file.c.parent_id == _pairs.c.old)
        with_child = exists().where(child.c.parent_id == _pairs.c.old, child_pair.c.old == child.c.id)
        await connection.execute(delete(_pairs).where(_pairs.c.level == level, ~with_file, ~with_child))


def _ancestors(table: Any, target: Container) -> tuple[list[ColumnElement[Any]], list[Any]]:
    """New ancestor ids of a row: those that are copied too, else the target's; and the joins they need."""
    columns: list[ColumnElement[Any]] = []
    joins: list[Any] = []
    for level in HIERARCHY:
        old = table.c[f"{level}_id"]
        if HIERARCHY.index(level) < HIERARCHY.index(target.level):
            columns.append(literal(getattr(target, f"{level}_id"), Text))
        else:
            pair = _pairs.alias()
            joins.append((pair, pair.c.old == old))
            columns.append(pair.c.new)
    return columns, joins


async def _copy_containers(
    connection: AsyncConnection, source: Container, target: Container, chosen: CopyFilter
) -> None:
    ancestors, joins = _ancestors(container, target)
    parent = _pairs.alias()
    marks = func.jsonb_build_object(
        "copy_of", container.c.id,
        "original_copy_of", func.coalesce(container.c.doc["original_copy_of"].astext, container.c.id),
        "copy_status", "completed",
        "origin", cast(target.doc.get("origin"), JSONB),
    )  # fmt: skip
    old_marks = ("satisfies_template", "copy_of", "original_copy_of", "copy_status", "copy_failure_reason")
    own = container.c.doc.op("-")(cast(list(old_marks), ARRAY(Text)))
    rows = select(
        _pairs.c.new,
        container.c.level,
        container.c.label,
        parent.c.new,
        container.c.parent_level,
        *ancestors,
        container.c.uid,
        container.c.timestamp,
        container.c.timezone,
        cast([], ARRAY(Text)) if chosen.exclude_tags else container.c.tags,
        container.c.info,
        own.op("||")(marks),
    ).select_from(
        _pairs.join(container, container.c.id == _pairs.c.old).join(
            parent, parent.c.old == container.c.parent_id
        )
    )
    for pair, condition in joins:
        rows = rows.outerjoin(pair, condition)
    names = [
        "id", "level", "label", "parent_id", "parent_level", *(f"{level}_id" for level in HIERARCHY),
        "uid", "timestamp", "timezone", "tags", "info", "doc",
    ]  # fmt: skip
    await connection.execute(insert(container).from_select(names, rows.where(_pairs.c.old != source.id)))


async def _came_from(connection: AsyncConnection, source: Container) -> ColumnElement[Any]:
    """A file's `copy_of` as the wire shows it (api.md 8)."""
    ids = {level: getattr(source, f"{level}_id") for level in ("project", "group")}
    rows = await connection.execute(
        select(container.c.level, container.c.label).where(container.c.id.in_(ids.values()))
    )
    labels = {row.level: row.label for row in rows}
    levels = (*HIERARCHY, "analysis")
    parents = [part for level in levels for part in (level, file.c[f"{level}_id"])]
    return func.jsonb_build_object(
        "file_id", file.c.file_id,
        "version", file.c.version,
        "parents", func.jsonb_strip_nulls(func.jsonb_build_object(*parents)),
        "project_label", labels.get("project"),
        "group_label", labels.get("group"),
    )  # fmt: skip


_FILE_SAME = (
    "name", "parent_level", "blob_sha384", "size", "type", "mimetype", "modality", "classification", "info",
    "zip_member_count", "origin_type", "origin_id", "deid_log_id", "deid_log_skip_reason",
    "deid", "gear_info",
)  # fmt: skip


async def _copy_files(
    connection: AsyncConnection, source: Container, target: Container, chosen: CopyFilter
) -> None:
    ancestors, joins = _ancestors(file, target)
    owner, analysis = _pairs.alias(), _pairs.alias()
    copy_of = await _came_from(connection, source)
    origin = func.jsonb_build_object(
        "copy_of", copy_of,
        "original_copy_of", func.coalesce(file.c.copied_from["original_copy_of"], copy_of),
    )  # fmt: skip
    rows = select(
        _files.c.new,
        _files.c.new,
        literal(1),
        literal(True),
        owner.c.new,
        *ancestors,
        analysis.c.new,
        cast([], ARRAY(Text)) if chosen.exclude_tags else file.c.tags,
        origin,
        *(file.c[name] for name in _FILE_SAME),
    ).select_from(_files.join(file, file.c.id == _files.c.old).join(owner, owner.c.old == file.c.parent_id))
    for pair, condition in [*joins, (analysis, analysis.c.old == file.c.analysis_id)]:
        rows = rows.outerjoin(pair, condition)
    names = [
        "id", "file_id", "version", "is_current", "parent_id", *(f"{level}_id" for level in HIERARCHY),
        "analysis_id", "tags", "copied_from", *_FILE_SAME,
    ]  # fmt: skip
    await connection.execute(insert(file).from_select(names, rows))
    for table in (instance, dicom_series):
        names, others = index_columns(table)
        await connection.execute(
            insert(table).from_select(
                ["file_version_id", *names],
                select(_files.c.new, *others).join(_files, _files.c.old == table.c.file_version_id),
            )
        )
    # Inputs that are copied too are the copy's inputs; others stay with the original analysis.
    await connection.execute(
        insert(analysis_input).from_select(
            ["analysis_id", "position", "file_version_id"],
            select(_pairs.c.new, analysis_input.c.position, _files.c.new)
            .join(_pairs, _pairs.c.old == analysis_input.c.analysis_id)
            .join(_files, _files.c.old == analysis_input.c.file_version_id),
        )
    )


async def _copy_notes(connection: AsyncConnection, ids: _NewIds) -> None:
    same = (note.c.text, note.c.user_id, note.c.created_at, note.c.modified_at)
    await connection.execute(
        insert(note).from_select(
            ["id", "container_id", *(column.name for column in same)],
            select(ids.numbered(note.c.id), _pairs.c.new, *same).join(
                _pairs, _pairs.c.old == note.c.container_id
            ),
        )
    )
