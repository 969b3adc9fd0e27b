"""Ad hoc analyses: labelled results with pinned inputs (api.md 13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import clean_label, create_container, get_container
from treadle.server.catalog.errors import FileMissing
from treadle.server.catalog.files import current_file, get_file
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import analysis_input
from treadle.server.kit.errors import Invalid


async def create_analysis(guard: Guard, *, parent: Container, body: Mapping[str, Any]) -> Container:
    """A new analysis on the container; its inputs are pinned to their present versions."""
    inputs = [await _input(guard, item) for item in _list(body.get("inputs"))]
    fields = {name: body.get(name) for name in ("description", "info", "tags")}
    made = await create_container(
        guard.connection,
        level="analysis",
        parent=parent,
        label=clean_label(body.get("label")),
        fields=fields,
        origin=guard.identity.origin,
    )
    await _pin(guard.connection, made, inputs)
    return made


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Invalid("'inputs' must be a list of files.")
    return value


async def _input(guard: Guard, item: Any) -> File:
    """One input: `{type, id, name}` or `{file_id, version}`."""
    if not isinstance(item, Mapping):
        raise Invalid("An input is {type, id, name} or {file_id, version}.")
    if item.get("file_id"):
        version = item.get("version")
        found = await get_file(guard.connection, str(item["file_id"]), version=version if version else None)
    elif item.get("id") and item.get("name"):
        owner = await get_container(guard.connection, str(item["id"]))
        file = await current_file(guard.connection, owner.id, str(item["name"]))
        if file is None:
            raise FileMissing(f"There is no file '{item['name']}' in that {owner.level}.")
        found = file
    else:
        raise Invalid("An input is {type, id, name} or {file_id, version}.")
    await rights.require_file(guard, found, "files_view_metadata", "files_view_contents")
    return found


async def _pin(connection: AsyncConnection, made: Container, inputs: list[File]) -> None:
    if inputs:
        await connection.execute(
            insert(analysis_input),
            [
                {"analysis_id": made.id, "position": position, "file_version_id": item.id}
                for position, item in enumerate(inputs)
            ],
        )
