"""Who somebody known to the OpenID provider is here: by an earlier login, else by a verified e-mail address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import BadUserId
from treadle.server.access.identity import digest
from treadle.server.access.oidc_claims import Claims, Passage
from treadle.server.access.tables import app_user, oidc_attempt, user_link
from treadle.server.access.users import User, as_user, create_user, find_user
from treadle.server.kit.clock import now
from treadle.server.kit.ids import new_secret

AWAY = timedelta(minutes=10)

Problem = Literal["unverified", "unknown", "disabled"]


@dataclass(frozen=True)
class Attempt:
    """A browser that was sent to the provider; `token` is in its cookie only."""

    token: str
    passage: Passage
    next: str


@dataclass(frozen=True)
class Found:
    """The account, and whether it was linked just now."""

    user: User
    linked: bool


async def send_away(connection: AsyncConnection, next_page: str) -> Attempt:
    """Remember a browser until it comes back."""
    made = Attempt(
        new_secret(), Passage(state=new_secret(32), nonce=new_secret(32), verifier=new_secret(64)), next_page
    )
    await connection.execute(delete(oidc_attempt).where(oidc_attempt.c.expires_at <= now()))
    await connection.execute(
        insert(oidc_attempt).values(
            token_sha256=digest(made.token),
            state=made.passage.state,
            nonce=made.passage.nonce,
            verifier=made.passage.verifier,
            next=made.next,
            expires_at=now() + AWAY,
        )
    )
    return made


async def welcome_back(connection: AsyncConnection, token: str) -> Attempt | None:
    """The attempt of this cookie, which counts once."""
    row = (
        await connection.execute(
            delete(oidc_attempt)
            .where(oidc_attempt.c.token_sha256 == digest(token), oidc_attempt.c.expires_at > now())
            .returning(*oidc_attempt.c)
        )
    ).one_or_none()
    if row is None:
        return None
    return Attempt(token, Passage(state=row.state, nonce=row.nonce, verifier=row.verifier), row.next)


async def find_account(connection: AsyncConnection, claims: Claims, *, create: bool) -> Found | Problem:
    """The account of whoever the provider vouches for, linked or made now if need be."""
    linked = await connection.execute(
        select(user_link.c.user_id).where(
            user_link.c.issuer == claims.issuer, user_link.c.subject == claims.subject
        )
    )
    user_id = linked.scalar_one_or_none()
    if user_id is not None:
        user = await find_user(connection, user_id)
        return _usable(user, linked=False)
    if claims.email is None or not claims.email_verified:
        return "unverified"
    user = await _by_email(connection, claims.email)
    if user is None and create:
        user = await _created(connection, claims)
    found = _usable(user, linked=True)
    if isinstance(found, Found):
        await connection.execute(
            insert(user_link).values(issuer=claims.issuer, subject=claims.subject, user_id=found.user.id)
        )
    return found


def _usable(user: User | None, *, linked: bool) -> Found | Problem:
    if user is None:
        return "unknown"
    return "disabled" if user.disabled else Found(user, linked)


async def _by_email(connection: AsyncConnection, email: str) -> User | None:
    """The only account with this address."""
    chosen = select(app_user).where(
        func.lower(app_user.c.email) == email.lower(), app_user.c.deleted_at.is_(None)
    )
    rows = (await connection.execute(chosen.limit(2))).all()
    return as_user(rows[0]) if len(rows) == 1 else None


async def _created(connection: AsyncConnection, claims: Claims) -> User | None:
    """A new account without rights; None when the address cannot name one, or names somebody else's."""
    email = str(claims.email)
    if await find_user(connection, email) is not None:
        return None
    try:
        return await create_user(
            connection, email, {"email": email, "firstname": claims.firstname, "lastname": claims.lastname}
        )
    except BadUserId:
        return None
