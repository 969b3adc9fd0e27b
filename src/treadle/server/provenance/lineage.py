"""Walking from a file version or a job to what it was made of, or to what was made of it: file, job, files, and so on.

A step is one job further. Both ways use an index: a file knows the job it comes from, and jobs are found by the
versions that they pinned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson
from sqlalchemy import Select, Text, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries, rights
from treadle.server.catalog.rows import File, as_file
from treadle.server.catalog.tables import file
from treadle.server.jobs import listing
from treadle.server.jobs.rows import Job, as_job
from treadle.server.jobs.tables import job
from treadle.server.kit.errors import Forbidden
from treadle.server.store.db import among
from treadle.server.wire.answer import stamp

Direction = Literal["up", "down"]


@dataclass
class Lineage:
    """A part of the graph, what was asked about first."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, str]] = field(default_factory=list)
    not_shown: int = 0  # where the caller has no rights, or deleted for good
    truncated: bool = False


async def walk(guard: Guard, start: File | Job, direction: Direction, *, depth: int, limit: int) -> Lineage:
    """At most `depth` jobs far and `limit` nodes in all."""
    seen = {start.id}
    if isinstance(start, File):
        found, edge = Lineage([_file_node(start, 0)]), [start]
    else:
        found = Lineage([_job_node(start, 0)])
        edge = await _reach(guard, [start], direction, 0, limit, seen, found)
    for step in range(1, depth + 1):
        left = limit - len(found.nodes)
        jobs = await _jobs(guard, edge, direction, left + 1, found)
        if len(jobs) > left:
            found.truncated = True
            jobs = jobs[:left]
        found.edges += [line for one in jobs for line in _near(one, edge, direction)]
        new = [one for one in jobs if one.id not in seen]
        found.nodes += [_job_node(one, step) for one in new]
        seen.update(one.id for one in new)
        edge = await _reach(guard, new, direction, step, limit, seen, found)
        if not edge:
            break
    return found


async def around(guard: Guard, start: File | Job, *, depth: int, limit: int) -> Lineage:
    """Both directions as one; `depth` and `limit` hold for each."""
    up, down = [
        await walk(guard, start, direction, depth=depth, limit=limit) for direction in get_args(Direction)
    ]
    nodes = {one["id"]: one for one in (*up.nodes, *down.nodes)}
    lines = {(one["from"], one["to"]): one for one in (*up.edges, *down.edges)}
    return Lineage(
        list(nodes.values()),
        list(lines.values()),
        up.not_shown + down.not_shown,
        up.truncated or down.truncated,
    )


async def _reach(
    guard: Guard,
    jobs: Collection[Job],
    direction: Direction,
    step: int,
    limit: int,
    seen: set[str],
    found: Lineage,
) -> list[File]:
    """The files at the far ends of these jobs that are new, and the lines to all of them."""
    files = await _files(guard, jobs, direction, seen, found)
    left = limit - len(found.nodes)
    if len(files) > left:
        found.truncated = True
        files = files[:left]
    found.nodes += [_file_node(one, step) for one in files]
    seen.update(one.id for one in files)
    found.edges += [line for one in jobs for line in _far(one, direction) if seen >= set(line.values())]
    return files


async def _jobs(
    guard: Guard, files: Collection[File], direction: Direction, most: int, found: Lineage
) -> list[Job]:
    chosen = select(job).where(listing.visible(guard)).order_by(job.c.id).limit(most)
    if direction == "up":
        ids = {one.origin_id for one in files if one.origin_type == "job" and one.origin_id}
        jobs = [as_job(row) for row in await guard.connection.execute(chosen.where(among(job.c.id, ids)))]
        found.not_shown += max(0, len(ids) - len(jobs)) if len(jobs) < most else 0
        return jobs
    return [as_job(row) for row in await guard.connection.execute(_that_read(chosen, files))]


def _that_read(chosen: Select[Any], files: Iterable[File]) -> Select[Any]:
    wanted = [orjson.dumps([{"version_id": one.id}]).decode() for one in files]
    return chosen.where(job.c.inputs.op("@>")(any_(cast(cast(wanted, ARRAY(Text)), ARRAY(JSONB)))))


async def _files(
    guard: Guard, jobs: Iterable[Job], direction: Direction, seen: Collection[str], found: Lineage
) -> list[File]:
    """The far ends of these jobs that were not met before."""
    wanted = {one["version_id"] for item in jobs for one in _far_files(item, direction)}.difference(seen)
    rows = await guard.connection.execute(
        select(*queries.FILE_LIST).where(among(file.c.id, wanted)).order_by(file.c.id)
    )
    files = [one for one in map(as_file, rows) if await _may_see(guard, one)]
    found.not_shown += len(wanted) - len(files)
    return files


async def _may_see(guard: Guard, target: File) -> bool:
    try:
        return await rights.sees_file(guard, target)
    except Forbidden:
        return False


def _far_files(target: Job, direction: Direction) -> list[dict[str, Any]]:
    return target.inputs if direction == "up" else target.outputs


def _near(target: Job, files: Iterable[File], direction: Direction) -> list[dict[str, str]]:
    if direction == "up":
        return [{"from": target.id, "to": one.id} for one in files if one.origin_id == target.id]
    read = {one["version_id"] for one in target.inputs}
    return [{"from": one.id, "to": target.id} for one in files if one.id in read]


def _far(target: Job, direction: Direction) -> list[dict[str, str]]:
    ends = {one["version_id"]: None for one in _far_files(target, direction)}
    if direction == "up":
        return [{"from": one, "to": target.id} for one in ends]
    return [{"from": target.id, "to": one} for one in ends]


def _file_node(target: File, depth: int) -> dict[str, Any]:
    return {
        "kind": "file",
        "id": target.id,
        "depth": depth,
        "file_id": target.file_id,
        "version": target.version,
        "name": target.name,
        "type": target.type,
        "size": target.size,
        "hash": f"v0-sha384-{target.blob_sha384}",
        "parent": {"type": target.parent_level, "id": target.parent_id},
        "parents": target.parents,
        "origin": {"type": target.origin_type, "id": target.origin_id},
        "is_current": target.is_current,
        "deleted": target.deleted_at is not None,
        "created": stamp(target.modified_at),
    }


def _job_node(target: Job, depth: int) -> dict[str, Any]:
    return {
        "kind": "job",
        "id": target.id,
        "depth": depth,
        "label": target.label,
        "state": target.state,
        "gear_info": target.gear_info,
        "destination": {"type": target.destination_type, "id": target.destination_id},
        "parents": target.parents,
        "origin": {"type": target.origin_type, "id": target.origin_id},
        "created": stamp(target.created_at),
        "transitions": target.transitions,
    }
