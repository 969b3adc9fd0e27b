"""Profiles of site, groups and projects: save, take away, what was before; a new epoch of a secret."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import rights
from treadle.server.catalog.queries import container_by_id
from treadle.server.catalog.rows import Container
from treadle.server.kit.errors import Invalid
from treadle.server.privacy.models import ProfileVersion, RotatedDocument
from treadle.server.privacy.places import place_of
from treadle.server.privacy.profiles import get_version, history
from treadle.server.privacy.save import read_text, save
from treadle.server.privacy.secrets import owner_of, rotate
from treadle.server.privacy.site_key import site_key
from treadle.server.privacy.wire import version_doc
from treadle.server.wire.answer import Deleted, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["de-identification"])

Before = Annotated[int | None, Query(ge=1)]
Limit = Annotated[int, Query(ge=1, le=100)]


async def _find(guard: Guard, level: str, id: str) -> Container | None:
    if level == "site":
        guard.decided()
        return None
    return await rights.find(guard, id, level=level)


async def require_change(guard: Guard, target: Container | None) -> None:
    """Go on only when the caller may change the profile and settings of the place (None: the site)."""
    if target is None:
        guard.require_site_admin()
    elif target.level == "group":
        await guard.require_group(target.id, "admin")
    else:
        await rights.require(guard, target, "settings_modify")


def _number(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Invalid("'version' is the number of the version that yours is based on, 0 when there was none.")
    return value


def _routes(level: str, path: str) -> None:
    def described(suffix: str = "", **more: Any) -> dict[str, Any]:
        return {"path": f"{path}/deid{suffix}", **more}

    @router.put(**described(), response_model=ProfileVersion, operation_id=f"modify_{level}_deid")
    async def put(guard: ScopedGuard, body: ObjectBody, id: str = "") -> Response:
        """Save a profile as the next version: `{text, locked, version}`; 400 with every issue when it is not valid."""
        target = await _find(guard, level, id)
        await require_change(guard, target)
        text, locked = read_text(body.get("text")), body.get("locked")
        if text is None:
            raise Invalid("'text' (the profile) is required; DELETE takes a profile away.")
        if not isinstance(locked, bool | None):
            raise Invalid("'locked' must be true or false.")
        made = await save(guard, target, text, locked=locked, expected=_number(body.get("version")))
        return json_answer(None if made is None else version_doc(made))

    @router.delete(**described(), response_model=Deleted, operation_id=f"delete_{level}_deid")
    async def remove(guard: ScopedGuard, id: str = "") -> Response:
        """Take the place's own profile away; what is above applies from now on. Its versions stay readable."""
        target = await _find(guard, level, id)
        await require_change(guard, target)
        await save(guard, target, None, locked=False)
        return json_answer({"deleted": 1})

    @router.get(
        **described("/versions"),
        response_model=list[ProfileVersion],
        operation_id=f"get_{level}_deid_versions",
    )
    async def versions(
        guard: ScopedGuard, id: str = "", before: Before = None, limit: Limit = 50
    ) -> Response:
        """The place's versions without their texts, newest first; `before` goes on."""
        place = place_of(await _find(guard, level, id))
        found = await history(guard.connection, place, before=before, limit=limit)
        return json_answer([version_doc(version, text=False) for version in found])

    @router.get(
        **described("/versions/{version}"),
        response_model=ProfileVersion,
        operation_id=f"get_{level}_deid_version",
    )
    async def version(guard: ScopedGuard, version: int, id: str = "") -> Response:
        """One version with its text."""
        place = place_of(await _find(guard, level, id))
        return json_answer(version_doc(await get_version(guard.connection, place, version)))


_routes("site", "/site")
_routes("group", "/groups/{id}")
_routes("project", "/projects/{id}")


@router.post(
    "/projects/{id}/deid/epochs", response_model=RotatedDocument, operation_id="rotate_project_secret"
)
async def rotate_secret(request: Request, guard: ScopedGuard, id: str) -> Response:
    """A new secret for what comes from now on: its identifiers have nothing in common with those before."""
    target = await rights.find(guard, id, "settings_modify", level="project")
    group = await container_by_id(guard.connection, target.group_id or "")
    owner = owner_of(group, target)
    if owner.level == "group":
        await guard.require_group(owner.target, "admin")
    made = await rotate(
        guard.connection,
        site_key(request.app.state.settings),
        owner,
        label=f"{target.group_id}/{target.label}",
    )
    await guard.record("modify_container", {**target.context, "deid_secret": {"epoch": made.epoch}})
    return json_answer({"scope": owner.level, "epoch": made.epoch})
