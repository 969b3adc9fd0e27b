"""Analyses: labelled results with pinned inputs (api.md 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.catalog import history, rights
from treadle.server.catalog.containers import clean_label, fact, get_container, new_row
from treadle.server.catalog.errors import FileMissing
from treadle.server.catalog.files import current_file, get_file
from treadle.server.catalog.rows import Container, File, as_container
from treadle.server.catalog.tables import analysis_input, container
from treadle.server.kit.errors import Invalid
from treadle.server.store.outbox import emit_all


async def create_analysis(guard: Guard, *, parent: Container, body: Mapping[str, Any]) -> Container:
    """An ad hoc analysis on the container; its inputs are pinned to their present versions."""
    inputs = [await _input(guard, item) for item in _list(body.get("inputs"))]
    fields = {name: body.get(name) for name in ("description", "info", "tags")}
    fields["label"] = body.get("label")
    (made,) = await create_analyses(
        guard.connection, [(parent, fields, inputs)], origin=guard.identity.origin
    )
    return made


async def create_analyses(
    connection: AsyncConnection,
    wanted: Sequence[tuple[Container, Mapping[str, Any], Sequence[File]]],
    *,
    origin: tuple[str, str | None],
) -> list[Container]:
    """New analyses, each on its container with these fields (`label` among them) and inputs, by few statements."""
    if not wanted:
        return []
    rows = [
        new_row(
            level="analysis", parent=parent, label=clean_label(said.get("label")), fields=said, origin=origin
        )
        for parent, said, _ in wanted
    ]
    inserted = await connection.execute(
        insert(container).returning(container, sort_by_parameter_order=True), rows
    )
    made = [as_container(row) for row in inserted]
    await history.note_all(
        connection, [("CREATE", one, history.container_patch(None, one, info=True)) for one in made]
    )
    await emit_all(connection, [fact("container.created", one) for one in made])
    pins = [
        {"analysis_id": one.id, "position": position, "file_version_id": item.id}
        for one, (_, _, inputs) in zip(made, wanted, strict=True)
        for position, item in enumerate(inputs)
    ]
    if pins:
        await connection.execute(insert(analysis_input), pins)
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
