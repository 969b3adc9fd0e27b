"""Endpoints with which people and their programs start, watch and steer jobs."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlalchemy import select, update

from treadle.server.access.guard import AdminGuard, ScopedGuard, UserGuard
from treadle.server.catalog import queries, rights
from treadle.server.catalog.rows import as_file
from treadle.server.catalog.tables import file
from treadle.server.catalog.wire import file_doc
from treadle.server.jobs import ending, listing
from treadle.server.jobs.body import read_request, starter_of
from treadle.server.jobs.claim import claim_one
from treadle.server.jobs.errors import BadTransition
from treadle.server.jobs.leases import reap, renew, require_holder
from treadle.server.jobs.models import (
    ComputeProvider,
    JobDetail,
    JobDocument,
    JobList,
    JobRow,
    JobStats,
    Orphaned,
    OwnJobs,
    PriorityInput,
)
from treadle.server.jobs.request import request_job
from treadle.server.jobs.retry import retry
from treadle.server.jobs.rows import Job
from treadle.server.jobs.starter import caller
from treadle.server.jobs.states import check_state, priority_of, tell
from treadle.server.jobs.tables import compute_provider, job
from treadle.server.jobs.wire import job_doc, job_row, provider_doc
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Forbidden, NotFound
from treadle.server.wire import answer
from treadle.server.wire.answer import InsertedId, Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import Client, ClientDialect
from treadle.server.wire.query import Listing, flag
from treadle.server.wire.routing import Router

router = Router(tags=["jobs"])


@router.post("/jobs/add", response_model=InsertedId, operation_id="add_job")
async def add_job(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Ask for a run of a gear whose output goes to a container."""
    starter = await starter_of(guard, body)
    made = await request_job(guard.connection, read_request(body), starter)
    await guard.record("other_access", {"job": {"id": made}})
    return json_answer({"_id": made})


@router.get("/jobs", response_model=list[JobRow], operation_id="get_all_jobs")
async def list_jobs(request: Request, guard: ScopedGuard, query: Listing, client: ClientDialect) -> Response:
    """Jobs of the projects you may see."""
    rows, total = await listing.fetch(guard, query, count=client.envelope)
    documents = await _rows(request, guard, rows, client)
    return answer.listing(documents, total=total, envelope=client.envelope)


async def _rows(request: Request, guard: ScopedGuard, rows: Any, client: Client) -> list[dict[str, Any]]:
    documents = [job_row(one, client) for one in rows]
    if flag(request, "include_parent_info"):
        named = await listing.labels(guard.connection, rows)
        documents = [{**one, "parent_info": named[one["id"]]} for one in documents]
    return documents


@router.get("/jobs/stats", response_model=JobStats, operation_id="get_jobs_stats")
async def get_stats(guard: ScopedGuard) -> Response:
    """How many jobs are in each state."""
    found = await listing.stats(guard)
    return json_answer({"by-state": found, "total": sum(found.values())})


@router.put("/jobs/priority", response_model=Modified, operation_id="update_jobs_priority")
async def set_priority(guard: ScopedGuard, body: ObjectBody) -> Response:
    """Let waiting jobs come sooner or later."""
    wanted = PriorityInput.model_validate(body)
    level = priority_of(wanted.priority)
    if wanted.priority == "critical":
        guard.require_site_admin()
    changed = 0
    for job_id in dict.fromkeys(wanted.job_ids):
        found = await listing.find(guard, job_id, lock=True)
        await listing.require_manager(guard, found)
        if found.state != "pending":
            raise BadTransition(f"The job {job_id} is {found.state}; only waiting jobs have a priority.")
        await guard.connection.execute(
            update(job).where(job.c.id == job_id).values(priority=level, rank=level, modified_at=now())
        )
        await tell(guard.connection, found)
        changed += 1
    guard.decided()
    return json_answer({"modified": changed, "jobs_spawned": 0})


@router.post("/jobs/reap", response_model=Orphaned, operation_id="reap_jobs")
async def reap_jobs(request: Request, _guard: AdminGuard) -> Response:
    """Give up running jobs whose engines have fallen silent."""
    return json_answer({"orphaned": await reap(request.app.state.database)})


@router.post(
    "/jobs/determine_provider", response_model=ComputeProvider, operation_id="determine_provider_for_job"
)
async def determine_provider(guard: UserGuard, body: ObjectBody) -> Response:
    """The engine a job would go to: the one it names, else the first that takes all jobs."""
    chosen = select(compute_provider).order_by(compute_provider.c.id).limit(1)
    if body.get("compute_provider_id"):
        chosen = chosen.where(compute_provider.c.id == str(body["compute_provider_id"]))
    row = (await guard.connection.execute(chosen)).one_or_none()
    if row is None:
        raise NotFound("There is no such compute provider, or no engine has reported yet.")
    return json_answer(provider_doc(row))


@router.get("/jobs/{job_id}", response_model=JobDocument, operation_id="get_job")
async def get_job(request: Request, job_id: str, guard: ScopedGuard, client: ClientDialect) -> Response:
    """One job."""
    found = await listing.find(guard, job_id)
    await guard.record("view_job", found.context)
    document = job_doc(found, client)
    if flag(request, "include_parent_info"):
        document["parent_info"] = (await listing.labels(guard.connection, [found]))[found.id]
    return json_answer(document)


