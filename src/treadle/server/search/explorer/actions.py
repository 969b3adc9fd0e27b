"""What is done to a whole result: gathered in a collection, tagged, deleted (search.md 4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from treadle.server.access.guard import Guard
from treadle.server.catalog import annotate, change, collections, queries, rights
from treadle.server.catalog.bulk_deletes import Outcome
from treadle.server.catalog.containers import touch
from treadle.server.catalog.errors import ProjectLocked
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import file
from treadle.server.kit.errors import BadRequest, Forbidden, NotFound
from treadle.server.search.explorer.request import MOST
from treadle.server.search.explorer.search import Search
from treadle.server.store.db import among

_TOO_MANY = "The search finds more than 10,000 objects. Please add additional filters."


async def find_collection(guard: Guard, wanted: Any) -> Container:
    """The collection of this id, or a new one of `{label}`."""
    if isinstance(wanted, Mapping):
        return await collections.create_collection(guard, wanted)
    if not isinstance(wanted, str):
        raise BadRequest("'collection' is the id of one, or {label} for a new one.")
    target = await rights.find(guard, wanted, level="collection")
    await rights.require_collection(guard, target.id, "rw")
    return target


async def collect(guard: Guard, found: Search, target: Container) -> int:
    """The acquisitions of the result become members of the collection: how many are new."""
    level = found.asked.return_type
    if level not in (*collections.NODE_LEVELS, "file"):
        raise BadRequest(f"A collection holds acquisitions; there are none in an object of type {level}.")
    added = 0
    async for ids in found.batches(guard.connection):
        if level == "file":
            of_files = select(file.c.acquisition_id).where(among(file.c.id, ids))
            held = [one for one in await guard.connection.scalars(of_files.distinct()) if one is not None]
            added += await collections.add_below(guard, target, "acquisition", held)
        else:
            added += await collections.add_below(guard, target, level, ids)
    await touch(guard.connection, target.id)
    return added


@dataclass(frozen=True)
class Tagging:
    """How many objects got the tags, and how many the caller may not tag."""

    tagged: int
    refused: int


async def tag_found(guard: Guard, found: Search, tags: Sequence[str]) -> Tagging:
    """These tags too for every object of the result that the caller may tag."""
    if found.asked.return_type == "collection":
        raise BadRequest("Collections are tagged one by one.")
    ids = await _ids(guard, found)
    targets: Iterable[Container | File]
    if found.asked.return_type == "file":
        targets = (await queries.files_by_ids(guard.connection, ids)).values()
    else:
        targets = (await queries.containers_by_ids(guard.connection, ids)).values()
    tagged = sum([await _tried(_tag(guard, target, tags)) for target in targets])
    return Tagging(tagged, len(ids) - tagged)


async def _tag(guard: Guard, target: Container | File, tags: Sequence[str]) -> None:
    if isinstance(target, File):
        await rights.require_file(guard, target, "tags_manage")
        await annotate.add_file_tags(guard.connection, target, tags)
    else:
        await rights.require(guard, target, "tags_manage")
        await annotate.add_tags(guard.connection, target, tags)


async def _ids(guard: Guard, found: Search) -> list[str]:
    ids: list[str] = []
    async for batch in found.batches(guard.connection, limit=MOST + 1):
        ids += batch
    if len(ids) > MOST:
        raise BadRequest(_TOO_MANY)
    return ids


async def delete_found(guard: Guard, found: Search, *, reason: str | None) -> Outcome:
    """The result into the trash; what the caller may not delete stays, and is counted as not found."""
    asked = found.asked
    if found.tree is None and not asked.search_string:
        raise BadRequest("Say what is to be deleted: a query, a search string or filters.")
    ids = await _ids(guard, found)
    if asked.return_type == "file":
        files = (await queries.files_by_ids(guard.connection, ids)).values()
        deleted = [await _tried(change.delete_file(guard, one, reason=reason)) for one in files]
    else:
        rows = (await queries.containers_by_ids(guard.connection, ids)).values()
        deleted = [await _tried(change.delete_container(guard, one, reason=reason)) for one in rows]
    return Outcome(sum(deleted), len(ids) - sum(deleted))


async def _tried(act: Any) -> bool:
    """Whether it was allowed; a refusal comes before anything is written."""
    try:
        await act
    except (Forbidden, NotFound, ProjectLocked):
        return False
    return True
