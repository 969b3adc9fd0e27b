"""The web app's login: by password, with a second factor where there is one."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access import second_factor
from treadle.server.access.browser import LoggedIn, address_of, log_browser_in, settings_of
from treadle.server.access.errors import CodeNeeded, EnrolmentNeeded, WrongCode, WrongLogin
from treadle.server.access.guard import LOGIN_COOKIE, AnonymousGuard, Guard, OpenGuards, UserGuard
from treadle.server.access.keys import keys_of
from treadle.server.access.logins import begin_attempt, end_login, forgive, uncount
from treadle.server.access.models import LoginDocument, LoginMethods, MeDocument
from treadle.server.access.passwords import hash_password, is_right, needs_new_hash
from treadle.server.access.tables import app_user
from treadle.server.access.users import User, as_user, change_user, find_user, get_user
from treadle.server.access.wire import LoginInput, enrolment_doc, user_doc
from treadle.server.kit.errors import BadRequest, Forbidden, TreadleError, Unauthenticated
from treadle.server.kit.settings import Settings
from treadle.server.wire.answer import Nothing, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["login"])


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


async def _here(guard: Guard, settings: Settings) -> dict[str, Any]:
    user = await get_user(guard.connection, guard.require_user())
    dicom = {"ae_title": settings.connector.ae_title, "port": settings.dicom.port}
    site = {"name": settings.site_name, "dicom": dicom}
    return {**await _me(guard, user, guard.identity.csrf), "site": site}


@router.get("/x/login", response_model=LoginMethods, summary="How one may log in here")
async def login_methods(request: Request, guard: AnonymousGuard) -> Response:
    """What the login page offers; `me` is who is logged in already, null when nobody is."""
    guard.decided()
    settings = settings_of(request)
    oidc = {"label": settings.oidc.label} if settings.oidc.issuer else None
    return json_answer(
        {
            "site_name": settings.site_name,
            "passwords": settings.login.passwords,
            "oidc": oidc,
            "me": await _here(guard, settings) if guard.identity.kind == "user" else None,
        }
    )


@router.post("/x/login", response_model=LoginDocument, summary="Log a browser in by password")
async def log_in(request: Request, body: ObjectBody, guards: OpenGuards) -> Response:
    """Sets the login cookie. Wrong passwords and codes are counted per account and per address.

    401 `access.code_needed`: the password was right, send `code` as well. 401 `access.enrolment_needed`: set up
    an authenticator app with `enrolment` and send its code; the answer then holds the recovery codes.
    """
    # Forms of other sites cannot send this type: nobody is logged in as somebody else behind their back.
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadRequest("Send the e-mail address and password as application/json.")
    settings, typed = settings_of(request), LoginInput.model_validate(body)
    if not settings.login.passwords:
        raise Forbidden(f"This site logs people in through {settings.oidc.label} only.")
    async with guards() as guard:
        user = await _account(guard.connection, typed.email)
        attempt = await begin_attempt(
            guard.connection,
            account=user.id if user else typed.email,
            address=address_of(request),
            settings=settings.login,
        )
    right = await is_right(user.password_hash if user else None, typed.password)
    if user is None or not right:
        async with guards() as guard:
            await guard.record("user_login_failed", {"user": {"id": user.id}} if user else {})
        raise WrongLogin
    fresh = await hash_password(typed.password) if needs_new_hash(str(user.password_hash)) else None
    async with guards() as guard:
        found = await _passed(guard, user.id, str(user.password_hash), typed.code, attempt, settings)
        if isinstance(found, LoggedIn):
            await forgive(guard.connection, attempt, account=user.id)
            if fresh is not None:
                await change_user(guard.connection, user.id, {"password_hash": fresh})
            return await _logged_in(request, guard, found)
    raise found


async def _passed(
    guard: Guard, user_id: str, password_hash: str, code: str | None, attempt: list[int], settings: Settings
) -> LoggedIn | TreadleError:
    """Whether the second factor is right, too; a refusal is handed back, so that what it counted is kept."""
    connection = guard.connection
    user = await find_user(connection, user_id)
    if user is None or user.password_hash != password_hash:  # changed while we looked
        return WrongLogin()
    if user.disabled:
        return Unauthenticated("This account is disabled; ask an administrator.")
    if not code:
        return await _without_code(guard, user, attempt, settings)
    return await _with_code(guard, user, code, settings)


async def _without_code(
    guard: Guard, user: User, attempt: list[int], settings: Settings
) -> LoggedIn | TreadleError:
    enabled = (await second_factor.state_of(guard.connection, user.id)).enabled
    if not enabled and not settings.login.totp_required:
        return LoggedIn(user)
    await uncount(guard.connection, attempt)
    if enabled:
        return CodeNeeded()
    begun = await second_factor.begin(guard.connection, user.id, site=settings.site_name)
    return EnrolmentNeeded(enrolment=enrolment_doc(begun))


async def _with_code(guard: Guard, user: User, code: str, settings: Settings) -> LoggedIn | TreadleError:
    enabled = (await second_factor.state_of(guard.connection, user.id)).enabled
    if not enabled and not settings.login.totp_required:
        return LoggedIn(user)
    about = {"user": {"id": user.id}}
    try:
        if enabled:
            await second_factor.accept(guard.connection, user.id, code)
            return LoggedIn(user)
        codes = await second_factor.confirm(guard.connection, user.id, code)
    except WrongCode as error:
        await guard.record("user_login_failed", {**about, "factor": 2})
        return error
    await guard.record("user_second_factor_change", {**about, "enabled": True})
    return LoggedIn(user, recovery_codes=codes)


async def _logged_in(request: Request, guard: Guard, found: LoggedIn) -> Response:
    started = await log_browser_in(request, guard, found.user)
    body = await _me(guard, found.user, started.csrf)
    return started.on(json_answer({**body, "recovery_codes": found.recovery_codes}))


@router.post("/x/logout", response_model=Nothing, summary="Log this browser out")
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
    return json_answer(await _here(guard, settings_of(request)))
