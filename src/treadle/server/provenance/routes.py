"""Endpoints of provenance (gears.md 11)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog import rights
from treadle.server.catalog.files import get_file
from treadle.server.catalog.rows import File
from treadle.server.delivery.archive import MEDIA_TYPES, Written, stream_zip
from treadle.server.gears.queries import gears_by_ids
from treadle.server.jobs import listing
from treadle.server.jobs.rows import Job
from treadle.server.kit.clock import now
from treadle.server.provenance import graph_crate, lineage, packed, records, rerun
from treadle.server.provenance.chain import upstream
from treadle.server.provenance.compare import compare
from treadle.server.provenance.described import Described
from treadle.server.provenance.errors import NoRun
from treadle.server.provenance.export import Format, check, export
from treadle.server.provenance.models import Comparison, LineageDocument, ProvenanceRecord, Rerun
from treadle.server.store.blobs import Blobs
from treadle.server.wire.answer import disposition, dumps, json_answer
from treadle.server.wire.http import public_base
from treadle.server.wire.routing import Router

router = Router(tags=["provenance"])

Version = Annotated[int | None, Query(ge=1, description="of the file; the current one if not given")]
Depth = Annotated[int, Query(ge=1, le=20, description="how many jobs far")]
Limit = Annotated[int, Query(ge=1, le=2000, description="how many files and jobs at most")]


@router.get("/jobs/{job_id}/provenance", response_model=ProvenanceRecord, operation_id="get_job_provenance")
async def get_provenance(guard: ScopedGuard, job_id: str) -> Response:
    """What an ended job ran, with what, for whom, and what came of it."""
    _, record = await records.read(guard, job_id)
    return json_answer(record)


@router.get("/jobs/{job_id}/export", response_model=dict[str, Any], operation_id="export_job")
async def export_job(
    request: Request,
    guard: ScopedGuard,
    job_id: str,
    format: Format = "rocrate",
    pseudonymised: bool = False,
    chain: bool = False,
    with_data: bool = False,
) -> Response:
    """An ended run in a standard form: a Process Run Crate, W3C PROV-JSON, or BIDS dataset_description.json.

    With `pseudonymised` the starter's name is replaced by one that only tells sameness; with `chain` all runs that led
    to this one are told of too; with `with_data` the crate is a zip that holds the files which you may download.
    """
    check(format, chain=chain, with_data=with_data)
    found = [await records.read(guard, job_id)]
    if chain:
        found += await upstream(guard, found[0][0])
    gears = await gears_by_ids(guard.connection, {one.gear_id for one, _ in found})
    described = [
        Described(
            record,
            gears[one.gear_id].manifest if one.gear_id in gears else {},
            public_base(request),
            pseudonymised,
        )
        for one, record in found
    ]
    if not with_data:
        return json_answer(export(described, format))
    return await _packed(request, guard, described)


async def _packed(request: Request, guard: ScopedGuard, runs: list[Described]) -> Response:
    from treadle.server.provenance.rocrate import METADATA, crate  # noqa: PLC0415 - see `export`

    entries = await packed.entries_of(guard, [one.record for one in runs])
    text = dumps(crate(runs, packed.places(entries)))
    blobs: Blobs = request.app.state.blobs
    name = f"{runs[0].record['gear']['name']}-{runs[0].record['job']['id']}.crate.zip"
    headers = {"Content-Disposition": disposition(name), "Cache-Control": "no-store"}
    stream = stream_zip(blobs, [Written(METADATA, text, now()), *entries])
    return StreamingResponse(stream, media_type=MEDIA_TYPES["zip"], headers=headers)


@router.post("/jobs/{job_id}/rerun", response_model=Rerun, operation_id="rerun_job")
async def rerun_job(guard: ScopedGuard, job_id: str, compute_provider_id: str | None = None) -> Response:
    """An ended run once more: same gear, options, context values and file versions, as a new job."""
    found = await listing.find(guard, job_id)
    made = await rerun.rerun(guard, found, provider_id=compute_provider_id)
    await guard.record("other_access", {"job": {"id": made.job_id}})
    return json_answer({"_id": made.job_id, "reproducible": made.reproducible})


@router.get("/jobs/compare", response_model=Comparison, operation_id="compare_jobs")
async def compare_jobs(guard: ScopedGuard, a: str, b: str) -> Response:
    """Two ended runs side by side: what was asked, with what, and what came of it."""
    return json_answer(compare(await records.read(guard, a), await records.read(guard, b)))


@router.get("/analyses/compare", response_model=Comparison, operation_id="compare_analyses")
async def compare_analyses(guard: ScopedGuard, a: str, b: str) -> Response:
    """The runs that made two analyses side by side."""
    one, other = [await _run_of(guard, each) for each in (a, b)]
    return json_answer(compare(one, other))


async def _run_of(guard: ScopedGuard, analysis_id: str) -> tuple[Job, dict[str, Any]]:
    target = await rights.find(guard, analysis_id, "analyses_view_metadata", level="analysis")
    if not target.doc.get("job"):
        raise NoRun(f"The analysis '{target.label}' was not made by a gear; it has no run to compare.")
    return await records.read(guard, target.doc["job"])


@router.get("/files/{file_id}/lineage", response_model=LineageDocument, operation_id="get_file_lineage")
async def get_lineage(
    guard: ScopedGuard,
    file_id: str,
    direction: lineage.Direction = "up",
    depth: Depth = 3,
    limit: Limit = 500,
    version: Version = None,
) -> Response:
    """The jobs and files that a file version was made of, or that were made of it."""
    start = await get_file(guard.connection, file_id, version=version)
    await rights.require_file(guard, start, "files_view_metadata")
    return await _lineage(guard, start, direction, depth, limit)


@router.get("/jobs/{job_id}/lineage", response_model=LineageDocument, operation_id="get_job_lineage")
async def get_job_lineage(
    guard: ScopedGuard, job_id: str, direction: lineage.Direction = "up", depth: Depth = 3, limit: Limit = 500
) -> Response:
    """The jobs and files that a run's inputs were made of, or that were made of its outputs."""
    return await _lineage(guard, await listing.find(guard, job_id), direction, depth, limit)


