"""Tags and notes (api.md 12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.containers import apply_changes, touch
from treadle.server.catalog.files import change_file
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import container, file, note
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Conflict, Invalid, NotFound
from treadle.server.kit.ids import new_id

MAX_TAG = 64
MAX_NOTE = 100_000


def clean_tag(value: Any) -> str:
    """A tag as it is stored: 1 to 64 characters, case kept."""
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TAG:
        raise Invalid(f"A tag is a text of 1 to {MAX_TAG} characters.")
    return value.strip()


def clean_tags(values: Iterable[Any]) -> list[str]:
    """Distinct tags in their order."""
    return list(dict.fromkeys(clean_tag(value) for value in values))


async def _locked_tags(connection: AsyncConnection, target: Container) -> list[str]:
    found = await connection.execute(
        select(container.c.tags).where(container.c.id == target.id).with_for_update(key_share=True)
    )
    return list(found.scalar_one())


async def add_tag(connection: AsyncConnection, target: Container, value: Any) -> None:
    """One more tag; Conflict when it is there."""
    tag, tags = clean_tag(value), await _locked_tags(connection, target)
    if tag in tags:
        raise Conflict(f"The tag '{tag}' is already there.")
    await apply_changes(connection, target, {"tags": [*tags, tag]})


async def add_tags(connection: AsyncConnection, target: Container, values: Iterable[Any]) -> None:
    """These tags too; those present are skipped."""
    tags = await _locked_tags(connection, target)
    await apply_changes(connection, target, {"tags": list(dict.fromkeys([*tags, *clean_tags(values)]))})


async def add_file_tags(connection: AsyncConnection, target: File, values: Iterable[Any]) -> list[str]:
    """The file's tags with these too; those present are skipped."""
    row = await connection.execute(select(file.c.tags).where(file.c.id == target.id).with_for_update())
    merged = list(dict.fromkeys([*row.scalar_one(), *clean_tags(values)]))
    await change_file(connection, target, {"tags": merged})
    return merged


async def rename_tag(connection: AsyncConnection, target: Container, old: str, value: Any) -> str:
    """The new spelling of a tag."""
    tag, tags = clean_tag(value), await _locked_tags(connection, target)
    if old not in tags:
        raise NotFound(f"There is no tag '{old}'.")
    if tag in tags and tag != old:
        raise Conflict(f"The tag '{tag}' is already there.")
    await apply_changes(connection, target, {"tags": [tag if item == old else item for item in tags]})
    return tag


async def remove_tags(
    connection: AsyncConnection, target: Container, values: Iterable[Any], *, must_exist: bool = False
) -> None:
    """Without these tags."""
    gone, tags = set(map(str, values)), await _locked_tags(connection, target)
    if must_exist and not gone <= set(tags):
        raise NotFound("There is no such tag.")
    await apply_changes(connection, target, {"tags": [item for item in tags if item not in gone]})


def clean_note(value: Any) -> str:
    """A note's text."""
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NOTE:
        raise Invalid(f"A note is a text of 1 to {MAX_NOTE:,} characters.")
    return value


async def add_note(connection: AsyncConnection, target: Container, text: Any, user_id: str | None) -> Any:
    """The row of a new note."""
    row = await connection.execute(
        insert(note)
        .values(
            id=new_id(),
            container_id=target.id,
            text=clean_note(text),
            user_id=user_id,
            created_at=(at := now()),
            modified_at=at,
        )
        .returning(note)
    )
    await touch(connection, target.id)
    return row.one()


def _this(target: Container, note_id: str) -> ColumnElement[bool]:
    return (note.c.id == note_id) & (note.c.container_id == target.id)


async def get_note(connection: AsyncConnection, target: Container, note_id: str) -> Any:
    """The row of a note of this container."""
    row = (await connection.execute(select(note).where(_this(target, note_id)))).one_or_none()
    if row is None:
        raise NotFound("There is no such note.")
    return row


async def change_note(connection: AsyncConnection, target: Container, note_id: str, text: Any) -> None:
    """Another text for a note."""
    await connection.execute(
        update(note).where(_this(target, note_id)).values(text=clean_note(text), modified_at=func.now())
    )
    await touch(connection, target.id)


async def remove_note(connection: AsyncConnection, target: Container, note_id: str) -> None:
    """Without this note."""
    await connection.execute(delete(note).where(_this(target, note_id)))
    await touch(connection, target.id)
