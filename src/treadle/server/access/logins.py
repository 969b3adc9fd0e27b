"""Browser logins: starting and ending them, and holding off people who guess passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import TooManyAttempts
from treadle.server.access.identity import digest
from treadle.server.access.tables import app_user, login, login_failure
from treadle.server.access.users import User
from treadle.server.kit.clock import now
from treadle.server.kit.ids import new_secret
from treadle.server.kit.settings import LoginSettings

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class NewLogin:
    """A fresh login: the cookie's token and the text that every change must repeat."""

    token: str
    csrf: str


def _network(address: str) -> str:
    """An IPv6 caller owns a whole /64: that is what counts."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else address


def _subjects(account: str, address: str, limits: LoginSettings) -> dict[str, int]:
    """What is counted, hashed: a typed account may be a password in the wrong field."""
    return {
        digest(f"account:{account.strip().lower()}"): limits.tries_per_account,
        digest(f"address:{_network(address)}"): limits.tries_per_address,
    }


async def begin_attempt(
    connection: AsyncConnection, *, account: str, address: str, settings: LoginSettings
) -> list[int]:
    """Count this attempt before its password is looked at, so that many at once do not slip through.

    TooManyAttempts when the account or the address had too many wrong passwords lately. The answer is for
    `forgive`, to be called when the password was right.
    """
    limits = _subjects(account, address, settings)
    for subject in sorted(limits):
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
    await connection.execute(delete(login_failure).where(login_failure.c.at <= now() - WINDOW))
    failures = await connection.execute(
        select(login_failure.c.subject, func.count().label("number"))
        .where(login_failure.c.subject.in_(limits))
        .group_by(login_failure.c.subject)
    )
    if any(row.number >= limits[row.subject] for row in failures):
        raise TooManyAttempts
    rows = [{"subject": subject, "at": now()} for subject in limits]
    counted = await connection.execute(insert(login_failure).values(rows).returning(login_failure.c.id))
    return list(counted.scalars())


async def uncount(connection: AsyncConnection, attempt: list[int]) -> None:
    """This attempt was no guess; earlier ones count on."""
    await connection.execute(delete(login_failure).where(login_failure.c.id.in_(attempt)))


async def forgive(connection: AsyncConnection, attempt: list[int], *, account: str) -> None:
    """The password was right: this attempt and the account's earlier wrong ones do not count."""
    subject = digest(f"account:{account}")
    await connection.execute(
        delete(login_failure).where(or_(login_failure.c.id.in_(attempt), login_failure.c.subject == subject))
    )


async def start_login(connection: AsyncConnection, user: User, *, idle: timedelta) -> NewLogin:
    """A login that ends after `idle` without use."""
    started = NewLogin(new_secret(), new_secret(32))
    await connection.execute(delete(login).where(login.c.expires_at <= now()))
    await connection.execute(
        insert(login).values(
            token_sha256=digest(started.token),
            user_id=user.id,
            csrf=started.csrf,
            expires_at=now() + idle,
        )
    )
    await connection.execute(
        update(app_user)
        .where(app_user.c.id == user.id)
        .values(first_login_at=func.coalesce(app_user.c.first_login_at, now()), last_login_at=now())
    )
    return started


async def end_login(connection: AsyncConnection, token: str) -> None:
    """Log this browser out."""
    await connection.execute(delete(login).where(login.c.token_sha256 == digest(token)))