async def _lineage(
    guard: ScopedGuard, start: File | Job, direction: lineage.Direction, depth: int, limit: int
) -> Response:
    found = await lineage.walk(guard, start, direction, depth=depth, limit=limit)
    return json_answer({"root": start.id, "direction": direction, **asdict(found)})


@router.get(
    "/x/files/{file_id}/lineage/crate", response_model=dict[str, Any], operation_id="export_file_lineage"
)
async def export_file_lineage(
    request: Request,
    guard: ScopedGuard,
    file_id: str,
    depth: Depth = 3,
    limit: Limit = 500,
    version: Version = None,
    pseudonymised: bool = False,
) -> Response:
    """The graph around a file version, both directions, as the metadata of a Process Run Crate.

    With `pseudonymised` the starters' names are replaced by ones that only tell sameness.
    """
    start = await get_file(guard.connection, file_id, version=version)
    await rights.require_file(guard, start, "files_view_metadata")
    return await _graph_crate(request, guard, start, depth, limit, pseudonymised)


@router.get(
    "/x/jobs/{job_id}/lineage/crate", response_model=dict[str, Any], operation_id="export_job_lineage"
)
async def export_job_lineage(
    request: Request,
    guard: ScopedGuard,
    job_id: str,
    depth: Depth = 3,
    limit: Limit = 500,
    pseudonymised: bool = False,
) -> Response:
    """The graph around a run, both directions, as the metadata of a Process Run Crate.

    With `pseudonymised` the starters' names are replaced by ones that only tell sameness.
    """
    start = await listing.find(guard, job_id)
    return await _graph_crate(request, guard, start, depth, limit, pseudonymised)


async def _graph_crate(
    request: Request, guard: ScopedGuard, start: File | Job, depth: int, limit: int, pseudonymised: bool
) -> Response:
    found = await lineage.around(guard, start, depth=depth, limit=limit)
    site = public_base(request)
    runs = await graph_crate.describe(guard, found, site, pseudonymised=pseudonymised)
    name = f"{graph_crate.title(found)}-lineage-ro-crate-metadata.json"
    headers = {"Content-Disposition": disposition(name), "Cache-Control": "no-store"}
    return json_answer(graph_crate.graph_crate(found, runs, site), headers=headers)
