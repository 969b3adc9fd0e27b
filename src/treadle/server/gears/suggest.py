"""What is in a container that a gear could be given: its files with the inputs they fit, what lies above and below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from treadle.gears.inputs import file_inputs, misfits
from treadle.server.access.guard import Guard
from treadle.server.catalog import collections, rights
from treadle.server.catalog.levels import HIERARCHY, LEVELS
from treadle.server.catalog.listing import container_source, file_source
from treadle.server.catalog.queries import LIVE_FILE, containers_by_ids
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import container, file
from treadle.server.gears.queries import Gear
from treadle.server.wire.query import ListQuery

_FILE_FIELDS = (
    *("name", "type", "mimetype", "modality", "classification"),
    *("tags", "info", "size", "version", "file_id", "zip_member_count"),
)
_BELOW_COLLECTION = ("session", "acquisition")


async def parents(guard: Guard, target: Container) -> list[dict[str, str]]:
    """What is above, the highest first."""
    ids = [above for level, above in target.parents.items() if above and level in HIERARCHY]
    found = await containers_by_ids(guard.connection, ids)
    return [_reference(found[one]) for one in ids if one in found]


async def children(
    guard: Guard, target: Container, query: ListQuery, *, collection_id: str | None
) -> dict[str, list[dict[str, str]]]:
    """A page of what is directly below, by level; of a collection its sessions and acquisitions."""
    return {
        LEVELS[level].plural: [_reference(one) for one in await _page(guard, level, query, scope)]
        for level, scope in _scopes(target, collection_id).items()
    }


def _scopes(target: Container, collection_id: str | None) -> dict[str, ColumnElement[bool]]:
    if target.level == "collection":
        return {level: collections.members(level, target.id) for level in _BELOW_COLLECTION}
    if target.level == "analysis":
        return {}
    scopes = {"analysis": container.c.parent_id == target.id}
    if target.level != "acquisition":
        level = HIERARCHY[HIERARCHY.index(target.level) + 1]
        scope = container.c.parent_id == target.id
        if collection_id and level in _BELOW_COLLECTION:
            scope &= collections.members(level, collection_id)
        scopes = {level: scope, **(scopes if target.level != "group" else {})}
    return scopes


async def _page(guard: Guard, level: str, query: ListQuery, scope: ColumnElement[bool]) -> list[Container]:
    source = container_source(level, scope & rights.visible(guard, level))
    return [source.read(row) for row in await guard.connection.execute(source.ordered(query))]


async def files(guard: Guard, gear: Gear, target: Container, query: ListQuery) -> list[dict[str, Any]]:
    """A page of the container's files, each with the inputs that take it."""
    source = file_source((file.c.parent_id == target.id) & LIVE_FILE, with_info=True)
    rows = await guard.connection.execute(source.ordered(query))
    return [_suggestion(gear, source.read(row)) for row in rows]


def _suggestion(gear: Gear, target: File) -> dict[str, Any]:
    fields = fields_of(target)
    return {
        "name": target.name,
        "file_id": target.file_id,
        "version": target.version,
        "suggested": {
            name: not misfits(directive, fields) for name, directive in file_inputs(gear.manifest).items()
        },
    }


def fields_of(target: File) -> Mapping[str, object]:
    """The fields of a file that an input's schemas are about."""
    return {name: getattr(target, name) for name in _FILE_FIELDS}


def _reference(target: Container) -> dict[str, str]:
    return {"_id": target.id, "cont_type": target.level, "label": target.label}
