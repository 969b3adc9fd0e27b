"""Who is in a project from its first second, and what projects and groups show of their users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.roles import BUILTIN_IDS
from treadle.server.access.tables import app_user, group_access, group_role, group_template, project_grant


async def grant_roles(
    connection: AsyncConnection, project_id: str, user_id: str, role_ids: Sequence[str], *, by: str | None
) -> None:
    """Give the user exactly these roles in the project; `by` is the person who does it, if one does."""
    await grant_roles_in(connection, [project_id], user_id, role_ids, by=by)


async def grant_roles_in(
    connection: AsyncConnection,
    project_ids: Sequence[str],
    user_id: str,
    role_ids: Sequence[str],
    *,
    by: str | None,
) -> None:
    """Give the user exactly these roles in each of the projects."""
    ids = func.unnest(cast(list(project_ids), ARRAY(Text)))
    roles = cast(list(role_ids), ARRAY(Text))
    await connection.execute(
        upsert(project_grant)
        .from_select(
            ["project_id", "user_id", "role_ids", "granted_by"],
            select(ids, literal(user_id), roles, literal(by, Text)),
        )
        .on_conflict_do_update(
            index_elements=[project_grant.c.project_id, project_grant.c.user_id],
            set_={"role_ids": list(role_ids)},
        )
    )


async def apply_template(
    connection: AsyncConnection,
    group_id: str,
    project_id: str,
    creator_id: str | None,
    *,
    inherit: bool = True,
) -> None:
    """First users of a new project: its creator as admin, then (if inherited) the group's template users.

    `creator_id` is None when nobody made it (a device, the system itself).
    """
    roles: dict[str, list[str]] = {}
    if creator_id is not None:
        known = select(app_user.c.id).where(app_user.c.id == creator_id)
        if (await connection.execute(known)).first():
            roles[creator_id] = [BUILTIN_IDS["admin"]]
    if inherit:
        rows = await connection.execute(
            select(group_template.c.user_id, group_template.c.role_ids).where(
                group_template.c.group_id == group_id
            )
        )
        for row in rows:
            roles[row.user_id] = list(dict.fromkeys([*roles.get(row.user_id, ()), *row.role_ids]))
    for user_id, role_ids in roles.items():
        await grant_roles(connection, project_id, user_id, role_ids, by=creator_id)


async def grant_group_admin(connection: AsyncConnection, group_id: str, user_id: str) -> None:
    """Make the user an administrator of the group (its creator, for one)."""
    await connection.execute(
        upsert(group_access)
        .values(group_id=group_id, user_id=user_id, access="admin", granted_by=user_id)
        .on_conflict_do_update(
            index_elements=[group_access.c.group_id, group_access.c.user_id], set_={"access": "admin"}
        )
    )


async def remove_grants_of_project(connection: AsyncConnection, project_id: str) -> None:
    """Forget all users of a project that is gone for good."""
    await connection.execute(delete(project_grant).where(project_grant.c.project_id == project_id))


async def remove_grants_of_group(connection: AsyncConnection, group_id: str) -> None:
    """Forget all users, template users and pool roles of a group that is gone for good."""
    for table in (group_access, group_template, group_role):
        await connection.execute(delete(table).where(table.c.group_id == group_id))


async def permissions_of_projects(
    connection: AsyncConnection, project_ids: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """`permissions` of each project's document."""
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in project_ids}
    if not found:
        return found
    rows = await connection.execute(
        select(project_grant)
        .where(project_grant.c.project_id.in_(project_ids))
        .order_by(project_grant.c.project_id, project_grant.c.user_id)
    )
    for row in rows:
        found[row.project_id].append({"_id": row.user_id, "role_ids": row.role_ids})
    return found


async def permissions_of_groups(
    connection: AsyncConnection, group_ids: Sequence[str]
) -> dict[str, dict[str, list[Any]]]:
    """`permissions`, `permissions_template` and `roles` (the pool) of each group's document."""
    found: dict[str, dict[str, list[Any]]] = {
        key: {"permissions": [], "permissions_template": [], "roles": []} for key in group_ids
    }
    if not found:
        return found
    for part, table, entry in (
        ("permissions", group_access, lambda row: {"_id": row.user_id, "access": row.access}),
        ("permissions_template", group_template, lambda row: {"_id": row.user_id, "role_ids": row.role_ids}),
        ("roles", group_role, lambda row: row.role_id),
    ):
        chosen = select(table).where(table.c.group_id.in_(group_ids)).order_by(*table.primary_key)
        for row in await connection.execute(chosen):
            found[row.group_id][part].append(entry(row))
    return found
