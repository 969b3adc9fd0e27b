"""API keys of users and devices: shown once, kept as hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import ALL_ACTIONS
from treadle.server.access.identity import Scope, digest, scope_of
from treadle.server.access.tables import api_key
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Conflict, Invalid, NotFound
from treadle.server.kit.ids import new_id, new_secret
from treadle.server.store.db import among

# 57 characters in all: the length at which the official clients send `Bearer` (api.md 2).
PREFIX = "tk1_"
MOST_KEYS = 100
WHOLE = Scope()
READING = frozenset(action for action in ALL_ACTIONS if action.endswith("_view") or "_view_" in action) | {
    "files_download"
}
Owner = Literal["user_id", "device_id"]


@dataclass(frozen=True)
class ApiKey:
    """What is known of a key afterwards; `id` is its public part."""

    id: str
    owner_id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    scope: Scope | None = None


@dataclass(frozen=True)
class NewKey:
    """A key at its birth, the only time its secret is seen."""

    key: ApiKey
    secret: str


def _as_key(row: Row[Any]) -> ApiKey:
    owner = row.user_id or row.device_id or row.rule_id
    times = (row.created_at, row.last_used_at, row.expires_at)
    return ApiKey(row.id, owner, row.label, *times, scope_of(row))


async def create_key(
    connection: AsyncConnection,
    owner: Owner,
    owner_id: str,
    *,
    label: str = "",
    expires_at: datetime | None = None,
    scope: Scope = WHOLE,
) -> NewKey:
    """A further key of this user or device; with a scope it is cut down to that."""
    if expires_at is not None and expires_at <= now():
        raise Invalid("'expires_at' must lie in the future.")
    held = select(func.count()).where(api_key.c[owner] == owner_id, api_key.c.job_id.is_(None))
    if (await connection.execute(held)).scalar_one() >= MOST_KEYS:
        raise Conflict(f"There are {MOST_KEYS} keys already; delete some first.")
    return await _insert(connection, scope, label=label, expires_at=expires_at, **{owner: owner_id})


async def ensure_device_key(
    connection: AsyncConnection, device_id: str, secret: str, *, label: str
) -> NewKey | None:
    """The device's one key of that label becomes this secret; None when it was that already."""
    ours = (api_key.c.device_id == device_id, api_key.c.label == label)
    held = await connection.execute(select(api_key.c.secret_sha256).where(*ours))
    if held.scalars().all() == [digest(secret)]:
        return None
    await connection.execute(delete(api_key).where(*ours))
    return await _insert(connection, WHOLE, secret, label=label, device_id=device_id)


async def _insert(
    connection: AsyncConnection, scope: Scope, secret: str | None = None, **values: Any
) -> NewKey:
    secret = secret or PREFIX + new_secret()
    row = await connection.execute(
        insert(api_key)
        .values(
            id=new_id(),
            secret_sha256=digest(secret),
            scope_projects=None if scope.projects is None else sorted(scope.projects),
            scope_actions=None if scope.actions is None else sorted(scope.actions),
            **values,
        )
        .returning(*api_key.c)
    )
    return NewKey(_as_key(row.one()), secret)


async def create_job_key(
    connection: AsyncConnection,
    job_id: str,
    user_id: str,
    *,
    project_id: str | None = None,
    scope: Scope = WHOLE,
    read_only: bool = False,
) -> NewKey:
    """The key of a job that a user started: their rights (cut down to a scope), or only those to read."""
    if read_only:
        scope = replace(scope, actions=READING if scope.actions is None else READING & scope.actions)
    return await _insert(
        connection, scope, label="job", job_id=job_id, job_project_id=project_id, user_id=user_id
    )


async def create_rule_key(
    connection: AsyncConnection, job_id: str, rule_id: str, *, project_id: str, role_id: str
) -> NewKey:
    """The key of a job that a gear rule started: the role's actions, inside this project only."""
    scope = Scope(projects=frozenset({project_id}))
    return await _insert(
        connection,
        scope,
        label="job",
        job_id=job_id,
        job_project_id=project_id,
        rule_id=rule_id,
        role_id=role_id,
    )


async def delete_expired(connection: AsyncConnection, user_id: str, *, label: str) -> None:
    """Forget the keys of this user with this label that have ended."""
    ended = (api_key.c.user_id == user_id, api_key.c.label == label, api_key.c.expires_at <= now())
    await connection.execute(delete(api_key).where(*ended, api_key.c.job_id.is_(None)))


async def delete_job_keys(connection: AsyncConnection, *job_ids: str) -> None:
    """Make the keys of jobs worthless: they have ended."""
    await connection.execute(delete(api_key).where(among(api_key.c.job_id, job_ids)))


async def keys_of(
    connection: AsyncConnection, owner: Owner, owner_ids: Sequence[str]
) -> dict[str, list[ApiKey]]:
    """The keys of each of these users or devices, oldest first."""
    found: dict[str, list[ApiKey]] = {owner_id: [] for owner_id in owner_ids}
    if found:
        mine = api_key.c[owner].in_(owner_ids) & api_key.c.job_id.is_(None)
        chosen = select(api_key).where(mine).order_by(api_key.c.id)
        for row in await connection.execute(chosen):
            key = _as_key(row)
            found[key.owner_id].append(key)
    return found


async def delete_key(connection: AsyncConnection, owner: Owner, owner_id: str, key_id: str) -> None:
    """Make this key worthless."""
    gone = await connection.execute(
        delete(api_key).where(api_key.c[owner] == owner_id, api_key.c.id == key_id)
    )
    if not gone.rowcount:
        raise NotFound("There is no such key.")


async def delete_keys(connection: AsyncConnection, owner: Owner, owner_id: str) -> None:
    """Make all keys of this user or device worthless."""
    await connection.execute(delete(api_key).where(api_key.c[owner] == owner_id))
