"""A rule on what is there already: which files match, and runs for them (gears.md 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.queries import LIVE_FILE
from treadle.server.catalog.rows import File, as_file
from treadle.server.catalog.tables import file
from treadle.server.gears.queries import gear_by_id
from treadle.server.jobs.request import request_jobs
from treadle.server.rules.match import Around, matches
from treadle.server.rules.plan import NoPlan, facts_of, job_of, starter_of
from treadle.server.rules.rows import Rule

PAGE = 1000  # files looked at in one call


@dataclass
class Match:
    """A file that meets the conditions, and what becomes of it."""

    file: File
    reason: str | None = None
    job_id: str | None = None


async def matching(
    connection: AsyncConnection, one: Rule, project_id: str, *, after: str | None
) -> tuple[list[tuple[File, Sequence[File]]], str | None]:
    """Matching files, each with those beside it, of the next containers after one; and where to go on."""
    parents = (
        select(file.c.parent_id)
        .where(file.c.project_id == project_id, LIVE_FILE, file.c.parent_id > (after or ""))
        .group_by(file.c.parent_id)
        .order_by(file.c.parent_id)
        .limit(PAGE)
    )
    rows = await connection.execute(
        select(file).where(file.c.parent_id.in_(parents), LIVE_FILE).order_by(file.c.parent_id, file.c.id)
    )
    together: dict[str, list[File]] = {}
    for row in rows:
        item = as_file(row)
        together.setdefault(item.parent_id, []).append(item)
    found: list[tuple[File, Sequence[File]]] = []
    for beside in together.values():
        facts = [facts_of(item) for item in beside]
        around = Around(beside[0].parent_level, facts)
        found += [
            (item, beside)
            for item, read in zip(beside, facts, strict=True)
            if matches(one.conditions, read, around)
        ]
    last = max(together, default=None)
    return found, last if len(together) == PAGE else None


async def start(
    connection: AsyncConnection, one: Rule, found: Sequence[tuple[File, Sequence[File]]], *, dry: bool
) -> list[Match]:
    """Runs for these files, all or none; those for which there can be none say why."""
    gear = await gear_by_id(connection, one.gear_id)
    result, requests, asked = [], [], []
    for item, beside in found:
        match = Match(item)
        result.append(match)
        try:
            requests.append(job_of(one, gear, item, beside))
            asked.append(match)
        except NoPlan as error:
            match.reason = str(error)
    if not dry:
        for match, job in zip(asked, await request_jobs(connection, requests, starter_of(one)), strict=True):
            match.job_id = job.id
    return result
