"""Logging in through an OpenID provider: to it, and back."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from treadle.server.access.browser import is_secure, log_browser_in, settings_of
from treadle.server.access.guard import OpenGuards
from treadle.server.access.oidc_accounts import AWAY, Attempt, find_account, send_away, welcome_back
from treadle.server.access.oidc_claims import Claims, ProviderTrouble
from treadle.server.kit.errors import NotFound
from treadle.server.wire.routing import Router

if TYPE_CHECKING:
    from treadle.server.access.oidc import Provider

log = structlog.get_logger("treadle.login")

router = Router(prefix="/x/login/oidc", tags=["login"])

_COOKIE = "treadle_oidc"
_COOKIE_PATH = "/api/x/login/oidc"
# Pages of the app: never lead a fresh login to another site.
_OWN_PAGE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,2000}")


def _provider(request: Request) -> Provider:
    from treadle.server.access.oidc import Provider  # noqa: PLC0415 - few sites need its libraries

    settings = settings_of(request)
    if settings.oidc.issuer is None:
        raise NotFound("This site has no OpenID provider.")
    return Provider(settings.oidc, f"{settings.url}{_COOKIE_PATH}/callback")


def _back(problem: str) -> Response:
    """To the login page, which says what went wrong."""
    return RedirectResponse(f"/login?problem={quote(problem)}", 303)


@router.get("", summary="Log in through the OpenID provider", response_class=RedirectResponse)
async def begin_oidc_login(request: Request, guards: OpenGuards, next: str = "/") -> Response:
    """Leads to the provider; `next` is the page of the app to show afterwards."""
    provider = _provider(request)
    async with guards() as guard:
        attempt = await send_away(guard.connection, next if _OWN_PAGE.fullmatch(next) else "/")
    try:
        address = await provider.address(attempt.passage)
    except ProviderTrouble as trouble:
        log.warning("oidc_trouble", what=str(trouble))
        return _back("oidc_trouble")
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        _COOKIE,
        attempt.token,
        max_age=int(AWAY.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
        path=_COOKIE_PATH,
    )
    return answer


@router.get("/callback", summary="Come back from the OpenID provider", response_class=RedirectResponse)
async def finish_oidc_login(
    request: Request, guards: OpenGuards, code: str = "", state: str = "", error: str = ""
) -> Response:
    """Sets the login cookie and leads to the page that was wanted, or to the login page with the problem."""
    provider = _provider(request)
    async with guards() as guard:
        attempt = await welcome_back(guard.connection, request.cookies.get(_COOKIE, ""))
    if attempt is None or not secrets.compare_digest(attempt.passage.state.encode(), state.encode()):
        return await _failed(guards, "oidc_expired")
    if error or not code:
        return await _failed(guards, "oidc_refused")
    try:
        claims = await provider.claims(code, attempt.passage)
    except ProviderTrouble as trouble:
        log.warning("oidc_trouble", what=str(trouble))
        return await _failed(guards, "oidc_trouble")
    answer = await _welcomed(request, guards, claims, attempt)
    answer.delete_cookie(_COOKIE, path=_COOKIE_PATH)
    return answer


async def _welcomed(request: Request, guards: OpenGuards, claims: Claims, attempt: Attempt) -> Response:
    async with guards() as guard:
        create = settings_of(request).oidc.create_users
        found = await find_account(guard.connection, claims, create=create)
        if not isinstance(found, str):
            if found.linked:
                about = {"user": {"id": found.user.id}, "through": claims.issuer, "known_as": claims.subject}
                await guard.record("user_linked", about)
            started = await log_browser_in(request, guard, found.user, through=claims.issuer)
            return started.on(RedirectResponse(attempt.next, 303))
    return await _failed(guards, f"oidc_{found}")


async def _failed(guards: OpenGuards, problem: str) -> Response:
    async with guards() as guard:
        await guard.record("user_login_failed", {"problem": problem})
    return _back(problem)
