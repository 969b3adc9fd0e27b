"""One's own second factor: set up, renew recovery codes, remove; and an administrator's help after a loss."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request, Response

from treadle.server.access import second_factor
from treadle.server.access.browser import address_of, settings_of
from treadle.server.access.guard import AdminGuard, Guard, Guards, UserGuard, UserGuards
from treadle.server.access.logins import begin_attempt, forgive
from treadle.server.access.models import EnrolmentDocument, RecoveryCodes, SecondFactorDocument
from treadle.server.access.users import get_user
from treadle.server.access.wire import CodeInput, enrolment_doc
from treadle.server.kit.errors import Conflict, Forbidden
from treadle.server.wire.answer import Deleted, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["login"])


def _require_browser(guard: Guard) -> str:
    """The user's id; an API key, which may lie about somewhere, must not lock its owner out."""
    user_id = guard.require_account()
    if guard.identity.csrf is None:
        raise Forbidden("Do this in the web app, logged in.")
    return user_id


@asynccontextmanager
async def _guessed(request: Request, guards: Guards) -> AsyncIterator[Guard]:
    """A guard for looking at a code; a wrong one counts like a wrong password."""
    async with guards() as guard:
        user_id = _require_browser(guard)
        attempt = await begin_attempt(
            guard.connection,
            account=user_id,
            address=address_of(request),
            settings=settings_of(request).login,
        )
    async with guards() as guard:
        yield guard
        await forgive(guard.connection, attempt, account=user_id)


@router.get("/x/me/totp", response_model=SecondFactorDocument, summary="One's own second factor")
async def read_second_factor(request: Request, guard: UserGuard) -> Response:
    """Whether it is set up, whether this site demands it, how many recovery codes are left."""
    user = await get_user(guard.connection, guard.require_account())
    state = await second_factor.state_of(guard.connection, user.id)
    return json_answer(
        {
            "enabled": state.enabled,
            "recovery_codes_left": state.recovery_codes_left,
            "required": settings_of(request).login.totp_required,
            "available": user.password_hash is not None,
        }
    )


@router.post("/x/me/totp", response_model=EnrolmentDocument, summary="Begin to set up an authenticator app")
async def begin_second_factor(request: Request, guard: UserGuard) -> Response:
    """Its secret and QR code; nothing is asked for until a first code was right."""
    user = await get_user(guard.connection, _require_browser(guard))
    if user.password_hash is None:
        raise Conflict("Your account has no password here: the second factor is asked for where you log in.")
    site = settings_of(request).site_name
    return json_answer(enrolment_doc(await second_factor.begin(guard.connection, user.id, site=site)))


@router.put("/x/me/totp", response_model=RecoveryCodes, summary="Finish setting up an authenticator app")
async def confirm_second_factor(request: Request, body: ObjectBody, guards: UserGuards) -> Response:
    """Needs the app's first code; the recovery codes are shown this once."""
    wanted = CodeInput.model_validate(body)
    async with _guessed(request, guards) as guard:
        codes = await second_factor.confirm(guard.connection, guard.identity.id, wanted.code)
        await _record(guard, guard.identity.id, enabled=True)
    return json_answer({"recovery_codes": codes})


@router.post("/x/me/totp/recovery", response_model=RecoveryCodes, summary="Make new recovery codes")
async def renew_recovery_codes(request: Request, body: ObjectBody, guards: UserGuards) -> Response:
    """Needs a code; the former recovery codes do not work any more."""
    wanted = CodeInput.model_validate(body)
    async with _guessed(request, guards) as guard:
        await second_factor.accept(guard.connection, guard.identity.id, wanted.code)
        codes = await second_factor.new_recovery_codes(guard.connection, guard.identity.id)
        await _record(guard, guard.identity.id, enabled=True)
    return json_answer({"recovery_codes": codes})


@router.post("/x/me/totp/remove", response_model=Deleted, summary="Remove one's authenticator app")
async def remove_own_second_factor(request: Request, body: ObjectBody, guards: UserGuards) -> Response:
    """Needs a code; where the site demands a second factor, the next login sets up a new app."""
    wanted = CodeInput.model_validate(body)
    async with _guessed(request, guards) as guard:
        await second_factor.accept(guard.connection, guard.identity.id, wanted.code)
        await second_factor.remove(guard.connection, guard.identity.id)
        await _record(guard, guard.identity.id, enabled=False)
    return json_answer({"deleted": 1})


@router.delete("/x/users/{user_id}/totp", response_model=Deleted, summary="Remove a user's authenticator app")
async def remove_second_factor(user_id: str, guard: AdminGuard) -> Response:
    """For somebody who lost both the app and the recovery codes."""
    user = await get_user(guard.connection, user_id)
    await second_factor.remove(guard.connection, user.id)
    await _record(guard, user.id, enabled=False)
    return json_answer({"deleted": 1})


async def _record(guard: Guard, user_id: str, *, enabled: bool) -> None:
    await guard.record("user_second_factor_change", {"user": {"id": user_id}, "enabled": enabled})
