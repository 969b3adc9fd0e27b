"""Endpoints about the caller: who am I, my info, my API keys."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import update

from treadle.server.access.guard import UserGuard
from treadle.server.access.identity import Identity
from treadle.server.access.keys import create_key, delete_key, keys_of
from treadle.server.access.models import AuthStatus, NewKeyDocument, UserDocument
from treadle.server.access.tables import app_user
from treadle.server.access.users import get_user
from treadle.server.access.wire import KeyInput, new_key_doc, user_doc
from treadle.server.kit.clock import now
from treadle.server.kit.errors import NotFound
from treadle.server.store.info import updated_info
from treadle.server.wire.answer import Deleted, Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["users"])


def _origin(identity: Identity) -> dict[str, Any]:
    """Who is here: for a job of a user the job, for a job of a gear rule the rule."""
    if identity.kind == "user" and identity.job:
        return {"type": "job", "id": identity.job}
    return {"type": identity.kind, "id": identity.id}


@router.get("/auth/status", response_model=AuthStatus, summary="Who the credentials belong to")
async def auth_status(guard: UserGuard) -> Response:
    """The first call of every official client."""
    identity = guard.identity
    return json_answer(
        {
            "origin": _origin(identity),
            "user_id": identity.id if identity.kind == "user" else None,
            "user_is_admin": identity.is_site_admin,
            "is_device": identity.kind == "device",
            "roles": list(identity.roles),
        }
    )


@router.get("/users/self", response_model=UserDocument, summary="The caller")
async def get_self(guard: UserGuard) -> Response:
    """The calling user's document."""
    user = await get_user(guard.connection, guard.require_user())
    keys = await keys_of(guard.connection, "user_id", [user.id])
    return json_answer({**user_doc(user, keys[user.id]), "visited_projects": []})


@router.get("/users/self/avatar", summary="The caller's picture", response_class=RedirectResponse)
async def get_own_avatar(guard: UserGuard) -> Response:
    """Leads to the picture's address."""
    user = await get_user(guard.connection, guard.require_user())
    if user.avatar is None:
        raise NotFound("This user has no picture.")
    return RedirectResponse(user.avatar)


@router.get("/users/self/info", response_model=dict[str, Any], summary="The caller's custom metadata")
async def get_own_info(request: Request, guard: UserGuard) -> Response:
    """All of it, or only the top-level keys named by `fields`."""
    user = await get_user(guard.connection, guard.require_user())
    named = [name for part in request.query_params.getlist("fields") for name in part.split(",") if name]
    info: dict[str, Any] = user.info
    if named:
        info = {name: value for name, value in info.items() if name in named}
    return json_answer(info)


@router.post("/users/self/info", response_model=Modified, summary="Change the caller's custom metadata")
@router.patch("/users/self/info", response_model=Modified, summary="Change the caller's custom metadata")
async def change_own_info(body: ObjectBody, guard: UserGuard) -> Response:
    """`set`, `delete` or `replace`; POST for older clients, PATCH for newer."""
    await guard.connection.execute(
        update(app_user)
        .where(app_user.c.id == guard.require_account())
        .values(info=updated_info(app_user.c.info, body), modified_at=now())
    )
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.post("/users/self/key", response_model=NewKeyDocument, summary="Make an API key")
async def add_own_key(body: ObjectBody, guard: UserGuard) -> Response:
    """The only answer that shows the key's secret."""
    wanted = KeyInput.model_validate(body)
    owner = guard.require_account()
    made = await create_key(guard.connection, "user_id", owner, **wanted.fields())
    await guard.record("key_created", {"user": {"id": guard.identity.id}, "key": {"id": made.key.id}})
    return json_answer(new_key_doc(made))


@router.delete("/users/self/key/{key_id}", response_model=Deleted, summary="Delete an API key")
async def delete_own_key(key_id: str, guard: UserGuard) -> Response:
    """By its public part, the `key` of the documents."""
    await delete_key(guard.connection, "user_id", guard.require_account(), key_id)
    await guard.record("key_deleted", {"user": {"id": guard.identity.id}, "key": {"id": key_id}})
    return json_answer({"deleted": 1})
