"""Logging a browser in: its cookie, and the record of it, however the person proved who they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from fastapi import Request, Response

from treadle.server.access.guard import LOGIN_COOKIE, Guard
from treadle.server.access.identity import LONGEST_LOGIN, Identity
from treadle.server.access.logins import start_login
from treadle.server.access.users import User
from treadle.server.kit.settings import Settings


@dataclass(frozen=True)
class LoggedIn:
    """Somebody who proved who they are; `recovery_codes` when a second factor was set up on the way."""

    user: User
    recovery_codes: list[str] | None = None


@dataclass(frozen=True)
class Started:
    """A login that has begun."""

    token: str
    csrf: str
    secure: bool

    def on(self, answer: Response) -> Response:
        """The answer, with the cookie."""
        answer.set_cookie(
            LOGIN_COOKIE,
            self.token,
            max_age=int(LONGEST_LOGIN.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self.secure,
            path="/",
        )
        return answer


def settings_of(request: Request) -> Settings:
    """The site's settings."""
    settings: Settings = request.app.state.settings
    return settings


def address_of(request: Request) -> str:
    """The caller's address."""
    return request.client.host if request.client else ""


def is_secure(request: Request) -> bool:
    """Whether cookies may be kept to https."""
    return request.url.scheme == "https" or settings_of(request).url.startswith("https://")


async def log_browser_in(
    request: Request, guard: Guard, user: User, *, through: str | None = None
) -> Started:
    """Begin a login and record it; `through` names the provider that vouched for the person."""
    idle = timedelta(hours=settings_of(request).login_hours)
    started = await start_login(guard.connection, user, idle=idle)
    known = replace(guard, identity=Identity(kind="user", id=user.id, roles=user.roles))
    context = {"user": {"id": user.id}}
    await known.record("user_login", {**context, "through": through} if through else context)
    return Started(started.token, started.csrf, is_secure(request))
