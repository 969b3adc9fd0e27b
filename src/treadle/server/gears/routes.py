"""Gears: list, read, add, put away (gears.md 3)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from treadle.gears import derive
from treadle.server.access.guard import UserGuard
from treadle.server.gears import routes_exchange, routes_fit, routes_paths, routes_series, routes_tickets
from treadle.server.gears.add import add_gear, read_submission
from treadle.server.gears.change import disable, enable
from treadle.server.gears.listing import Wanted, list_gears
from treadle.server.gears.models import GearAdded, GearDocument
from treadle.server.gears.queries import gear_by_id
from treadle.server.gears.restriction import usable_by
from treadle.server.gears.wire import gear_doc
from treadle.server.kit.errors import BadRequest
from treadle.server.wire.answer import Deleted, Modified, json_answer, listing
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import flag, list_query
from treadle.server.wire.routing import Router

router = Router(tags=["gears"])
router.take(routes_tickets.router)  # fixed words before names
_SINGLE_INPUT = "single_input"


@router.get("/gears", response_model=list[GearDocument], operation_id="get_all_gears")
async def listed(
    request: Request,
    guard: UserGuard,
    client: ClientDialect,
    project_id: Annotated[str | None, Query(description="usable in this project")] = None,
    filter: Annotated[str | None, Query(description="field op value, or single_input")] = None,
    sort: str | None = None,
    limit: str | None = None,
    skip: str | None = None,
    page: str | None = None,
    after_id: str | None = None,
) -> Response:
    """The newest version of every gear the caller may use; `all_versions`, `include_invalid`, `exhaustive`."""
    single = (filter or "").strip() == _SINGLE_INPUT
    query = list_query(request, None if single else filter, sort, limit, skip, page, after_id)
    if project_id is not None:
        await guard.require(project_id=project_id)
    all_versions = flag(request, "all_versions")
    wanted = Wanted(
        usable=usable_by(guard.identity, project_id),
        all_versions=all_versions,
        include_invalid=flag(request, "include_invalid"),
        include_disabled=all_versions and query.exhaustive and guard.is_developer,
        single_input=single,
    )
    found, total = await list_gears(guard.connection, wanted, query, count=client.envelope)
    return listing([gear_doc(one) for one in found], total=total, envelope=client.envelope)


@router.get("/gears/{id}", response_model=GearDocument, operation_id="get_gear")
async def read(guard: UserGuard, id: str) -> Response:
    """One version of a gear."""
    return json_answer(gear_doc(await gear_by_id(guard.connection, id)))


@router.get("/gears/{id}/invocation", response_model=dict[str, Any], operation_id="get_gear_invocation")
async def invocation(guard: UserGuard, id: str) -> Response:
    """The JSON Schema of what a run has to be given."""
    return json_answer(derive((await gear_by_id(guard.connection, id)).manifest))


@router.post("/gears/{id}", response_model=GearAdded, operation_id="add_gear")
async def add(guard: UserGuard, id: str, body: ObjectBody) -> Response:
    """Add a version of the gear of this name: `{category, gear, exchange}`."""
    guard.require_developer()
    submission = read_submission(body, guard.identity)
    if submission.name != id:
        raise BadRequest(f"The address names the gear '{id}', the manifest '{submission.name}'.")
    gear_id = await add_gear(guard.connection, submission, guard.identity)
    return json_answer({"_id": gear_id, "warnings": submission.warnings})


@router.delete("/gears/{id}", response_model=Deleted, operation_id="delete_gear")
async def remove(guard: UserGuard, id: str) -> Response:
    """Put the gear away: no new runs. What ran stays readable."""
    guard.require_developer()
    return json_answer({"deleted": await disable(guard.connection, id)})


@router.post("/gears/{id}/enable", response_model=Modified, operation_id="enable_gear")
async def bring_back(guard: UserGuard, id: str) -> Response:
    """Let the gear run again."""
    guard.require_developer()
    return json_answer({"modified": await enable(guard.connection, id), "jobs_spawned": 0})


router.take(routes_exchange.router, routes_series.router, routes_fit.router, routes_paths.router)
