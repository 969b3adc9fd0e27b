"""Providers as the clients know them: where the site's files are kept, and the engines that run its gears."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlalchemy import select

from treadle.server.access.guard import AdminGuard, UserGuard
from treadle.server.app.models import ProviderDocument
from treadle.server.jobs.tables import compute_provider
from treadle.server.jobs.wire import provider_doc
from treadle.server.kit.errors import Conflict, Invalid, NotFound
from treadle.server.kit.settings import Settings
from treadle.server.wire.answer import Deleted, json_answer
from treadle.server.wire.routing import Router

router = Router(tags=["site"])

_CLASSES = ("storage", "compute")
_STORAGE = "000000000000000000000001"


def _storage(request: Request) -> dict[str, Any]:
    """The one storage. Its type is `local` for every kind: clients are never sent to it directly."""
    settings: Settings = request.app.state.settings
    return {
        "_id": _STORAGE,
        "label": "Local Storage",
        "class": "storage",
        "type": "local",
        "provider_class": "storage",
        "provider_type": "local",
        "creds": None,
        "origin": {"type": "system", "id": None},
        "config": {"id": _STORAGE, "kind": settings.blobs.split(":")[0]},
        "access_type": None,
        "created": None,
        "modified": None,
    }


async def _find(request: Request, guard: UserGuard | AdminGuard, id: str) -> dict[str, Any]:
    if id == _STORAGE:
        return _storage(request)
    chosen = select(compute_provider).where(compute_provider.c.id == id)
    row = (await guard.connection.execute(chosen)).one_or_none()
    if row is None:
        raise NotFound(f"There is no provider '{id}'.")
    return provider_doc(row)


@router.get("/site/providers", response_model=list[ProviderDocument], operation_id="get_providers")
async def providers(request: Request, guard: UserGuard) -> Response:
    """The storage and the engines that have reported; `class` is `storage` or `compute` for one kind."""
    query = request.query_params
    wanted = query.get("class") or query.get("_class")
    if wanted not in (None, *_CLASSES):
        raise Invalid(f"'class' must be one of: {', '.join(_CLASSES)}.")
    found = [_storage(request)] if wanted != "compute" else []
    if wanted != "storage":
        rows = await guard.connection.execute(select(compute_provider).order_by(compute_provider.c.id))
        found += map(provider_doc, rows)
    return json_answer(found)


@router.get("/site/providers/{id}", response_model=ProviderDocument, operation_id="get_provider")
async def provider(request: Request, guard: UserGuard, id: str) -> Response:
    """The storage or an engine."""
    return json_answer(await _find(request, guard, id))


@router.get("/site/providers/{id}/config", response_model=dict[str, Any], operation_id="get_provider_config")
async def provider_config(request: Request, guard: AdminGuard, id: str) -> Response:
    """How the storage is set up, without secrets; what an engine says that it can."""
    return json_answer((await _find(request, guard, id))["config"])


@router.post("/site/providers", response_model=ProviderDocument, operation_id="add_provider")
@router.put("/site/providers/{id}", response_model=ProviderDocument, operation_id="modify_provider")
@router.delete("/site/providers/{id}", response_model=Deleted, operation_id="delete_provider")
async def change_provider(_guard: AdminGuard) -> Response:
    """Providers are set up where they run, not over HTTP."""
    raise Conflict(
        "Where files are kept is set by 'blobs' in the server's settings file; an engine says itself what it is "
        "('treadle engine run') and goes with its device."
    )
