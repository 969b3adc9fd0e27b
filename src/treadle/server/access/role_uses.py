"""Where a role is used: whom a change of it reaches (roles.md 7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access import places
from treadle.server.access.tables import group_role, project_grant

SHOWN = 200  # projects and groups named in an answer; totals are exact


async def role_uses(connection: AsyncConnection, role_id: str) -> dict[str, Any]:
    """The projects in which people have the role, the groups that may give it, and how many in all."""
    box = places.container
    grants = project_grant.c.role_ids.contains([role_id])
    held = select(project_grant).where(grants).subquery()
    in_projects = box.join(held, held.c.project_id == box.c.id)
    totals = (
        await connection.execute(
            select(func.count(held.c.user_id.distinct()), func.count(box.c.id.distinct()))
            .select_from(in_projects)
            .where(places.living("project"))
        )
    ).one()
    projects = await connection.execute(
        select(box.c.id, box.c.label, func.count().label("users"))
        .select_from(in_projects)
        .where(places.living("project"))
        .group_by(box.c.id, box.c.label)
        .order_by(box.c.label, box.c.id)
        .limit(SHOWN)
    )
    groups = await connection.execute(
        select(box.c.id, box.c.label)
        .join(group_role, group_role.c.group_id == box.c.id)
        .where(group_role.c.role_id == role_id, places.living("group"))
        .order_by(box.c.label, box.c.id)
        .limit(SHOWN)
    )
    return {
        "total_users": totals[0],
        "total_projects": totals[1],
        "projects": [{"_id": row.id, "label": row.label, "users": row.users} for row in projects],
        "groups": [{"_id": row.id, "label": row.label} for row in groups],
    }
