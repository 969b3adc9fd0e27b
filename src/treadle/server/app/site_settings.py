"""What administrators set while the site runs, and where its files are kept (api.md 17)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import AdminGuard, Guard, UserGuard
from treadle.server.app.models import ProviderDocument, SiteSettings
from treadle.server.jobs import networks
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Conflict, Invalid, NotFound
from treadle.server.kit.settings import Settings
from treadle.server.privacy.resolve import SWITCHES
from treadle.server.privacy.routes_settings import PROFILE, own_profile, take_profile
from treadle.server.search.explorer.all_data import check_settings
from treadle.server.store.tables import site_document
from treadle.server.wire.answer import Deleted, json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["site"])

_NAME = "settings"
_OURS = ("_id", "created", "modified", "site_name")
_STORAGE = "000000000000000000000001"


async def _document(connection: AsyncConnection) -> dict[str, Any]:
    row = (await connection.execute(select(site_document).where(site_document.c.name == _NAME))).one_or_none()
    kept = {} if row is None else row.document
    return {
        "center_gears": [],
        **dict.fromkeys(SWITCHES, False),
        **kept,
        "_id": "site",
        "created": None if row is None else stamp(row.created_at),
        "modified": None if row is None else stamp(row.modified_at),
    }


@router.get("/site/settings", response_model=SiteSettings, operation_id="get_site_settings")
async def read_settings(request: Request, guard: UserGuard) -> Response:
    """Settings of the site that clients read."""
    return json_answer(await _shown(request, guard))


async def _shown(request: Request, guard: Guard) -> dict[str, Any]:
    settings: Settings = request.app.state.settings
    profile = await own_profile(request, guard, None)
    return {
        **await _document(guard.connection),
        "site_name": settings.site_name,
        PROFILE: profile,
    }


@router.put("/site/settings", response_model=SiteSettings, operation_id="modify_site_settings")
async def change_settings(request: Request, guard: AdminGuard, body: ObjectBody) -> Response:
    """Put these top-level keys; the others stay. The site's name is in the settings file."""
    for name in SWITCHES:
        if not isinstance(body.get(name, False), bool):
            raise Invalid(f"'{name}' must be true or false.")
    check_settings(body)
    networks.check_settings(body)
    await take_profile(request, guard, None, body)
    wanted = {name: value for name, value in body.items() if name not in _OURS}
    new = insert(site_document).values(name=_NAME, document=wanted)
    await guard.connection.execute(
        new.on_conflict_do_update(
            index_elements=[site_document.c.name],
            set_={
                "document": site_document.c.document.op("||")(new.excluded.document),
                "modified_at": now(),
            },
        )
    )
    return json_answer(await _shown(request, guard))


def _storage(settings: Settings) -> dict[str, Any]:
    """The one storage. Its type is `local` for every kind: clients are never sent to it directly."""
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


@router.get("/site/providers", response_model=list[ProviderDocument], operation_id="get_providers")
async def providers(request: Request, _guard: UserGuard) -> Response:
    """Where files are kept; `class=compute` is empty."""
    query = request.query_params
    wanted = query.get("class") or query.get("_class") or "storage"
    return json_answer([_storage(request.app.state.settings)] if wanted == "storage" else [])


@router.get("/site/providers/{id}", response_model=ProviderDocument, operation_id="get_provider")
async def provider(request: Request, _guard: UserGuard, id: str) -> Response:
    """One storage."""
    if id != _STORAGE:
        raise NotFound(f"There is no provider '{id}'.")
    return json_answer(_storage(request.app.state.settings))


@router.get("/site/providers/{id}/config", response_model=dict[str, Any], operation_id="get_provider_config")
async def provider_config(request: Request, _guard: AdminGuard, id: str) -> Response:
    """How a storage is set up, without secrets."""
    if id != _STORAGE:
        raise NotFound(f"There is no provider '{id}'.")
    return json_answer(_storage(request.app.state.settings)["config"])


@router.post("/site/providers", response_model=ProviderDocument, operation_id="add_provider")
@router.put("/site/providers/{id}", response_model=ProviderDocument, operation_id="modify_provider")
@router.delete("/site/providers/{id}", response_model=Deleted, operation_id="delete_provider")
async def change_provider(_guard: AdminGuard) -> Response:
    """Storages are set up where the server runs, not over HTTP."""
    raise Conflict("Where files are kept is set by 'blobs' in the server's settings file, not over HTTP.")
