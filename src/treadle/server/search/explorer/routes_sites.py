"""Other sites to search, and the caller's keys there, over HTTP (search.md 10)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import Request, Response
from pydantic import Field

from treadle.server.access.guard import AdminGuard, UserGuard, UserGuards
from treadle.server.catalog.models import Document
from treadle.server.kit.errors import BadRequest
from treadle.server.privacy.site_key import site_key
from treadle.server.search.explorer import sites
from treadle.server.search.explorer.errors import SearchSiteMissing
from treadle.server.search.explorer.peer import account_of
from treadle.server.wire.answer import Deleted, InsertedId, Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(prefix="/dataexplorer/sites", tags=["search"])


class SiteDocument(Document):
    """Another site that can be searched from here."""

    id: str = Field(alias="_id")
    label: str
    url: str
    kind: Literal["treadle", "flywheel"]
    connected: bool
    account: str | None = None
    created: datetime
    modified: datetime


@router.get("", response_model=list[SiteDocument], operation_id="get_search_sites")
async def listed(guard: UserGuard) -> Response:
    """The other sites, with whether the caller has given a key for them."""
    return json_answer(await sites.listed(guard))


@router.post("", response_model=InsertedId, operation_id="add_search_site")
async def add(guard: AdminGuard, body: ObjectBody) -> Response:
    """Name another site; users then connect to it with their own keys."""
    return json_answer({"_id": await sites.add(guard.connection, sites.read_site(body))})


@router.put("/{id}", response_model=Modified, operation_id="modify_search_site")
async def change(guard: AdminGuard, id: str, body: ObjectBody) -> Response:
    """Another label, address or kind; with another address all keys for the site are forgotten."""
    await sites.change(guard.connection, id, sites.read_site(body, partly=True))
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.delete("/{id}", response_model=Deleted, operation_id="delete_search_site")
async def remove(guard: AdminGuard, id: str) -> Response:
    """Forget a site with all keys for it."""
    if not await sites.remove(guard.connection, id):
        raise SearchSiteMissing
    return json_answer({"deleted": 1})


@router.put("/{id}/key", response_model=SiteDocument, operation_id="connect_search_site")
async def connect(request: Request, guards: UserGuards, id: str, body: ObjectBody) -> Response:
    """Give the key of one's account there; it is tried, and kept encrypted."""
    key = body.get("key")
    if not isinstance(key, str) or not key.strip() or not key.isprintable() or not key.isascii():
        raise BadRequest("'key' is the API key of your account on that site.")
    bare = key.strip().rpartition(":")[2]
    async with guards() as guard:
        guard.require_account()
        row = await sites.find(guard.connection, id)
    account = await account_of(sites.Peer(row.id, row.label, row.url, row.kind, bare))
    async with guards() as guard:
        await sites.connect(guard, id, key=bare, account=account, seal=site_key(request.app.state.settings))
        await guard.record(
            "other_access", {"search_site": {"id": id, "label": row.label, "account": account}}
        )
        [found] = [one for one in await sites.listed(guard) if one["_id"] == id]
    return json_answer(found)


@router.delete("/{id}/key", response_model=Deleted, operation_id="disconnect_search_site")
async def disconnect(guard: UserGuard, id: str) -> Response:
    """Forget the caller's key for a site."""
    return json_answer({"deleted": await sites.disconnect(guard, id)})
