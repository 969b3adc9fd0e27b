"""Analyses as results of runs: started here, ad hoc ones too, and read with their job (api.md 13)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlalchemy import select

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import analyses, relations, rights
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.models import AnalysisDocument
from treadle.server.catalog.rows import Container
from treadle.server.catalog.wire import View
from treadle.server.jobs.body import read_analysis, read_request, starter_of
from treadle.server.jobs.models import AnalysisInserted
from treadle.server.jobs.request import request_job
from treadle.server.jobs.rows import as_job
from treadle.server.jobs.states import find_job
from treadle.server.jobs.tables import job
from treadle.server.jobs.wire import job_doc
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import Client, ClientDialect
from treadle.server.wire.query import flag
from treadle.server.wire.routing import Router

router = Router(tags=["analyses"])

PARENTS = ("project", "subject", "session", "acquisition", "collection")


async def _run(guard: Guard, parent: Container, body: dict[str, Any]) -> Response:
    """A gear is to make the analysis."""
    if parent.project_id is None:
        raise Invalid("Gears make analyses in projects; a collection holds those that people make.")
    request = read_request(body["job"], analysis=read_analysis(body), place=parent.id)
    made = await request_job(guard.connection, request, await starter_of(guard, body["job"]))
    started = await find_job(guard.connection, made)
    await guard.record("create_container", started.context)
    return json_answer({"_id": started.destination_id, "job_id": made})


async def _document(request: Request, guard: Guard, target: Container, client: Client) -> dict[str, Any]:
    """The analysis; with `inflate_job` its job is the document instead of the id."""
    document = await relations.document(guard, target, View(client))
    if flag(request, "inflate_job"):
        row = (
            await guard.connection.execute(select(job).where(job.c.id == target.doc.get("job")))
        ).one_or_none()
        document["job"] = None if row is None else job_doc(as_job(row), client)
        document["job_id"] = target.doc.get("job")
    return document


async def _read(request: Request, guard: Guard, target: Container, client: Client) -> Response:
    body = await _document(request, guard, target, client)
    await guard.record("view_container", target.context)
    return json_answer(body, headers={"ETag": f'"{target.revision}"'})


@router.get("/analyses/{id}", response_model=AnalysisDocument, operation_id="get_analysis")
async def read_analysis_by_id(
    request: Request, guard: ScopedGuard, client: ClientDialect, id: str
) -> Response:
    """An analysis, its job inflated on demand."""
    target = await rights.find(guard, id, "analyses_view_metadata", level="analysis")
    return await _read(request, guard, target, client)


def _on(path: str, name: str, level: str | None) -> None:
    @router.post(f"{path}/analyses", response_model=AnalysisInserted, operation_id=f"add_{name}_analysis")
    async def add(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
        parent = await rights.find(guard, id, level=level)
        if parent.level not in PARENTS:
            raise Invalid(f"A {parent.level} cannot hold analyses.")
        if body.get("job"):
            return await _run(guard, parent, body)
        await rights.require(guard, parent, "analyses_create_sdk")
        made = await analyses.create_analysis(guard, parent=parent, body=body)
        await guard.record("create_container", made.context)
        return json_answer({"_id": made.id})

    @router.get(
        f"{path}/analyses/{{analysis_id}}",
        response_model=AnalysisDocument,
        operation_id=f"get_{name}_analysis",
    )
    async def read(
        request: Request, guard: ScopedGuard, client: ClientDialect, id: str, analysis_id: str
    ) -> Response:
        target = await rights.find(guard, analysis_id, "analyses_view_metadata", level="analysis")
        if target.parent_id != id:
            raise ContainerNotFound
        return await _read(request, guard, target, client)


for _name in PARENTS:
    _on(f"/{LEVELS[_name].plural}/{{id}}", _name, _name)
_on("/containers/{id}", "container", None)
