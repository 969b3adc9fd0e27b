"""Deleting many by their ids: all that are there or none, and how many were not there (api.md 9).

What is gone already is no reason to fail, because clients repeat their calls; that nothing at all is there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog import change, queries, rights
from treadle.server.catalog.errors import FileMissing
from treadle.server.kit.errors import Invalid


@dataclass(frozen=True)
class Outcome:
    """How many were deleted, and how many ids name nothing that the caller may see."""

    deleted: int
    not_found: int


def _distinct(ids: Sequence[Any]) -> list[str]:
    if not all(isinstance(item, str) for item in ids):
        raise Invalid("The body is a list of ids.")
    return list(dict.fromkeys(ids))


async def delete_containers(guard: Guard, level: str, ids: Sequence[Any], *, reason: str | None) -> Outcome:
    """These containers of one level into the trash."""
    guard.decided()  # an empty list touches nothing
    wanted = _distinct(ids)
    rows = await queries.containers_by_ids(guard.connection, wanted)
    named = [rows[one] for one in wanted if one in rows]
    there = [target for target in named if target.level == level and await rights.sees(guard, target)]
    if wanted and not there:
        raise ContainerNotFound(f"There is no {level} with any of these ids, or you may not see it.")
    for target in there:
        await change.delete_container(guard, target, reason=reason)
    return Outcome(len(there), len(wanted) - len(there))


async def delete_files(guard: Guard, ids: Sequence[Any], *, reason: str | None) -> Outcome:
    """These files, with all their versions, into the trash."""
    guard.decided()
    wanted = _distinct(ids)
    named = await queries.files_by_ids(guard.connection, wanted)
    there = {target.file_id: target for target in named.values() if await rights.sees_file(guard, target)}
    if wanted and not there:
        raise FileMissing("There is no file with any of these ids, or you may not see it.")
    for target in there.values():
        await change.delete_file(guard, target, reason=reason)
    return Outcome(len(there), sum(one not in named or named[one].file_id not in there for one in wanted))
