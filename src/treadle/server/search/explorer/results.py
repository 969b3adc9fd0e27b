"""Results as the clients read them: each object with its chain, a page in a few statements (search.md 4.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.access.tables import project_grant
from treadle.server.catalog.levels import HIERARCHY
from treadle.server.catalog.queries import FILE_LIST, LIVE, LIVE_FILE
from treadle.server.catalog.tables import container, file
from treadle.server.wire.answer import stamp

_COLUMNS = (
    *(container.c[name] for name in ("id", "level", "label", "parent_id", "parent_level", "timestamp")),
    *(container.c[f"{level}_id"] for level in HIERARCHY),
    container.c.created_at,
    container.c.doc["code"].astext.label("code"),
    container.c.doc["curator"].astext.label("curator"),
    container.c.doc["origin"]["id"].astext.label("origin_id"),
)


async def result_objects(guard: Guard, return_type: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The objects of these ids, in their order; the caller is known to see them."""
    connection = guard.connection
    rows = await _rows(connection, return_type, ids)
    chain = await _chain(connection, rows)
    roles = await _roles(guard, rows)
    found = []
    for row in rows:
        made = {
            "return_type": return_type,
            **{level: _LEVELS[level](chain[key]) for level, key in _above(row) if key in chain},
            return_type: (_file if return_type == "file" else _LEVELS[return_type])(row),
            "permissions": roles[row.project_id],
        }
        if return_type in ("file", "analysis"):
            made["parent"] = {"_id": row.parent_id, "type": row.parent_level}
        found.append(made)
    return found


async def _rows(connection: AsyncConnection, return_type: str, ids: Sequence[str]) -> list[Row[Any]]:
    if return_type == "file":
        chosen = select(*FILE_LIST).where(file.c.id.in_(ids), LIVE_FILE)
    else:
        chosen = select(*_COLUMNS).where(container.c.id.in_(ids), container.c.level == return_type, LIVE)
    by_id = {row.id: row for row in await connection.execute(chosen)}
    return [by_id[one] for one in ids if one in by_id]


def _above(row: Row[Any]) -> list[tuple[str, str]]:
    """Level and id of all that the object is in."""
    values = row._mapping
    named = [(level, values[f"{level}_id"]) for level in HIERARCHY]
    if "analysis_id" in values:
        named.append(("analysis", values["analysis_id"]))
    return [(level, key) for level, key in named if key is not None and key != values["id"]]


async def _chain(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> dict[str, Row[Any]]:
    ids = {key for row in rows for _, key in _above(row)}
    if not ids:
        return {}
    found = await connection.execute(select(*_COLUMNS).where(container.c.id.in_(ids)))
    return {row.id: row for row in found}


async def _roles(guard: Guard, rows: Sequence[Row[Any]]) -> Mapping[str | None, list[dict[str, Any]]]:
    """By project: the caller's roles, or everybody's for a site administrator."""
    mine = true() if guard.identity.is_site_admin else project_grant.c.user_id == guard.identity.id
    projects = {row.project_id for row in rows if row.project_id is not None}
    found: defaultdict[str | None, list[dict[str, Any]]] = defaultdict(list)
    if projects:
        chosen = select(project_grant).where(project_grant.c.project_id.in_(projects), mine)
        for entry in await guard.connection.execute(chosen.order_by(project_grant.c.user_id)):
            found[entry.project_id].append({"_id": entry.user_id, "role_ids": entry.role_ids})
    return found


def _named(row: Row[Any]) -> dict[str, Any]:
    return {"_id": row.id, "label": row.label}


def _subject(row: Row[Any]) -> dict[str, Any]:
    return {**_named(row), "code": row.code or row.label, "created": stamp(row.created_at)}


def _timed(row: Row[Any]) -> dict[str, Any]:
    return {**_named(row), "timestamp": stamp(row.timestamp), "created": stamp(row.created_at)}


def _analysis(row: Row[Any]) -> dict[str, Any]:
    return {**_named(row), "user": row.origin_id, "created": stamp(row.created_at)}


def _collection(row: Row[Any]) -> dict[str, Any]:
    return {**_named(row), "curator": row.curator or row.origin_id, "created": stamp(row.created_at)}


def _file(row: Row[Any]) -> dict[str, Any]:
    return {
        "_id": row.id,
        "file_id": row.file_id,
        "name": row.name,
        "type": row.type,
        "size": row.size,
        "modality": row.modality,
        "mimetype": row.mimetype,
        "classification": row.classification,
        "created": stamp(row.created_at),
        "origin": {"type": row.origin_type, "id": row.origin_id},
        "version": row.version,
        "info_exists": row.info_exists,
    }


_LEVELS = {
    "group": _named,
    "project": _named,
    "subject": _subject,
    "session": _timed,
    "acquisition": _timed,
    "analysis": _analysis,
    "collection": _collection,
}
