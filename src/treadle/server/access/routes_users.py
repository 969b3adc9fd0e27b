"""User administration; every user may see who else there is."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from treadle.server.access import listing
from treadle.server.access.grants import forget_user
from treadle.server.access.guard import AdminGuard, Guard, UserGuard
from treadle.server.access.keys import create_key, delete_key, keys_of
from treadle.server.access.models import NewKeyDocument, PublicUserDocument, UserDocument
from treadle.server.access.passwords import hash_password
from treadle.server.access.users import User, as_user, change_user, create_user, delete_user, get_user
from treadle.server.access.wire import (
    KeyInput,
    UserChange,
    UserInput,
    new_key_doc,
    public_user_doc,
    user_doc,
)
from treadle.server.kit.errors import Forbidden, NotFound
from treadle.server.wire import answer
from treadle.server.wire.answer import Deleted, InsertedId, Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import Listing, flag
from treadle.server.wire.routing import Router

router = Router(tags=["users"])

_OWN_FIELDS = frozenset({"firstname", "lastname", "avatar", "preferences"})
_EMPTY: dict[str, Any] = {"firstname": "", "lastname": "", "avatar": None, "preferences": {}}


async def _fields(change: UserChange, roles: tuple[str, ...] = ("user",)) -> dict[str, Any]:
    """The columns to write; null empties a text and leaves everything else alone."""
    sent = {name: getattr(change, name) for name in change.model_fields_set}
    fields = {
        name: _EMPTY.get(name) if value is None else value
        for name, value in sent.items()
        if value is not None or name in _EMPTY
    }
    password, root = fields.pop("password", None), fields.pop("root", None)
    if "roles" in fields or root is not None:
        wanted: set[str] = set(fields.get("roles") or roles)
        if root is not None:
            wanted = wanted | {"site_admin"} if root else wanted - {"site_admin"}
        fields["roles"] = sorted(wanted) or ["user"]
    if password is not None:
        fields["password_hash"] = await hash_password(password)
    return fields


@router.get("/users", response_model=list[UserDocument] | list[PublicUserDocument], summary="All users")
async def list_users(request: Request, query: Listing, client: ClientDialect, guard: UserGuard) -> Response:
    """Administrators see everything, others names and addresses; deleted ones with `include_deleted`."""
    guard.require_user()
    admin = guard.identity.is_site_admin
    source = listing.user_source(as_admin=admin, deleted=admin and flag(request, "include_deleted"))
    rows, total = await listing.fetch(guard.connection, source, query, count=client.envelope)
    users = [as_user(row) for row in rows]
    return answer.listing(
        await _documents(guard, users) if admin else [public_user_doc(user) for user in users],
        total=total,
        envelope=client.envelope,
    )


async def _documents(guard: Guard, users: list[User]) -> list[dict[str, Any]]:
    keys = await keys_of(guard.connection, "user_id", [user.id for user in users])
    return [user_doc(user, keys[user.id]) for user in users]


@router.post("/users", response_model=InsertedId, summary="Add a user")
async def add_user(body: ObjectBody, guard: AdminGuard) -> Response:
    """The id is the user's e-mail address, kept in lower case."""
    wanted = UserInput.model_validate(body)
    fields = await _fields(wanted)
    user = await create_user(guard.connection, wanted.id, fields)
    await guard.record("user_role_change", {"user": {"id": user.id}, "roles": list(user.roles)})
    return json_answer({"_id": user.id})


@router.get("/users/{user_id}", response_model=UserDocument | PublicUserDocument, summary="One user")
async def get_one_user(user_id: str, guard: UserGuard) -> Response:
    """Whole for administrators and the user, else the name and address."""
    guard.require_user()
    admin = guard.identity.is_site_admin
    user = await get_user(guard.connection, user_id, deleted=admin)
    if admin or user.id == guard.identity.id:
        return json_answer((await _documents(guard, [user]))[0])
    return json_answer(public_user_doc(user))


@router.get("/users/{user_id}/avatar", summary="A user's picture", response_class=RedirectResponse)
async def get_avatar(user_id: str, guard: UserGuard) -> Response:
    """Leads to the picture's address."""
    guard.require_user()
    user = await get_user(guard.connection, user_id)
    if user.avatar is None:
        raise NotFound("This user has no picture.")
    return RedirectResponse(user.avatar)


@router.put("/users/{user_id}", response_model=Modified, summary="Change a user")
async def put_user(request: Request, user_id: str, body: ObjectBody, guard: UserGuard) -> Response:
    """Users change their own name, picture and preferences; administrators everything."""
    wanted = UserChange.model_validate(body)
    if not guard.identity.is_site_admin:
        _require_own(guard, user_id, wanted)
    before = await get_user(guard.connection, user_id)
    after = await change_user(guard.connection, user_id, await _fields(wanted, before.roles))
    if guard.identity.is_site_admin and flag(request, "clear_permissions"):
        await forget_user(guard.connection, after.id)
    await _record_change(guard, before, after)
    return json_answer({"modified": 1, "jobs_spawned": 0})


def _require_own(guard: Guard, user_id: str, wanted: UserChange) -> None:
    if guard.require_account() != user_id.strip().lower():
        raise Forbidden("Only a site administrator may change another user.")
    if refused := sorted(wanted.model_fields_set - _OWN_FIELDS):
        raise Forbidden(f"Only a site administrator may change {', '.join(refused)}.")


async def _record_change(guard: Guard, before: User, after: User) -> None:
    context: dict[str, Any] = {"user": {"id": after.id}}
    if before.disabled != after.disabled:
        await guard.record("user_disabled" if after.disabled else "user_enabled", context)
    if before.roles != after.roles:
        await guard.record("user_role_change", {**context, "roles": list(after.roles)})


@router.delete("/users/{user_id}", response_model=Deleted, summary="Delete a user")
async def remove_user(user_id: str, guard: AdminGuard) -> Response:
    """Hides the user and takes away keys, logins and all permissions."""
    user = await delete_user(guard.connection, user_id)
    await guard.record("user_deleted", {"user": {"id": user.id}})
    return json_answer({"deleted": 1})


@router.post("/users/{user_id}/key", response_model=NewKeyDocument, summary="Make an API key for a user")
async def add_user_key(user_id: str, body: ObjectBody, guard: AdminGuard) -> Response:
    """For accounts of programs; the only answer that shows the key's secret."""
    wanted = KeyInput.model_validate(body)
    guard.require_account()
    user = await get_user(guard.connection, user_id)
    made = await create_key(guard.connection, "user_id", user.id, **wanted.fields())
    await guard.record("key_created", {"user": {"id": user.id}, "key": {"id": made.key.id}})
    return json_answer(new_key_doc(made))


@router.delete("/users/{user_id}/key/{key_id}", response_model=Deleted, summary="Delete a user's API key")
async def delete_user_key(user_id: str, key_id: str, guard: AdminGuard) -> Response:
    """By its public part."""
    guard.require_account()
    user = await get_user(guard.connection, user_id, deleted=True)
    await delete_key(guard.connection, "user_id", user.id, key_id)
    await guard.record("key_deleted", {"user": {"id": user.id}, "key": {"id": key_id}})
    return json_answer({"deleted": 1})
