"""Secrets of projects: made when first needed, sealed with the site's key, kept by epoch (deid.md 4.1)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.deid.secrets import SECRET_BYTES
from treadle.server.catalog.queries import lock_label
from treadle.server.catalog.rows import Container
from treadle.server.privacy.errors import EpochNotFound
from treadle.server.privacy.site_key import SiteKey
from treadle.server.privacy.tables import deid_secret

SCOPE = "deid_secret_scope"  # of a group's settings: `group` shares one secret among its projects


@dataclass(frozen=True)
class Owner:
    """Whose secret it is: a group's, a project's, or that of a label for which there is no project yet."""

    level: str
    target: str


@dataclass(frozen=True)
class Secret:
    """One epoch of a secret."""

    owner: Owner
    epoch: int
    value: bytes = field(repr=False)


def owner_of(group: Container | None, project: Container) -> Owner:
    """Who owns the secret that maps identifiers in this project."""
    if group is not None and (group.doc.get("settings") or {}).get(SCOPE) == "group":
        return Owner("group", group.id)
    return Owner("project", project.id)


def owner_of_label(group: Container | None, group_id: str, label: str) -> Owner:
    """The same for a project that may come to be."""
    if group is not None and (group.doc.get("settings") or {}).get(SCOPE) == "group":
        return Owner("group", group.id)
    return Owner("label", f"{group_id}/{label}")


async def secret_of(
    connection: AsyncConnection, key: SiteKey, owner: Owner, *, epoch: int | None = None, label: str = ""
) -> Secret:
    """The newest epoch or the one asked for; made now if there is none. `label` (group/label) is what was
    promised to the project before it existed."""
    found = await _read(connection, key, owner, epoch)
    if found is None and epoch is None:
        await lock_label(connection, "deid-secret", label or owner.target)
        found = await _read(connection, key, owner, epoch)
        if found is None and label:
            await _take_over(connection, Owner("label", label), owner)
            found = await _read(connection, key, owner, epoch)
    if found is None and epoch is None:
        return await _make(connection, key, owner, 1)
    if found is None:
        raise EpochNotFound(f"There is no secret of epoch {epoch}.")
    return found


async def rotate(connection: AsyncConnection, key: SiteKey, owner: Owner, *, label: str = "") -> Secret:
    """A new epoch; the old ones stay, so that what was begun can be continued."""
    await lock_label(connection, "deid-secret", label or owner.target)
    last = await secret_of(connection, key, owner, label=label)
    return await _make(connection, key, owner, last.epoch + 1)


async def _read(connection: AsyncConnection, key: SiteKey, owner: Owner, epoch: int | None) -> Secret | None:
    column = deid_secret.c
    chosen = select(column.epoch, column.sealed).where(
        column.level == owner.level, column.target == owner.target
    )
    if epoch is not None:
        chosen = chosen.where(column.epoch == epoch)
    row = (await connection.execute(chosen.order_by(column.epoch.desc()).limit(1))).one_or_none()
    if row is None:
        return None
    value, old_key = key.open(row.sealed)
    if old_key:
        await connection.execute(
            update(deid_secret)
            .where(column.level == owner.level, column.target == owner.target, column.epoch == row.epoch)
            .values(sealed=key.seal(value))
        )
    return Secret(owner, row.epoch, value)


async def _make(connection: AsyncConnection, key: SiteKey, owner: Owner, epoch: int) -> Secret:
    value = os.urandom(SECRET_BYTES)
    await connection.execute(
        insert(deid_secret).values(
            level=owner.level, target=owner.target, epoch=epoch, sealed=key.seal(value)
        )
    )
    return Secret(owner, epoch, value)


async def _take_over(connection: AsyncConnection, promised: Owner, owner: Owner) -> None:
    column = deid_secret.c
    await connection.execute(
        update(deid_secret)
        .where(column.level == promised.level, column.target == promised.target)
        .values(level=owner.level, target=owner.target)
    )
