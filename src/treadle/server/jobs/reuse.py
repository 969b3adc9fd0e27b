"""Identical runs: what makes two runs the same, and the earlier outputs for the later one (gears.md 11.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import file
from treadle.server.gears.queries import Gear
from treadle.server.jobs import frozen
from treadle.server.jobs.ending import take_over
from treadle.server.jobs.rows import Job, as_job
from treadle.server.jobs.starter import Starter
from treadle.server.jobs.tables import job
from treadle.server.kit.errors import Refused
from treadle.server.store.db import among

# Of an input's `object`: which file it is, not what is in it or said of it.
_IDENTITY = frozenset(("file_id", "version", "origin"))

Json = Mapping[str, Any]


def key_of(gear: Gear, config: Json, inputs: Sequence[Json], destination: str) -> str | None:
    """The same for runs that must come out the same; None when nobody can know that they do."""
    if not _repeatable(gear.manifest) or "job" in config or gear.contents is None:
        return None
    given = config["inputs"]
    same = {
        "gear": [gear.manifest_sha256, gear.contents],
        "config": config["config"],
        "contexts": {name: one for name, one in given.items() if one["base"] == "context"},
        "inputs": {
            one["input"]: [one["sha384"], one["name"], _described(given[one["input"]])] for one in inputs
        },
        "destination": destination,
    }
    return hashlib.sha256(orjson.dumps(same, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _repeatable(manifest: Json) -> bool:
    """The author says so, and the gear can ask nobody for anything."""
    said = (manifest.get("custom") or {}).get("treadle")
    return (
        isinstance(said, Mapping)
        and said.get("cacheable") is True
        and said.get("network", "none") == "none"
        and "networking" not in (manifest.get("capabilities") or ())
        and not frozen.has(manifest, "api-key")
    )


def _described(given: Json) -> dict[str, Any]:
    return {name: value for name, value in given["object"].items() if name not in _IDENTITY}


async def take(connection: AsyncConnection, new: Sequence[Job], starter: Starter) -> dict[str, Job]:
    """Those of these new jobs, now complete, whose like ran before where the starter may read it; the others wait."""
    waiting = [one for one in new if one.reuse_key is not None]
    earlier = await _earlier(connection, waiting, starter)
    taken = {}
    for one in waiting:
        if source := earlier.get(one.reuse_key):
            try:
                async with connection.begin_nested():
                    taken[one.id] = await take_over(connection, one, source)
            except Refused:
                continue  # what cannot be put in place now is told by the run itself
    if earlier and starter.guard is not None:
        await starter.guard.record_all("view_job", [source.context for source in earlier.values()])
    return taken


async def _earlier(
    connection: AsyncConnection, waiting: Sequence[Job], starter: Starter
) -> dict[str | None, Job]:
    """The newest real run of each kind, its outputs all there still, by its key."""
    if not waiting:
        return {}
    rows = await connection.execute(
        select(job)
        .ext(distinct_on(job.c.reuse_key))
        .where(
            among(job.c.reuse_key, {str(one.reuse_key) for one in waiting}),
            job.c.state == "complete",
            job.c.cached_from.is_(None),
            _readable(starter, waiting),
        )
        .order_by(job.c.reuse_key, job.c.id.desc())
    )
    found = [as_job(row) for row in rows]
    live = await connection.execute(
        select(file.c.id).where(among(file.c.id, _versions(found)), file.c.deleted_at.is_(None))
    )
    there = set(live.scalars())
    return {one.reuse_key: one for one in found if there.issuperset(_versions([one]))}


def _versions(jobs: Iterable[Job]) -> set[str]:
    return {output["version_id"] for one in jobs for output in one.outputs}


def _readable(starter: Starter, waiting: Sequence[Job]) -> ColumnElement[bool]:
    """SQL condition: runs whose outputs the caller may read; a rule keeps to its project."""
    guard = starter.guard
    if guard is None:
        return among(job.c.project_id, {one.project_id for one in waiting})
    return and_(
        guard.allowed(job.c.project_id, "jobs_view"),
        guard.allowed(job.c.project_id, "files_view_metadata"),
        guard.allowed(job.c.project_id, "files_view_contents"),
        or_(job.c.analysis_id.is_(None), guard.allowed(job.c.project_id, "analyses_view_metadata")),
    )
