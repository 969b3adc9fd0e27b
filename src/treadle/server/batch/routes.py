"""Endpoints of batches (gears.md 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from treadle.server.access.guard import ScopedGuard
from treadle.server.batch import run
from treadle.server.batch.body import read_ask, read_jobs
from treadle.server.batch.propose import judge, requests_of
from treadle.server.batch.rows import as_batch, find, mine, selected
from treadle.server.batch.tables import batch
from treadle.server.batch.wire import BatchDocument, Cancelled, ProposalDocument, Retried, batch_doc, judged
from treadle.server.jobs.models import JobDocument
from treadle.server.jobs.wire import job_doc
from treadle.server.kit.clock import now
from treadle.server.search.listing import page_of
from treadle.server.store.filtering import Field
from treadle.server.wire.answer import json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import Listing, flag
from treadle.server.wire.routing import Router

router = Router(prefix="/batch", tags=["batches"])
_PAGE, _MOST = 100, 1000

_FIELDS: Mapping[str, Field] = {
    "_id": Field(batch.c.id, "text"),
    "gear_id": Field(batch.c.gear_id, "text"),
    "origin.id": Field(batch.c.origin_id, "text"),
    "created": Field(batch.c.created_at, "time"),
    "modified": Field(batch.c.modified_at, "time"),
    "started": Field(batch.c.started_at, "time"),
}


@router.get("", response_model=list[BatchDocument], operation_id="get_all_batches")
async def list_batches(guard: ScopedGuard, query: Listing, client: ClientDialect) -> Response:
    """Your batches with their jobs counted; for site administrators everybody's."""
    page = replace(query, limit=min(query.limit or _PAGE, _MOST))
    chosen = selected().where(mine(guard))
    return await page_of(
        guard.connection, chosen, _FIELDS, page, client, lambda row: batch_doc(as_batch(row))
    )


@router.post("", response_model=ProposalDocument, operation_id="propose_batch")
async def propose(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Look for what a gear can be run on at or below the targets; nothing is started."""
    ask = read_ask(body)
    gear, found = await judge(guard, ask)
    said = {
        "gear_id": gear.id,
        "optional_input_policy": ask.policy,
        "common": ask.common,
        "analysis": ask.analysis if gear.category == "analysis" else None,
    }
    if found.matched:
        document = batch_doc(await run.keep(guard, requests_of(gear, found), **said))
    else:
        at = stamp(now())
        document = {
            "state": "pending",
            "gear_id": gear.id,
            "config": ask.config,
            "optional_input_policy": ask.policy,
            "created": at,
            "modified": at,
        }
    return json_answer({**document, **judged(found)})


@router.post("/jobs", response_model=BatchDocument, operation_id="create_batch_job_from_jobs")
async def propose_jobs(guard: ScopedGuard, body: ObjectBody) -> Response:
    """A batch of ready requests as for `POST /jobs/add`; they are checked when it is started."""
    guard.decided()
    jobs = read_jobs(body)
    made = batch_doc(await run.keep(guard, jobs))
    return json_answer({**made, "proposal": {"preconstructed_jobs": jobs}, "jobs": []})


@router.get("/{batch_id}", response_model=BatchDocument, operation_id="get_batch")
async def read(request: Request, guard: ScopedGuard, batch_id: str, client: ClientDialect) -> Response:
    """A batch with the ids of its jobs; with `jobs=true` the jobs themselves."""
    one = await find(guard, batch_id)
    jobs: list[Any]
    if flag(request, "jobs"):
        jobs = [job_doc(each, client) for each in await run.jobs_of(guard, one)]
    else:
        jobs = await run.job_ids(guard, one)
    return json_answer({**batch_doc(one), "jobs": jobs})


@router.post("/{batch_id}/run", response_model=list[JobDocument], operation_id="start_batch")
async def start(guard: ScopedGuard, batch_id: str, client: ClientDialect) -> Response:
    """Start all jobs of a proposal, or none."""
    return json_answer([job_doc(one, client) for one in await run.start(guard, batch_id)])


@router.post("/{batch_id}/cancel", response_model=Cancelled, operation_id="cancel_batch")
async def cancel(request: Request, guard: ScopedGuard, batch_id: str) -> Response:
    """Cancel the jobs that wait; with `running=true` those under way, too."""
    return json_answer(
        {"number_cancelled": await run.cancel(guard, batch_id, running=flag(request, "running"))}
    )


@router.post("/{batch_id}/retry", response_model=Retried)
async def retry(guard: ScopedGuard, batch_id: str) -> Response:
    """Start the failed jobs again, each as a new job in its place."""
    return json_answer({"number_retried": await run.retry_failed(guard, batch_id)})
