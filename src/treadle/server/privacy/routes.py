"""What applies at a place, with the secret for clients that de-identify (deid.md 4.1, 5.1)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from treadle.server.access.guard import Guard, ScopedGuard, UserGuard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.queries import container_by_id
from treadle.server.catalog.rows import Container
from treadle.server.kit.errors import Forbidden
from treadle.server.privacy.models import EffectiveDocument
from treadle.server.privacy.places import place_of, places_of
from treadle.server.privacy.profiles import newest
from treadle.server.privacy.resolve import effective
from treadle.server.privacy.secrets import Secret, owner_of, secret_of
from treadle.server.privacy.site_key import site_key
from treadle.server.privacy.wire import effective_doc, secret_doc
from treadle.server.wire.answer import json_answer
from treadle.server.wire.routing import Router

router = Router(tags=["de-identification"])

Epoch = Annotated[int | None, Query(ge=1, description="An older epoch, to continue what was begun under it.")]


def de_identifies(request: Request) -> bool:
    """Whether the client says that it de-identifies by itself."""
    return request.headers.get("x-treadle-deid") == "1"


async def _answer(guard: Guard, target: Container | None, secret: Secret | None = None) -> Response:
    places = places_of(target)
    found = await effective(guard.connection, places)
    own = await newest(guard.connection, [place_of(target)])
    document = effective_doc(found, next(iter(own.values()), None))
    if secret is not None:
        document["secret"] = secret_doc(secret)
    return json_answer(document)


@router.get("/projects/{id}/deid", response_model=EffectiveDocument, operation_id="get_project_deid")
async def of_project(request: Request, guard: ScopedGuard, id: str, epoch: Epoch = None) -> Response:
    """What applies to files that go to the project; with `X-Treadle-Deid: 1` also the secret.

    The secret is for those who may add files here, and each time it is handed out is in the access log.
    """
    if guard.identity.kind == "device":
        guard.decided()
        target = await get_container(guard.connection, id, level="project")
    else:
        target = await rights.find(guard, id, level="project")
    if not de_identifies(request):
        return await _answer(guard, target)
    await _require_adding(guard, target)
    group = await container_by_id(guard.connection, target.group_id or "")
    secret = await secret_of(
        guard.connection,
        site_key(request.app.state.settings),
        owner_of(group, target),
        epoch=epoch,
        label=f"{target.group_id}/{target.label}",
    )
    await guard.record("view_container", {**target.context, "deid_secret": {"epoch": secret.epoch}})
    return await _answer(guard, target, secret)


async def _require_adding(guard: Guard, target: Container) -> None:
    if guard.identity.kind == "device":
        return
    if not await guard.may("files_create_single", project_id=target.id) and not await guard.may(
        "files_create_bulk", project_id=target.id
    ):
        raise Forbidden("The secret of a project is for those who may add files to it.", container=target.id)


@router.get("/groups/{id}/deid", response_model=EffectiveDocument, operation_id="get_group_deid")
async def of_group(guard: ScopedGuard, id: str) -> Response:
    """What applies to the group's projects that have no profile of their own."""
    return await _answer(guard, await rights.find(guard, id, level="group"))


@router.get("/site/deid", response_model=EffectiveDocument, operation_id="get_site_deid")
async def of_site(guard: UserGuard) -> Response:
    """What applies where neither project nor group has a profile."""
    return await _answer(guard, None)
