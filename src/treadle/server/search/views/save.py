"""A view's result as a file of a container."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.files import NewFile, clean_name, current_file, place_file
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import container
from treadle.server.catalog.wire import file_doc
from treadle.server.kit.errors import Forbidden, Invalid
from treadle.server.search.views.formats import Format, suffix
from treadle.server.store.blobs import Blobs
from treadle.server.store.blobs_rows import keep
from treadle.server.wire.dialect import Client


async def find_target(guard: Guard, container_id: str) -> Container:
    """The container that the caller may add a file to."""
    target = await get_container(guard.connection, container_id, lock=True)
    if target.level == "group":
        raise Invalid("A group holds no files; save to one of its projects.")
    action: Action = "analyses_create_sdk" if target.level == "analysis" else "files_create_single"
    await rights.require(guard, target, action)
    locked = await guard.connection.execute(
        select(container.c.doc["locked"]["reason"].astext).where(container.c.id == target.project_id)
    )
    if locked.scalar_one_or_none() is not None:
        raise Forbidden("The project is locked.")
    return target


async def save(
    guard: Guard, blobs: Blobs, target: Container, name: str, content: AsyncIterator[bytes]
) -> File:
    """The new file, or the new version of the file of that name."""
    name = clean_name(name)
    old = await current_file(guard.connection, target.id, name)
    if old is not None:
        device = old.origin_type == "device"
        await rights.require_file(
            guard, old, "files_delete_device_data" if device else "files_delete_non_device_data"
        )
    writer = await blobs.writer()
    try:
        async for block in content:
            await writer.write(block)
        receipt = await writer.finish()
    except BaseException:
        await writer.abort()
        raise
    try:
        ref = await keep(guard.connection, blobs, receipt)
    finally:
        await receipt.close()
    made = await place_file(
        guard.connection, parent=target, new=NewFile(name=name, blob=ref), origin=guard.identity.origin
    )
    await guard.record("create_file" if old is None else "replace_file", made.context)
    return made


def file_name(wanted: str | None, label: str | None, kind: Format) -> str:
    """The name asked for, or one from the view's label."""
    if wanted:
        return wanted
    plain = "".join(letter if letter.isalnum() or letter in " ._-" else "_" for letter in label or "").strip()
    return f"{plain or 'view'}{suffix(kind)}"


def saved_doc(made: File, client: Client) -> dict[str, Any]:
    """The clients declare this answer with an object as `_id`."""
    return {**file_doc(made, client), "_id": {"file_id": made.file_id, "version": made.version}}
