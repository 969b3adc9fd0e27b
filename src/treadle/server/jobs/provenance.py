"""What was run, with what, by whom and what came of it: one record per job, written once at its end (gears.md 11)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import container
from treadle.server.gears.queries import Gear, gears_by_ids
from treadle.server.jobs import logs
from treadle.server.jobs.rows import LEVELS, Job
from treadle.server.jobs.tables import provenance
from treadle.server.kit.errors import TooLarge
from treadle.server.store.bulk import insert_rows
from treadle.server.store.db import among

FORMAT = "treadle-provenance/1"
_MOST_BYTES = 1 << 20

Json = Mapping[str, Any]


def read_run(value: Any) -> dict[str, Any]:
    """What an engine says of itself and of how it ran the gear; keys in it are made unreadable."""
    if not isinstance(value, dict):
        return {}
    written = logs.without_keys(orjson.dumps(value).decode())
    if len(written) > _MOST_BYTES:
        raise TooLarge("What an engine says of a run has at most 1 MiB.")
    found: dict[str, Any] = orjson.loads(written)
    return found


async def write(connection: AsyncConnection, jobs: Sequence[Job], run: Json | None = None) -> None:
    """The records of these jobs, which have just ended."""
    if not jobs:
        return
    gears = await gears_by_ids(connection, {one.gear_id for one in jobs})
    labels = await _labels(connection, jobs)
    digests = await logs.digests(connection, [one.id for one in jobs])
    rows = [
        {
            "job_id": one.id,
            "record": _record(one, gears.get(one.gear_id), labels, digests.get(one.id), run or {}),
        }
        for one in jobs
    ]
    await insert_rows(connection, provenance, rows, skip_known=True)


async def _labels(connection: AsyncConnection, jobs: Sequence[Job]) -> dict[str, Any]:
    """Level, label and ancestors of all containers that the jobs touch, those in the trash too."""
    ids = {value for one in jobs for value in (*one.related_container_ids, *one.parents.values())}
    columns = [container.c[f"{level}_id"] for level in LEVELS[:-1]]
    rows = await connection.execute(
        select(container.c.id, container.c.label, *columns).where(among(container.c.id, ids))
    )
    return {row.id: row for row in rows}


def _path(labels: Json, container_id: str) -> str | None:
    row = labels.get(container_id)
    if row is None:
        return None
    above = [getattr(row, f"{level}_id") for level in LEVELS[:-1]]
    ids = [one for one in dict.fromkeys([*above, container_id]) if one]
    # A group is known by its id.
    return "/".join(
        one if at == 0 else labels[one].label if one in labels else one for at, one in enumerate(ids)
    )


def _record(
    target: Job, gear: Gear | None, labels: Json, log_sha256: str | None, run: Json
) -> dict[str, Any]:
    given = target.config.get("inputs", {})
    return {
        "format": FORMAT,
        "job": {
            "id": target.id,
            "label": target.label,
            "tags": target.tags,
            "attempt": target.attempt,
            "previous_job_id": target.previous_job_id,
            "state": target.state,
        },
        "gear": {**target.gear_info, **_of_gear(gear)},
        "run": run,
        "config": target.config.get("config", {}),
        "contexts": {name: one for name, one in given.items() if one["base"] == "context"},
        "inputs": [
            {**item, "path": _path(labels, item["id"]), "object": given.get(item["input"], {}).get("object")}
            for item in target.inputs
        ],
        "destination": {
            "type": target.destination_type,
            "id": target.destination_id,
            "parents": target.parents,
            "path": _path(labels, target.destination_id),
        },
        "origin": {
            "type": target.origin_type,
            "id": target.origin_id,
            "user": target.user_id,
            "rule": target.rule_id,
            "role": target.role_id,
            "batch": target.batch_id,
        },
        "transitions": target.transitions,
        "failure_reason": target.failure_reason,
        "outputs": target.outputs,
        "metadata": target.produced_metadata,
        "profile": target.profile,
        "log_sha256": log_sha256,
        "cached_from": None,
    }


def _of_gear(gear: Gear | None) -> dict[str, Any]:
    if gear is None:
        return {}
    canonical = orjson.dumps(gear.manifest, option=orjson.OPT_SORT_KEYS)
    custom = gear.manifest.get("custom") or {}
    builder = custom.get("gear-builder")
    image = (builder.get("image") if isinstance(builder, dict) else None) or custom.get("docker-image")
    return {
        "manifest_sha256": hashlib.sha256(canonical).hexdigest(),
        "image": image,
        "rootfs_url": gear.exchange.get("rootfs-url"),
        "rootfs_hash": gear.exchange.get("rootfs-hash"),
        "command": gear.manifest.get("command") or "./run",
        "environment": gear.manifest.get("environment") or {},
    }