@router.get("/jobs/{job_id}/detail", response_model=JobDetail, operation_id="get_job_detail")
async def get_detail(job_id: str, guard: ScopedGuard, client: ClientDialect) -> Response:
    """One job with the documents of its files and the labels of where it belongs."""
    found = await listing.find(guard, job_id)
    guard.record_once(
        "view_job", found.context, of=found.id
    )  # a page that follows the run asks again and again
    kept = [*found.inputs, *found.outputs]
    files = await _versions(guard, [item["version_id"] for item in kept])
    refs = [
        {
            "ref": {"type": found.destination_type, "id": found.destination_id, **item},
            "object": file_doc(files[item["version_id"]], client) if item["version_id"] in files else None,
        }
        for item in kept
    ]
    count = len(found.inputs)
    return json_answer(
        {
            **job_doc(found, client),
            "inputs": {item["input"]: ref for item, ref in zip(found.inputs, refs[:count], strict=True)},
            "outputs": refs[count:],
            "parent_info": (await listing.labels(guard.connection, [found]))[found.id],
        }
    )


async def _versions(guard: ScopedGuard, ids: list[str]) -> dict[str, Any]:
    rows = await guard.connection.execute(
        select(*queries.FILE_LIST).where(file.c.id.in_(ids), file.c.deleted_at.is_(None))
    )
    found = map(as_file, rows)
    return {one.id: one for one in found if await rights.sees_file(guard, one)}


@router.put("/jobs/{job_id}", response_model=Modified, operation_id="modify_job")
async def modify_job(job_id: str, guard: ScopedGuard, body: ObjectBody, lease: str | None = None) -> Response:
    """Cancel a job. Engines also say so that they have begun or ended, and with an empty body that they live."""
    found = await listing.find(guard, job_id, lock=True)
    if body.get("state") is not None:
        await _change_state(guard, found, check_state(body["state"]), body, lease)
    else:
        require_holder(guard, found, lease)
        await renew(guard.connection, found)
    return json_answer({"modified": 1, "jobs_spawned": 0})


async def _change_state(
    guard: ScopedGuard, found: Job, state: str, body: dict[str, Any], lease: str | None
) -> None:
    if state == found.state:
        return
    if state == "cancelled":
        await listing.require_manager(guard, found)
        await ending.cancel(guard.connection, found, guard.identity.id or "system")
        return
    guard.require_engine()
    if state == "running":
        engine = guard.identity.id if guard.identity.is_engine else None
        if await claim_one(guard.connection, found.id, engine_id=engine) is None:
            raise BadTransition(f"A job that is {found.state} cannot become running.")
        return
    if state == "pending":
        raise BadTransition(f"A job that is {found.state} cannot become pending.")
    require_holder(guard, found, lease)
    outcome = ending.Outcome(
        success=state == "complete",
        failure_reason=str(body.get("failure_reason") or "") or None,
        files=await ending.kept_files(guard.connection, found.id),
        metadata=found.produced_metadata,
    )
    await ending.finish(guard.connection, found, outcome)


@router.post("/jobs/{job_id}/retry", response_model=InsertedId, operation_id="retry_job")
async def retry_job(request: Request, job_id: str, guard: ScopedGuard) -> Response:
    """The same run again."""
    found = await listing.find(guard, job_id, lock=True)
    await listing.require_manager(guard, found)
    for project_id in found.project_ids:
        await guard.require("files_view_metadata", "files_view_contents", project_id=project_id)
    await rights.refuse_locked(guard.connection, found.project_id)
    starter = caller(guard) if guard.identity.kind == "user" else None
    if starter is None:
        raise Forbidden("Only a user may retry a job.")
    made = await retry(
        guard.connection,
        found,
        starter,
        any_state=flag(request, "ignoreState"),
        provider_id=request.query_params.get("computeProviderId"),
    )
    return json_answer({"_id": made})


@router.post(
    "/jobs/{job_id}/accept-failed-output", response_model=Modified, operation_id="accept_failed_output"
)
async def accept_failed_output(job_id: str, guard: ScopedGuard) -> Response:
    """Put what a failed run made where it would have gone."""
    found = await listing.find(guard, job_id, lock=True)
    await guard.require("files_create_single", "files_modify_metadata", project_id=found.project_id)
    if found.state != "failed" or found.failed_output_accepted:
        raise BadTransition("Only the outputs of a failed job can be accepted, and once.")
    await ending.accept_failed(guard.connection, found)
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.get("/sessions/{session_id}/jobs", response_model=JobList, operation_id="get_session_jobs")
async def jobs_of_session(
    request: Request, session_id: str, guard: ScopedGuard, query: Listing, client: ClientDialect
) -> Response:
    """Jobs with output or input in the session."""
    target = await rights.find(guard, session_id, level="session")
    scope = job.c.related_container_ids.contains([target.id])
    rows, total = await listing.fetch(guard, query, scope, count=client.envelope)
    documents = await _rows(request, guard, rows, client)
    if client.envelope:
        return answer.listing(documents, total=total, envelope=True)
    return json_answer({"jobs": documents})


@router.get("/users/self/jobs", response_model=OwnJobs, operation_id="get_current_user_jobs")
async def own_jobs(guard: UserGuard, query: Listing, client: ClientDialect) -> Response:
    """Jobs that the caller started, with their states counted."""
    mine = job.c.user_id == guard.require_user()
    rows, total = await listing.fetch(guard, query, mine, count=True)
    return json_answer(
        {
            "total": total,
            "jobs": [job_doc(one, client) for one in rows],
            "stats": await listing.stats(guard, mine),
        }
    )
