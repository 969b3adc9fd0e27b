"""Users: who they are, what they may on the site, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access import second_factor
from treadle.server.access.errors import AlreadyThere, BadUserId, LastSiteAdmin
from treadle.server.access.grants import forget_user
from treadle.server.access.keys import delete_keys
from treadle.server.access.tables import app_user, login, user_link
from treadle.server.kit.clock import now
from treadle.server.kit.errors import NotFound

SITE_ROLES = ("public", "user", "developer", "site_admin")

_USER_ID = re.compile(r"[^\s@/\\:\x00-\x1f\x7f]+@[^\s@/\\\x00-\x1f\x7f]+")
# Fields of a new user and of changes to one.
CHANGEABLE = frozenset(
    ("firstname", "lastname", "email", "avatar", "roles", "disabled", "preferences", "password_hash")
)


@dataclass(frozen=True)
class User:
    """A person with an account."""

    id: str
    email: str
    firstname: str
    lastname: str
    avatar: str | None
    roles: tuple[str, ...]
    disabled: bool
    password_hash: str | None
    preferences: dict[str, Any]
    info: dict[str, Any]
    created_at: datetime
    modified_at: datetime
    first_login_at: datetime | None
    last_login_at: datetime | None
    deleted_at: datetime | None

    @property
    def is_site_admin(self) -> bool:
        """Whether the user may do everything."""
        return "site_admin" in self.roles


def as_user(row: Row[Any]) -> User:
    """The user of a row of the table."""
    return User(**{**row._mapping, "roles": tuple(row.roles)})


def user_id_of(text: str) -> str:
    """The id meant by this text: lower case; BadUserId when nobody can be called that."""
    wanted = text.strip().lower()
    if not 4 <= len(wanted) <= 256 or not _USER_ID.fullmatch(wanted):
        raise BadUserId
    return wanted


async def find_user(
    connection: AsyncConnection, user_id: str, *, deleted: bool = False, lock: bool = False
) -> User | None:
    """The user of this id in any spelling of case, if there is one."""
    chosen = select(app_user).where(app_user.c.id == user_id.strip().lower())
    if not deleted:
        chosen = chosen.where(app_user.c.deleted_at.is_(None))
    row = (await connection.execute(chosen.with_for_update() if lock else chosen)).one_or_none()
    return None if row is None else as_user(row)


async def get_user(
    connection: AsyncConnection, user_id: str, *, deleted: bool = False, lock: bool = False
) -> User:
    """The user, or NotFound."""
    found = await find_user(connection, user_id, deleted=deleted, lock=lock)
    if found is None:
        raise NotFound("There is no such user.")
    return found


async def create_user(connection: AsyncConnection, user_id: str, fields: Mapping[str, Any]) -> User:
    """A new user; a deleted one of the same id starts anew, with nothing of what they had."""
    wanted = user_id_of(user_id)
    values = {"email": wanted, **{name: fields[name] for name in CHANGEABLE & set(fields)}}
    former = await find_user(connection, wanted, deleted=True, lock=True)
    if former is not None and former.deleted_at is None:
        raise AlreadyThere("There is a user with this id already.")
    if former is not None:
        await connection.execute(delete(app_user).where(app_user.c.id == wanted))
    row = await connection.execute(insert(app_user).values(id=wanted, **values).returning(*app_user.c))
    return as_user(row.one())


async def _require_site_admin_left(connection: AsyncConnection) -> None:
    left = await connection.execute(
        select(app_user.c.id)
        .where(app_user.c.roles.contains(["site_admin"]))
        .where(app_user.c.disabled.is_(False), app_user.c.deleted_at.is_(None))
        .limit(1)
    )
    if left.first() is None:
        raise LastSiteAdmin


async def _lock_site_admins(connection: AsyncConnection) -> None:
    """One at a time where administrators lose their rights, or two could remove each other."""
    chosen = select(app_user.c.id).where(app_user.c.roles.contains(["site_admin"])).order_by(app_user.c.id)
    await connection.execute(chosen.with_for_update())


async def change_user(
    connection: AsyncConnection, user_id: str, fields: Mapping[str, Any], *, keep_login: str | None = None
) -> User:
    """The user with these fields instead; disabling and a new password end their logins.

    `keep_login` is the token hash of the one login that a new password does not end.
    """
    await _lock_site_admins(connection)
    before = await get_user(connection, user_id, lock=True)
    values = {name: fields[name] for name in CHANGEABLE & set(fields)}
    row = await connection.execute(
        update(app_user)
        .where(app_user.c.id == before.id)
        .values(**values, modified_at=now())
        .returning(*app_user.c)
    )
    after = as_user(row.one())
    if before.is_site_admin and (after.disabled or not after.is_site_admin):
        await _require_site_admin_left(connection)
    if after.disabled or "password_hash" in values:
        await end_logins(connection, after.id, but=keep_login)
    return after


async def delete_user(connection: AsyncConnection, user_id: str) -> User:
    """Hide the user and take away keys, logins and all access; what they made stays theirs."""
    await _lock_site_admins(connection)
    user = await get_user(connection, user_id, lock=True)
    await connection.execute(
        update(app_user)
        .where(app_user.c.id == user.id)
        .values(deleted_at=now(), modified_at=now(), password_hash=None)
    )
    if user.is_site_admin:
        await _require_site_admin_left(connection)
    await delete_keys(connection, "user_id", user.id)
    await end_logins(connection, user.id)
    await connection.execute(delete(user_link).where(user_link.c.user_id == user.id))
    await second_factor.remove(connection, user.id)
    await forget_user(connection, user.id)
    return user


async def end_logins(connection: AsyncConnection, user_id: str, *, but: str | None = None) -> None:
    """Log the user out everywhere, except the browser whose token hash is `but`."""
    chosen = delete(login).where(login.c.user_id == user_id)
    await connection.execute(chosen if but is None else chosen.where(login.c.token_sha256 != but))


async def put_info(connection: AsyncConnection, user_id: str, info: Mapping[str, Any]) -> None:
    """Replace the user's `info`."""
    await connection.execute(
        update(app_user).where(app_user.c.id == user_id).values(info=dict(info), modified_at=now())
    )
