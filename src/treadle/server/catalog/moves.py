"""Moving containers: ancestors of everything below follow in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog import compliance, queries
from treadle.server.catalog.containers import apply_changes
from treadle.server.catalog.errors import LabelTaken
from treadle.server.catalog.levels import HIERARCHY
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container, file
from treadle.server.kit.errors import Invalid


async def move_container(connection: AsyncConnection, target: Container, *, parent: Container) -> Container:
    """The container under another parent of the right level; LabelTaken when its label must be unique there."""
    if target.parent_id == parent.id:
        return target
    expected = HIERARCHY[HIERARCHY.index(target.level) - 1]
    if parent.level != expected:
        raise Invalid(f"A {target.level} can only be moved into a {expected}.")
    if target.level in ("project", "subject"):
        await queries.lock_label(connection, target.level, parent.id, target.label)
        scope = container.c.parent_id == parent.id
        if await queries.child_by_label(connection, level=target.level, scope=scope, label=target.label):
            raise LabelTaken(f"The {target.level} '{target.label}' already exists there.")
    above = {
        f"{level}_id": getattr(parent, f"{level}_id") for level in HIERARCHY[: HIERARCHY.index(target.level)]
    }
    await connection.execute(update(container).where(queries.below(target.level, target.id)).values(**above))
    await connection.execute(update(file).where(queries.files_below(target.level, target.id)).values(**above))
    if target.level in ("subject", "session") and parent.project_id != target.project_id:
        await compliance.forget(connection, target.level, target.id)
    changes: dict[str, Any] = {"parent_id": parent.id, "parent_level": parent.level}
    return await apply_changes(connection, target, changes)
