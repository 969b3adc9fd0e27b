"""What administrators set while the site runs (api.md 17)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import AdminGuard, Guard, UserGuard
from treadle.server.app.models import SiteSettings
from treadle.server.gears.context import SETTING
from treadle.server.jobs import networks
from treadle.server.jobs.metadata import STRICT
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.kit.settings import Settings
from treadle.server.privacy.resolve import SWITCHES
from treadle.server.privacy.routes_settings import PROFILE, own_profile, take_profile
from treadle.server.search.explorer.all_data import MODE, OPEN_FIELDS, check_settings
from treadle.server.store.tables import site_document
from treadle.server.wire.answer import json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["site"])

_NAME = "settings"
_OURS = ("_id", "created", "modified", "site_name")
_FLAGS = (*SWITCHES, STRICT)
_CLIENTS = (
    "center_gears",
    "providers",
    "ldap_sync",
    "viewer_apps",
    "mfa",
)  # kept for clients, which read them
_KNOWN = (*_CLIENTS, *_FLAGS, PROFILE, MODE, OPEN_FIELDS, SETTING, networks.SETTING)


async def _document(connection: AsyncConnection) -> dict[str, Any]:
    row = (await connection.execute(select(site_document).where(site_document.c.name == _NAME))).one_or_none()
    kept = {} if row is None else row.document
    return {
        "center_gears": [],
        **dict.fromkeys(_FLAGS, False),
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
    _refuse_unknown(name for name in body if name not in _OURS)
    for name in _FLAGS:
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


def _refuse_unknown(names: Iterable[str]) -> None:
    for name in names:
        if name not in _KNOWN:
            nearest = get_close_matches(name, _KNOWN, n=1, cutoff=0)[0]
            raise Invalid(f"The site has no setting '{name}'; the nearest one is '{nearest}'.")
