"""The web app's login, and passwords."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import WrongLogin
from treadle.server.access.guard import (
    LOGIN_COOKIE,
    AdminGuard,
    Guard,
    OpenGuards,
    UserGuard,
    UserGuards,
)
from treadle.server.access.identity import LONGEST_LOGIN, Identity, digest
from treadle.server.access.keys import keys_of
from treadle.server.access.logins import begin_attempt, end_login, forgive, start_login
from treadle.server.access.models import LoginDocument, MeDocument
from treadle.server.access.passwords import hash_password, is_right, needs_new_hash
from treadle.server.access.tables import app_user
from treadle.server.access.users import User, as_user, change_user, find_user, get_user
from treadle.server.access.wire import LoginInput, PasswordChange, PasswordReset, user_doc
from treadle.server.kit.errors import BadRequest, Conflict, Unauthenticated
from treadle.server.kit.settings import Settings
from treadle.server.wire.answer import Modified, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["login"])


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _account(connection: AsyncConnection, typed: str) -> User | None:
    """The user of this id, or the only one of this e-mail address."""
    found = await find_user(connection, typed)
    if found is not None:
        return found
    chosen = select(app_user).where(app_user.c.email == typed.strip(), app_user.c.deleted_at.is_(None))
    rows = (await connection.execute(chosen.limit(2))).all()
    return as_user(rows[0]) if len(rows) == 1 else None


async def _me(guard: Guard, user: User, csrf: str | None) -> dict[str, Any]:
    keys = await keys_of(guard.connection, "user_id", [user.id])
    return {"user": user_doc(user, keys[user.id]), "csrf": csrf}


@router.post("/x/login", response_model=LoginDocument, summary="Log a browser in by password")
async def log_in(request: Request, body: ObjectBody, guards: OpenGuards) -> Response:
    """Sets the login cookie; wrong passwords are counted per account and per address."""
    # Forms of other sites cannot send this type: nobody is logged in as somebody else behind their back.
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadRequest("Send the e-mail address and password as application/json.")
    typed = LoginInput.model_validate(body)
    async with guards() as guard:
        user = await _account(guard.connection, typed.email)
        account = user.id if user else typed.email
        attempt = await begin_attempt(guard.connection, account=account, address=_address(request))
    if not await is_right(user.password_hash if user else None, typed.password) or user is None:
        async with guards() as guard:
            context = {"user": {"id": user.id}} if user else {}
            await guard.record("user_login_failed", context)
        raise WrongLogin
    fresh = await hash_password(typed.password) if needs_new_hash(str(user.password_hash)) else None
    async with guards() as guard:
        return await _logged_in(request, guard, user.id, attempt, fresh)


async def _logged_in(
    request: Request, guard: Guard, user_id: str, attempt: list[int], fresh_hash: str | None
) -> Response:
    connection, settings = guard.connection, _settings(request)
    user = await find_user(connection, user_id)
    if user is None:
        raise WrongLogin
    if user.disabled:
        raise Unauthenticated("This account is disabled; ask an administrator.")
    if fresh_hash is not None:
        user = await change_user(connection, user.id, {"password_hash": fresh_hash})
    await forgive(connection, attempt, account=user.id)
    started = await start_login(connection, user, idle=timedelta(hours=settings.login_hours))
    known = replace(guard, identity=Identity(kind="user", id=user.id, roles=user.roles))
    await known.record("user_login", {"user": {"id": user.id}})
    answer = json_answer(await _me(guard, user, started.csrf))
    answer.set_cookie(
        LOGIN_COOKIE,
        started.token,
        max_age=int(LONGEST_LOGIN.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https" or settings.url.startswith("https://"),
        path="/",
    )
    return answer


@router.post("/x/logout", summary="Log this browser out")
async def log_out(request: Request, guard: UserGuard) -> Response:
    """Ends the login of the cookie."""
    await end_login(guard.connection, request.cookies.get(LOGIN_COOKIE, ""))
    await guard.record("user_logout", {"user": {"id": guard.identity.id}})
    answer = json_answer(None)
    answer.delete_cookie(LOGIN_COOKIE, path="/")
    return answer


@router.get("/x/me", response_model=MeDocument, summary="Who is logged in, and where")
async def me(request: Request, guard: UserGuard) -> Response:
    """The user, the text for X-CSRF-Token, and what the app shows of the site; 401 when nobody is."""
    user = await get_user(guard.connection, guard.require_user())
    settings = _settings(request)
    dicom = {"ae_title": settings.connector.ae_title, "port": settings.dicom.port}
    site = {"name": settings.site_name, "dicom": dicom}
    return json_answer({**await _me(guard, user, guard.identity.csrf), "site": site})


@router.put("/x/me/password", response_model=Modified, summary="Change one's own password")
async def change_password(request: Request, body: ObjectBody, guards: UserGuards) -> Response:
    """Needs the old password; ends all other logins."""
    async with guards() as guard:
        wanted = PasswordChange.model_validate(body)
        user = await get_user(guard.connection, guard.require_user())
        if user.password_hash is None:
            raise Conflict("There is no password yet; an administrator can set one.")
        attempt = await begin_attempt(guard.connection, account=user.id, address=_address(request))
    if not await is_right(user.password_hash, wanted.old):
        raise WrongLogin("The old password is wrong.")
    hashed = await hash_password(wanted.new)
    async with guards() as guard:
        token = request.cookies.get(LOGIN_COOKIE)
        await forgive(guard.connection, attempt, account=user.id)
        await change_user(
            guard.connection,
            guard.require_user(),
            {"password_hash": hashed},
            keep_login=digest(token) if token else None,
        )
    return json_answer({"modified": 1, "jobs_spawned": 0})


@router.post("/x/users/{user_id}/password", response_model=Modified, summary="Set a user's password")
async def reset_password(user_id: str, body: ObjectBody, guard: AdminGuard) -> Response:
    """Ends all logins of the user."""
    wanted = PasswordReset.model_validate(body)
    await change_user(guard.connection, user_id, {"password_hash": await hash_password(wanted.password)})
    return json_answer({"modified": 1, "jobs_spawned": 0})
