"""Settings of projects and groups, with their profile as other clients know it (deid.md 5.1, 5.2)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import apply_changes
from treadle.server.catalog.reasons import DEMANDED
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.kit.errors import Invalid
from treadle.server.privacy.places import place_of
from treadle.server.privacy.profiles import newest
from treadle.server.privacy.routes import de_identifies
from treadle.server.privacy.routes_profiles import require_change
from treadle.server.privacy.save import read_text, save
from treadle.server.privacy.secrets import SCOPE
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["settings"])

PROFILE = "deid_profile"


async def own_profile(request: Request, guard: Guard, target: Container | None) -> dict[str, Any] | None:
    """The profile of the place itself as this client can use it."""
    found = (await newest(guard.connection, [place_of(target)])).get(place_of(target))
    from treadle.server.privacy.plain import profile_for  # noqa: PLC0415 - brings pydicom, which few requests need

    return None if found is None else profile_for(found, foreign=not de_identifies(request))


async def take_profile(
    request: Request, guard: Guard, target: Container | None, body: dict[str, Any]
) -> None:
    """Save the profile among the settings that a client sends, and take it out of them.

    Settings sent back as they were read change nothing: the plain form must not replace what it was made from.
    """
    if PROFILE not in body:
        return
    said = body.pop(PROFILE)
    if said is None or said != await own_profile(request, guard, target):
        await save(guard, target, read_text(said))


def _settings(level: str, plural: str) -> None:
    @router.get(
        f"/{plural}/{{id}}/settings", response_model=dict[str, Any], operation_id=f"get_{level}_settings"
    )
    async def read(request: Request, guard: ScopedGuard, id: str) -> Response:
        target = await rights.find(guard, id, level=level)
        profile = await own_profile(request, guard, target)
        return json_answer({**(target.doc.get("settings") or {}), PROFILE: profile})

    @router.put(
        f"/{plural}/{{id}}/settings", response_model=dict[str, Any], operation_id=f"modify_{level}_settings"
    )
    async def write(request: Request, guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
        target = await rights.find(guard, id, level=level)
        await require_change(guard, target)
        if "sharing" in body and level == "project":
            await rights.require(guard, target, "project_sharing_manage")
        _check(body)
        await take_profile(request, guard, target, body)
        merged = {**(target.doc.get("settings") or {}), **body}
        await apply_changes(guard.connection, target, {"doc": container.c.doc.op("||")({"settings": merged})})
        await guard.record("modify_container", target.context)
        return json_answer({**merged, PROFILE: await own_profile(request, guard, target)})


def _check(body: dict[str, Any]) -> None:
    if not isinstance(body.get(DEMANDED, False), bool):
        raise Invalid(f"'{DEMANDED}' must be true or false.")
    if body.get(SCOPE, "project") not in ("project", "group"):
        raise Invalid(f"'{SCOPE}' must be project or group.")


_settings("project", "projects")
_settings("group", "groups")
