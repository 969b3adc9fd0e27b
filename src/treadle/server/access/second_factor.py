"""The second factor of password logins: codes of an authenticator app (RFC 6238), and recovery codes."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import segno
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import AlreadyThere, WrongCode
from treadle.server.access.identity import digest
from treadle.server.access.tables import user_recovery_code, user_totp
from treadle.server.kit.clock import now

STEP_S = 30
_DRIFT = 1  # steps a clock may be off
_UNCONFIRMED = timedelta(minutes=15)
_RECOVERY_CODES = 10
_CODE_BYTES = 10  # 80 random bits: long enough for one round of SHA-256


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app must know; shown until a first code was right."""

    secret: str
    uri: str
    picture: str  # the QR code as a data: address


@dataclass(frozen=True)
class State:
    """Whether a second factor is asked for, and how many recovery codes are left."""

    enabled: bool
    recovery_codes_left: int


async def state_of(connection: AsyncConnection, user_id: str) -> State:
    """How the user's password logins are protected."""
    row = await connection.execute(
        select(user_totp.c.confirmed_at).where(
            user_totp.c.user_id == user_id, user_totp.c.confirmed_at.is_not(None)
        )
    )
    left = await connection.execute(select(func.count()).where(user_recovery_code.c.user_id == user_id))
    return State(row.first() is not None, left.scalar_one())


async def begin(connection: AsyncConnection, user_id: str, *, site: str) -> Enrolment:
    """A secret to be confirmed within a quarter of an hour; the same one when asked again meanwhile."""
    made = upsert(user_totp).values(user_id=user_id, secret=pyotp.random_base32(), created_at=now())
    await connection.execute(
        made.on_conflict_do_update(
            index_elements=["user_id"],
            set_={"secret": made.excluded.secret, "created_at": made.excluded.created_at},
            where=user_totp.c.confirmed_at.is_(None) & (user_totp.c.created_at < now() - _UNCONFIRMED),
        )
    )
    row = (await connection.execute(select(user_totp).where(user_totp.c.user_id == user_id))).one()
    if row.confirmed_at is not None:
        raise AlreadyThere("An authenticator app is set up already; remove it first.")
    uri = pyotp.TOTP(row.secret).provisioning_uri(name=user_id, issuer_name=site)
    return Enrolment(
        row.secret, uri, segno.make(uri, error="m").svg_data_uri(scale=4, border=4, light="#fff")
    )


async def confirm(connection: AsyncConnection, user_id: str, code: str) -> list[str]:
    """Turn the second factor on with its first code; the recovery codes, shown this once."""
    row = (
        await connection.execute(
            select(user_totp).where(user_totp.c.user_id == user_id, user_totp.c.confirmed_at.is_(None))
        )
    ).one_or_none()
    step = _step(row.secret, code) if row is not None else None
    if step is None:
        raise WrongCode
    await connection.execute(
        update(user_totp).where(user_totp.c.user_id == user_id).values(confirmed_at=now(), last_step=step)
    )
    return await new_recovery_codes(connection, user_id)


async def accept(connection: AsyncConnection, user_id: str, code: str) -> None:
    """Use up a code of the app or a recovery code; WrongCode when it is neither, or was used before."""
    if not (
        await _accept_app(connection, user_id, code) or await _accept_recovery(connection, user_id, code)
    ):
        raise WrongCode


async def _accept_app(connection: AsyncConnection, user_id: str, code: str) -> bool:
    row = (
        await connection.execute(
            select(user_totp.c.secret).where(
                user_totp.c.user_id == user_id, user_totp.c.confirmed_at.is_not(None)
            )
        )
    ).one_or_none()
    step = _step(row.secret, code) if row is not None else None
    if step is None:
        return False
    used = await connection.execute(  # two requests with one code: the row lets only the first through
        update(user_totp)
        .where(user_totp.c.user_id == user_id, user_totp.c.last_step < step)
        .values(last_step=step)
        .returning(user_totp.c.user_id)
    )
    return used.first() is not None


async def _accept_recovery(connection: AsyncConnection, user_id: str, code: str) -> bool:
    used = await connection.execute(
        delete(user_recovery_code)
        .where(user_recovery_code.c.user_id == user_id, user_recovery_code.c.code_sha256 == _plain(code))
        .returning(user_recovery_code.c.user_id)
    )
    return used.first() is not None


def _step(secret: str, code: str) -> int | None:
    """The time step whose code this is."""
    typed = code.replace(" ", "").encode()
    app, current = pyotp.TOTP(secret), int(now().timestamp()) // STEP_S
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), typed):
            return step
    return None


def _plain(code: str) -> str:
    """The form in which a recovery code is kept, however it was typed."""
    return digest(code.replace("-", "").replace(" ", "").lower())


async def new_recovery_codes(connection: AsyncConnection, user_id: str) -> list[str]:
    """Fresh codes instead of all former ones."""
    raw = [
        base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower() for _ in range(_RECOVERY_CODES)
    ]
    codes = ["-".join(text[at : at + 4] for at in range(0, len(text), 4)) for text in raw]
    await connection.execute(delete(user_recovery_code).where(user_recovery_code.c.user_id == user_id))
    await connection.execute(
        insert(user_recovery_code), [{"user_id": user_id, "code_sha256": _plain(code)} for code in codes]
    )
    return codes


async def remove(connection: AsyncConnection, user_id: str) -> None:
    """Ask for no second factor any more."""
    await connection.execute(delete(user_totp).where(user_totp.c.user_id == user_id))
    await connection.execute(delete(user_recovery_code).where(user_recovery_code.c.user_id == user_id))
