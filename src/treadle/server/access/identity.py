"""Who sent a request: a user, a device, a job, or nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.tables import api_key, app_user, device, login, role
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Unauthenticated

_USED_PRECISION = timedelta(minutes=1)
LONGEST_LOGIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a restricted key is cut down to; None = no limit in this respect."""

    projects: frozenset[str] | None = None
    actions: frozenset[str] | None = None

    def within(self, project_id: str, held: frozenset[str]) -> frozenset[str]:
        """What of the actions held in the project remains."""
        if self.projects is not None and project_id not in self.projects:
            return frozenset()
        return held if self.actions is None else held & self.actions


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A caller; `id` is the user's, the device's or the gear rule's id, empty for anonymous."""

    kind: Literal["user", "device", "gear_rule", "anonymous"]
    id: str
    roles: tuple[str, ...] = ()
    csrf: str | None = None  # set when a browser login was used
    key: str | None = None  # public part of the API key used
    scope: Scope | None = None
    is_engine: bool = False  # a device that runs jobs
    by_secret: bool = False  # a device that logged in by the site's secret, to be given its key
    job: str | None = None  # the job whose key this is
    job_project: str | None = None  # the project that job's output goes to

    @property
    def is_site_admin(self) -> bool:
        """Whether every action is allowed everywhere."""
        return self.scope is None and "site_admin" in self.roles

    @property
    def holds_all(self) -> bool:
        """Whether only the scope limits this caller: administrators, and jobs of a rule with its role's actions."""
        return "site_admin" in self.roles or self.kind == "gear_rule"

    @property
    def person(self) -> str:
        """Whose groups, collections and other belongings the caller may use; nobody's with a restricted key."""
        return self.id if self.kind == "user" and self.scope is None else ""

    @property
    def is_account(self) -> bool:
        """Whether a person is here with all they have: restricted keys and jobs must not make further keys."""
        return bool(self.person) and self.job is None

    def is_job_of(self, project_id: str) -> bool:
        """Whether this is a job whose output goes to the project: what it makes comes from files as they should be."""
        return self.job is not None and self.job_project == project_id

    @property
    def origin(self) -> tuple[str, str | None]:
        """What is recorded as the origin of things this caller makes."""
        if self.kind == "anonymous":
            return ("system", None)
        return ("job", self.job) if self.job else (self.kind, self.id)

    @property
    def claim(self) -> dict[str, str]:
        """By what `again` finds this caller later, with the rights of that time."""
        return {"key": self.key} if self.key else {self.kind: self.id}


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


_BAD_KEY = "The API key is not valid or has expired."


async def by_key(connection: AsyncConnection, key: str) -> Identity:
    """The owner of an API key; wrong, expired and orphaned keys are refused alike."""
    return await _by_key(connection, api_key.c.secret_sha256 == digest(key))


async def _by_key(connection: AsyncConnection, which: ColumnElement[bool]) -> Identity:
    alive = or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > now())
    found = (await connection.execute(select(api_key).where(which, alive))).one_or_none()
    if found is None:
        raise Unauthenticated(_BAD_KEY)
    if found.last_used_at is None or now() - found.last_used_at > _USED_PRECISION:
        await connection.execute(update(api_key).where(api_key.c.id == found.id).values(last_used_at=now()))
    if found.device_id is not None:
        return replace(await by_device(connection, found.device_id), key=found.id)
    if found.rule_id is not None:
        return await _rule(connection, found)
    owner = await by_user(connection, found.user_id)
    return replace(
        owner, key=found.id, job=found.job_id, job_project=found.job_project_id, scope=scope_of(found)
    )


def scope_of(row: Row[Any]) -> Scope | None:
    """What the key of this row is restricted to, if it is."""
    if row.scope_projects is None and row.scope_actions is None:
        return None
    parts = (row.scope_projects, row.scope_actions)
    projects, actions = (None if part is None else frozenset(part) for part in parts)
    return Scope(projects=projects, actions=actions)


async def _rule(connection: AsyncConnection, found: Row[Any]) -> Identity:
    """A job started by a gear rule: the rule's role, as it is now, inside the rule's project only."""
    actions = await connection.execute(select(role.c.actions).where(role.c.id == found.role_id))
    scope = Scope(projects=frozenset(found.scope_projects), actions=frozenset(actions.scalar_one()))
    return Identity(
        kind="gear_rule",
        id=found.rule_id,
        key=found.id,
        job=found.job_id,
        job_project=found.job_project_id,
        scope=scope,
    )


async def again(connection: AsyncConnection, claim: Mapping[str, str]) -> Identity:
    """The caller of an earlier request (`Identity.claim`) with the rights of today; Unauthenticated when gone."""
    if key_id := claim.get("key"):
        return await _by_key(connection, api_key.c.id == key_id)
    if user_id := claim.get("user"):
        return await by_user(connection, user_id)
    raise Unauthenticated


async def by_user(connection: AsyncConnection, user_id: str) -> Identity:
    """The user of this id, for work done in their name; Unauthenticated when they are gone."""
    row = (
        await connection.execute(
            select(app_user.c.id, app_user.c.roles, app_user.c.disabled).where(
                app_user.c.id == user_id, app_user.c.deleted_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        raise Unauthenticated(_BAD_KEY)
    return _user_identity(row)


async def by_device(connection: AsyncConnection, device_id: str) -> Identity:
    """The device of this id; Unauthenticated when it is disabled."""
    row = (
        await connection.execute(
            select(device.c.id, device.c.disabled, device.c.type).where(
                device.c.id == device_id, device.c.deleted_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None or row.disabled:
        raise Unauthenticated("This device is disabled; ask an administrator.")
    return Identity(kind="device", id=row.id, roles=("drone",), is_engine=row.type == "engine")


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
