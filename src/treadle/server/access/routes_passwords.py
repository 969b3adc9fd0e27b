"""Passwords: changing one's own, and an administrator setting one."""

from __future__ import annotations

from fastapi import Request, Response

from treadle.server.access.browser import address_of, settings_of
from treadle.server.access.errors import WrongLogin
from treadle.server.access.guard import LOGIN_COOKIE, AdminGuard, UserGuards
from treadle.server.access.identity import digest
from treadle.server.access.logins import begin_attempt, forgive
from treadle.server.access.passwords import hash_password, is_right
from treadle.server.access.users import change_user, get_user
from treadle.server.access.wire import PasswordChange, PasswordReset
from treadle.server.kit.errors import Conflict
from treadle.server.wire.answer import Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["login"])


@router.put("/x/me/password", response_model=Modified, summary="Change one's own password")
async def change_password(request: Request, body: ObjectBody, guards: UserGuards) -> Response:
    """Needs the old password; ends all other logins."""
    async with guards() as guard:
        wanted = PasswordChange.model_validate(body)
        user = await get_user(guard.connection, guard.require_account())
        if user.password_hash is None:
            raise Conflict("There is no password yet; an administrator can set one.")
        attempt = await begin_attempt(
            guard.connection,
            account=user.id,
            address=address_of(request),
            settings=settings_of(request).login,
        )
    if not await is_right(user.password_hash, wanted.old):
        raise WrongLogin("The old password is wrong.")
    hashed = await hash_password(wanted.new)
    async with guards() as guard:
        token = request.cookies.get(LOGIN_COOKIE)
        await forgive(guard.connection, attempt, account=user.id)
        await change_user(
            guard.connection,
            guard.require_account(),
            {"password_hash": hashed},
            keep_login=digest(token) if token else None,
        )
        await guard.record("user_password_change", {"user": {"id": user.id}})
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.post("/x/users/{user_id}/password", response_model=Modified, summary="Set a user's password")
async def reset_password(user_id: str, body: ObjectBody, guard: AdminGuard) -> Response:
    """Ends all logins of the user."""
    wanted = PasswordReset.model_validate(body)
    await change_user(guard.connection, user_id, {"password_hash": await hash_password(wanted.password)})
    await guard.record("user_password_change", {"user": {"id": user_id.lower()}})
    return json_answer({"modified": 1, "jobs_spawned": 0})
