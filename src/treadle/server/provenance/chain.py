"""A run and all runs that made what it read, and what these read, and so on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select

from treadle.server.access.guard import Guard
from treadle.server.catalog.tables import file
from treadle.server.jobs import listing
from treadle.server.jobs.rows import Job, as_job
from treadle.server.jobs.tables import job, provenance
from treadle.server.provenance.errors import ChainTooLong
from treadle.server.store.db import among

MOST = 100  # runs in one document


async def upstream(guard: Guard, last: Job) -> list[tuple[Job, dict[str, Any]]]:
    """The runs before this one with their records, nearest first; one that the caller may not see ends its branch."""
    found: dict[str, tuple[Job, dict[str, Any]]] = {}
    seen, edge = {last.id}, [last]
    while edge:
        read = {one["version_id"] for item in edge for one in item.inputs}
        makers = select(file.c.origin_id).where(among(file.c.id, read), file.c.origin_type == "job")
        rows: Iterable[Row[Any]] = await guard.connection.execute(
            select(*job.c, provenance.c.record)
            .join(provenance, provenance.c.job_id == job.c.id)
            .where(job.c.id.in_(makers), listing.visible(guard))
            .order_by(job.c.id)
            .limit(MOST + 1)
        )
        new = [(as_job(row), row.record) for row in rows if row.id not in seen]
        found |= {one.id: (one, record) for one, record in new}
        if len(found) >= MOST:
            raise ChainTooLong(f"More than {MOST} runs lead to this one; export parts of the chain.")
        edge = [one for one, _ in new]
        seen.update(found)
    if found:
        await guard.record_all("view_job", [one.context for one, _ in found.values()])
    return list(found.values())
