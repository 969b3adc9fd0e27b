"""The change log: who changed what, with the new values; written beside every change, in its transaction.

The origin is the request's caller, whom the guard notes on its connection; what the worker does is the system's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson
from sqlalchemy import Row, Text, cast, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import change_log
from treadle.server.kit.ids import new_id

Method = Literal["CREATE", "ADD", "DELETE", "UPDATE", "REPLACE_FILE"]

_LARGEST = 16 << 10  # bytes of one value that are kept
_COLUMNS = {"label": "label", "uid": "uid", "timezone": "timezone", "tags": "tags", "parent_id": "parent"}
_FILE_COLUMNS = (
    "name",
    "type",
    "mimetype",
    "modality",
    "classification",
    "tags",
    "deid_log_id",
    "restored_from",
)
_HIDDEN = frozenset({"origin", "satisfies_template"})  # derived, or the same for ever


async def note(
    connection: AsyncConnection,
    method: Method,
    target: Container | File,
    patch: Mapping[str, Any],
    *,
    reason: str | None = None,
) -> None:
    """One line of the change log."""
    await note_all(connection, [(method, target, patch)], reason=reason)


async def note_all(
    connection: AsyncConnection,
    changes: Sequence[tuple[Method, Container | File, Mapping[str, Any]]],
    *,
    reason: str | None = None,
) -> None:
    """Several lines of the change log at once."""
    origin = connection.sync_connection.get_execution_options().get("treadle_origin")  # type: ignore[union-attr]
    kind, number = origin or ("system", None)
    rows = [
        {
            "id": new_id(),
            "target_type": "file" if isinstance(target, File) else target.level,
            "target_id": target.file_id if isinstance(target, File) else target.id,
            "version": target.version if isinstance(target, File) else None,
            "method": method,
            "patch": {name: _kept(value) for name, value in patch.items()},
            "revision": target.revision,
            "reason": reason,
            "origin_type": kind,
            "origin_id": number,
        }
        for method, target, patch in changes
    ]
    await connection.execute(insert(change_log), rows)


def _kept(value: Any) -> Any:
    if len(orjson.dumps(value, default=str)) > _LARGEST:
        return "(too large to keep)"
    return orjson.loads(orjson.dumps(value, default=str))


def _info(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    changed = {key: value for key, value in after.items() if key not in before or before[key] != value}
    return {**changed, **{key: None for key in before if key not in after}}


def container_patch(before: Container | None, after: Container, *, info: bool) -> dict[str, Any]:
    """The fields whose values differ, by wire names; of a new container those that are set."""
    patch: dict[str, Any] = {}
    for column, name in _COLUMNS.items():
        value = getattr(after, column)
        if value != (getattr(before, column) if before else None):
            patch[name] = value
    if after.timestamp != (before.timestamp if before else None):
        patch["timestamp"] = after.timestamp.isoformat() if after.timestamp else None
    known = before.doc if before else {}
    for name in sorted({*known, *after.doc} - _HIDDEN):
        if known.get(name) != after.doc.get(name):
            patch[name] = after.doc.get(name)
    if info and (changed := _info(before.info if before else {}, after.info)):
        patch["info"] = {key: _kept(value) for key, value in changed.items()}
    return patch


def file_patch(before: File | None, after: File, *, info: bool) -> dict[str, Any]:
    """The fields whose values differ; of a new file those that are set."""
    patch: dict[str, Any] = {}
    for name in _FILE_COLUMNS:
        value = getattr(after, name)
        if value != (getattr(before, name) if before else None) and (before or value):
            patch[name] = value
    if before is None or before.parent_id != after.parent_id:
        patch["parent_ref"] = {"type": after.parent_level, "id": after.parent_id}
    if info and (changed := _info(before.info if before else {}, after.info)):
        patch["info"] = {key: _kept(value) for key, value in changed.items()}
    return patch


async def changes_of(
    connection: AsyncConnection,
    target_type: str,
    target_id: str,
    *,
    version: int | None,
    limit: int,
    path: Sequence[str] = (),
) -> list[Row[Any]]:
    """The newest lines about a container or file (with a path: those that set this field), newest first."""
    query = select(change_log).where(
        change_log.c.target_id == target_id, change_log.c.target_type == target_type
    )
    if version is not None:
        query = query.where(change_log.c.version == version)
    if path:
        query = query.where(change_log.c.patch.op("#>")(cast(list(path), ARRAY(Text))).is_not(None))
    return list(await connection.execute(query.order_by(change_log.c.id.desc()).limit(limit)))


def value_at(patch: Any, path: Sequence[str]) -> Any:
    """The value of a field that a line set."""
    for key in path:
        patch = patch.get(key) if isinstance(patch, dict) else None
    return patch
