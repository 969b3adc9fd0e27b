"""Who sent a request: a user, a device, or nobody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.tables import api_key, app_user, device, login
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Unauthenticated

_USED_PRECISION = timedelta(minutes=1)
LONGEST_LOGIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A caller; `id` is the user's or the device's id, empty for anonymous."""

    kind: Literal["user", "device", "anonymous"]
    id: str
    roles: tuple[str, ...] = ()
    csrf: str | None = None  # set when a browser login was used

    @property
    def is_site_admin(self) -> bool:
        """Whether every action is allowed everywhere."""
        return "site_admin" in self.roles

    @property
    def origin(self) -> tuple[str, str | None]:
        """What is recorded as the origin of things this caller makes."""
        return ("system", None) if self.kind == "anonymous" else (self.kind, self.id)


ANONYMOUS = Identity(kind="anonymous", id="")


def digest(secret: str) -> str:
    """The form in which keys and login tokens are kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_of_header(authorization: str) -> str:
    """The bare key of an Authorization header: after the scheme and any `host:port:` before it."""
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() not in ("scitran-user", "bearer") or not rest.strip():
        raise Unauthenticated("Send 'Authorization: scitran-user <API key>' or 'Bearer <API key>'.")
    return rest.strip().rsplit(":", 1)[-1]


def _user_identity(row: Row[*tuple[Any, ...]], csrf: str | None = None) -> Identity:
    if row.disabled:
        raise Unauthenticated("This account is disabled; ask an administrator.")
    return Identity(kind="user", id=row.id, roles=tuple(row.roles), csrf=csrf)


async def by_key(connection: AsyncConnection, key: str) -> Identity:
    """The owner of an API key; wrong, expired and orphaned keys are refused alike."""
    found = (
        await connection.execute(
            select(api_key.c.id, api_key.c.user_id, api_key.c.device_id, api_key.c.last_used_at).where(
                api_key.c.secret_sha256 == digest(key),
                or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > now()),
            )
        )
    ).one_or_none()
    if found is None:
        raise Unauthenticated("The API key is not valid or has expired.")
    if found.last_used_at is None or now() - found.last_used_at > _USED_PRECISION:
        await connection.execute(update(api_key).where(api_key.c.id == found.id).values(last_used_at=now()))
    if found.device_id is not None:
        return await _device(connection, found.device_id)
    row = (
        await connection.execute(
            select(app_user.c.id, app_user.c.roles, app_user.c.disabled).where(
                app_user.c.id == found.user_id, app_user.c.deleted_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        raise Unauthenticated("The API key is not valid or has expired.")
    return _user_identity(row)


async def by_user(connection: AsyncConnection, user_id: str) -> Identity:
    """The user of this id, for work done in their name later; Unauthenticated when they are gone."""
    row = (
        await connection.execute(
            select(app_user.c.id, app_user.c.roles, app_user.c.disabled).where(
                app_user.c.id == user_id, app_user.c.deleted_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        raise Unauthenticated("The user of this request is gone.")
    return _user_identity(row)


async def _device(connection: AsyncConnection, device_id: str) -> Identity:
    row = (
        await connection.execute(
            select(device.c.id, device.c.disabled).where(
                device.c.id == device_id, device.c.deleted_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None or row.disabled:
        raise Unauthenticated("This device is disabled; ask an administrator.")
    return Identity(kind="device", id=row.id, roles=("drone",))


async def by_login(connection: AsyncConnection, token: str, *, idle: timedelta) -> Identity | None:
    """The user of a browser login, or None when it has ended; each use puts its end off by `idle`."""
    row = (
        await connection.execute(
            select(app_user.c.id, app_user.c.roles, app_user.c.disabled, login.c.csrf, login.c.expires_at)
            .join_from(login, app_user, login.c.user_id == app_user.c.id)
            .where(
                login.c.token_sha256 == digest(token),
                login.c.expires_at > now(),
                login.c.created_at > now() - LONGEST_LOGIN,
                app_user.c.deleted_at.is_(None),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if now() + idle - row.expires_at > _USED_PRECISION:
        await connection.execute(
            update(login).where(login.c.token_sha256 == digest(token)).values(expires_at=now() + idle)
        )
    return _user_identity(row, row.csrf)
