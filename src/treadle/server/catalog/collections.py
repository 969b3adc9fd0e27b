"""Collections: acquisitions of any project gathered under a label (api.md 14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries
from treadle.server.catalog.containers import clean_label, create_container, touch
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import collection_access, collection_member, container
from treadle.server.kit.errors import Conflict, Invalid, NotFound
from treadle.server.store.db import among

NODE_LEVELS = ("project", "subject", "session", "acquisition")
ACCESS = ("ro", "rw", "admin")


async def create_collection(guard: Guard, body: Mapping[str, Any]) -> Container:
    """A new, empty collection; the caller is its curator."""
    guard.decided()
    guard.require_account()
    made = await create_container(
        guard.connection,
        level="collection",
        parent=None,
        label=clean_label(body.get("label")),
        fields={name: body.get(name) for name in ("description", "info", "tags")},
        origin=guard.identity.origin,
    )
    await grant(guard.connection, made.id, guard.identity.id, "admin")
    if body.get("contents"):
        await change_contents(guard, made, body["contents"])
    return made


async def change_contents(guard: Guard, target: Container, contents: Any) -> None:
    """`{operation: add|remove, nodes: [{level, _id}]}`: nodes are expanded to acquisitions now."""
    if not isinstance(contents, Mapping) or contents.get("operation") not in ("add", "remove"):
        raise Invalid("'contents' is {operation: 'add' or 'remove', nodes: [{level, _id}]}.")
    by_level: defaultdict[str, list[str]] = defaultdict(list)
    for node in contents.get("nodes") or []:
        if not isinstance(node, Mapping) or node.get("level") not in NODE_LEVELS:
            raise Invalid(f"A node's level is one of: {', '.join(NODE_LEVELS)}.")
        by_level[node["level"]].append(str(node.get("_id")))
    for level, ids in by_level.items():
        if contents["operation"] == "add":
            await add_below(guard, target, level, ids)
        else:
            await guard.connection.execute(
                delete(collection_member).where(
                    collection_member.c.collection_id == target.id,
                    collection_member.c.acquisition_id.in_(_below(guard, level, ids)),
                )
            )
    await touch(guard.connection, target.id)


def _below(guard: Guard, level: str, ids: Sequence[str]) -> Select[Any]:
    """Ids of the acquisitions in these containers that the caller sees."""
    return select(container.c.id).where(
        among(container.c[f"{level}_id"], ids),
        container.c.level == "acquisition",
        queries.LIVE,
        guard.allowed(container.c.project_id),
    )


async def add_below(guard: Guard, target: Container, level: str, ids: Sequence[str]) -> int:
    """The acquisitions in these containers become members: how many are new."""
    rows = _below(guard, level, ids).with_only_columns(literal(target.id), container.c.id)
    added = await guard.connection.execute(
        insert(collection_member)
        .from_select(["collection_id", "acquisition_id"], rows)
        .on_conflict_do_nothing()
        .returning(collection_member.c.acquisition_id)
    )
    return len(added.all())


def members(level: str, collection_id: str) -> ColumnElement[bool]:
    """SQL condition on sessions or acquisitions: those with a member in the collection."""
    inner = container.alias()
    ids = (
        select(inner.c[f"{level}_id"])
        .join_from(collection_member, inner, collection_member.c.acquisition_id == inner.c.id)
        .where(collection_member.c.collection_id == collection_id, inner.c.deleted_at.is_(None))
    )
    return container.c.id.in_(ids)


async def grant(connection: AsyncConnection, collection_id: str, user_id: str, access: Any) -> None:
    """Give a user this access, replacing what they had."""
    if access not in ACCESS:
        raise Invalid("'access' is one of: ro, rw, admin.")
    await connection.execute(
        insert(collection_access)
        .values(collection_id=collection_id, user_id=user_id, access=access)
        .on_conflict_do_update(index_elements=["collection_id", "user_id"], set_={"access": access})
    )


async def granted(connection: AsyncConnection, collection_id: str, user_id: str) -> str:
    """The user's access; NotFound without one."""
    found = (
        await connection.execute(
            select(collection_access.c.access).where(
                collection_access.c.collection_id == collection_id, collection_access.c.user_id == user_id
            )
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("This user has no access to the collection.")
    return str(found)


async def revoke(connection: AsyncConnection, collection_id: str, user_id: str) -> None:
    """Take a user's access; the last administrator stays."""
    access = await granted(connection, collection_id, user_id)
    admins = (
        await connection.execute(
            select(collection_access.c.user_id).where(
                collection_access.c.collection_id == collection_id, collection_access.c.access == "admin"
            )
        )
    ).all()
    if access == "admin" and len(admins) == 1:
        raise Conflict("A collection keeps at least one administrator.")
    await connection.execute(
        delete(collection_access).where(
            collection_access.c.collection_id == collection_id, collection_access.c.user_id == user_id
        )
    )
