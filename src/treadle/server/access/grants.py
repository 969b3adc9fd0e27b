"""Who may do what: users' access to groups, their roles in projects, the groups' templates.

Each change locks the group or project it is about, so that the safeguards (a last manager, a last group
administrator, nobody grants more than they hold) cannot be passed by two requests at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import Action
from treadle.server.access.errors import AlreadyThere, LastGroupAdmin, LastManager, OverGrant, UnknownUser
from treadle.server.access.guard import Guard
from treadle.server.access.places import collection_access
from treadle.server.access.roles import actions_of
from treadle.server.access.tables import app_user, group_access, group_template, project_grant, role
from treadle.server.access.templates import grant_roles, grant_roles_in
from treadle.server.kit.errors import NotFound

_MANAGE: Action = "project_permissions_manage"
_NO_ENTRY = "This user has no permission here."


@dataclass(frozen=True)
class GroupEntry:
    """A user's access to a group: ro, rw or admin."""

    user_id: str
    access: str


@dataclass(frozen=True)
class RoleEntry:
    """A user's roles in a project, or in the projects a group will get."""

    user_id: str
    role_ids: tuple[str, ...]


async def _require_known(connection: AsyncConnection, user_id: str) -> None:
    known = select(app_user.c.id).where(app_user.c.id == user_id, app_user.c.deleted_at.is_(None))
    if (await connection.execute(known)).first() is None:
        raise UnknownUser(f"There is no user '{user_id}'.")


def _enabled(column: ColumnElement[Any]) -> ColumnElement[bool]:
    able = select(app_user.c.id).where(app_user.c.deleted_at.is_(None), app_user.c.disabled.is_(False))
    return column.in_(able)


# Groups


async def get_group_entry(connection: AsyncConnection, group_id: str, user_id: str) -> GroupEntry:
    """The user's access to the group, or NotFound."""
    found = await connection.execute(
        select(group_access.c.access).where(
            group_access.c.group_id == group_id, group_access.c.user_id == user_id
        )
    )
    access = found.scalar_one_or_none()
    if access is None:
        raise NotFound(_NO_ENTRY)
    return GroupEntry(user_id, access)


async def list_group_entries(connection: AsyncConnection, group_id: str) -> list[GroupEntry]:
    """Everybody with access to the group."""
    chosen = select(group_access.c.user_id, group_access.c.access).where(group_access.c.group_id == group_id)
    rows = await connection.execute(chosen.order_by(group_access.c.user_id))
    return [GroupEntry(row.user_id, row.access) for row in rows]


async def add_group_entry(guard: Guard, group_id: str, user_id: str, access: str) -> GroupEntry:
    """Let a user into the group."""
    await _require_known(guard.connection, user_id)
    added = await guard.connection.execute(
        upsert(group_access)
        .values(group_id=group_id, user_id=user_id, access=access, granted_by=guard.identity.person or None)
        .on_conflict_do_nothing()
        .returning(group_access.c.user_id)
    )
    if added.first() is None:
        raise AlreadyThere("This user has access to the group already.")
    return GroupEntry(user_id, access)


async def has_admin(connection: AsyncConnection, group_id: str, *, but: str = "") -> bool:
    """Whether the group has an enabled administrator, besides the user `but`."""
    rows = await connection.execute(
        select(group_access.c.user_id)
        .where(group_access.c.group_id == group_id, group_access.c.access == "admin")
        .where(group_access.c.user_id != but)
        .where(_enabled(group_access.c.user_id))
        .limit(1)
    )
    return rows.first() is not None


async def change_group_entry(
    connection: AsyncConnection, group_id: str, user_id: str, access: str | None
) -> None:
    """Change the user's access to the group; None takes it away."""
    before = await has_admin(connection, group_id)
    mine = (group_access.c.group_id == group_id) & (group_access.c.user_id == user_id)
    changed = await connection.execute(
        delete(group_access).where(mine)
        if access is None
        else update(group_access).where(mine).values(access=access)
    )
    if not changed.rowcount:
        raise NotFound(_NO_ENTRY)
    if before and not await has_admin(connection, group_id):
        raise LastGroupAdmin


# Roles in projects and in templates


def _entry_of(table: Table, place_id: str, user_id: str) -> ColumnElement[bool]:
    return (_place(table) == place_id) & (table.c.user_id == user_id)


def _place(table: Table) -> ColumnElement[Any]:
    return table.c.project_id if table is project_grant else table.c.group_id


async def _role_ids(
    connection: AsyncConnection, table: Table, place_id: str, user_id: str
) -> tuple[str, ...] | None:
    found = await connection.execute(select(table.c.role_ids).where(_entry_of(table, place_id, user_id)))
    role_ids = found.scalar_one_or_none()
    return None if role_ids is None else tuple(role_ids)


async def get_role_entry(connection: AsyncConnection, table: Table, place_id: str, user_id: str) -> RoleEntry:
    """The user's roles in the project (`project_grant`) or template (`group_template`), or NotFound."""
    role_ids = await _role_ids(connection, table, place_id, user_id)
    if role_ids is None:
        raise NotFound(_NO_ENTRY)
    return RoleEntry(user_id, role_ids)


async def list_role_entries(connection: AsyncConnection, table: Table, place_id: str) -> list[RoleEntry]:
    """All users of the project or template."""
    chosen = select(table.c.user_id, table.c.role_ids).where(_place(table) == place_id)
    rows = await connection.execute(chosen.order_by(table.c.user_id))
    return [RoleEntry(row.user_id, tuple(row.role_ids)) for row in rows]


async def refuse_over_grant(guard: Guard, project_id: str, role_ids: Collection[str]) -> None:
    """Go on only when the caller holds every action of these roles in the project."""
    if guard.identity.is_site_admin:
        return
    lacking = await actions_of(guard.connection, role_ids) - await guard.actions(project_id)
    if lacking:
        raise OverGrant(detail=sorted(lacking))


async def managed(connection: AsyncConnection, project_ids: Sequence[str]) -> set[str]:
    """Those of the projects that have an enabled user who may manage permissions."""
    rows = await connection.execute(
        select(project_grant.c.project_id)
        .join(role, role.c.id == func.any(project_grant.c.role_ids))
        .where(
            project_grant.c.project_id.in_(project_ids),
            role.c.actions.contains([_MANAGE]),
            _enabled(project_grant.c.user_id),
        )
        .distinct()
    )
    return set(rows.scalars())


async def add_grant(guard: Guard, project_id: str, user_id: str, role_ids: Sequence[str]) -> RoleEntry:
    """Let a user into the project with these roles."""
    await _require_known(guard.connection, user_id)
    await refuse_over_grant(guard, project_id, role_ids)
    if await _role_ids(guard.connection, project_grant, project_id, user_id) is not None:
        raise AlreadyThere("This user has a permission in the project already.")
    await grant_roles(guard.connection, project_id, user_id, role_ids, by=guard.identity.person or None)
    return RoleEntry(user_id, tuple(role_ids))


async def change_grant(
    guard: Guard, project_id: str, user_id: str, role_ids: Sequence[str] | None
) -> RoleEntry:
    """The user's entry with these roles instead; None takes them away and answers what they were."""
    connection = guard.connection
    entry = await get_role_entry(connection, project_grant, project_id, user_id)
    before = await managed(connection, [project_id])
    if role_ids is None:
        await connection.execute(delete(project_grant).where(_entry_of(project_grant, project_id, user_id)))
    else:
        await refuse_over_grant(guard, project_id, set(role_ids) - set(entry.role_ids))
        await grant_roles(connection, project_id, user_id, role_ids, by=guard.identity.person or None)
        entry = RoleEntry(user_id, tuple(role_ids))
    if before - await managed(connection, [project_id]):
        raise LastManager
    return entry


async def add_template_entry(
    connection: AsyncConnection, group_id: str, user_id: str, role_ids: Sequence[str]
) -> RoleEntry:
    """Give the user these roles in projects the group gets from now on."""
    await _require_known(connection, user_id)
    if await _role_ids(connection, group_template, group_id, user_id) is not None:
        raise AlreadyThere("This user is in the template already.")
    await connection.execute(
        insert(group_template).values(group_id=group_id, user_id=user_id, role_ids=list(role_ids))
    )
    return RoleEntry(user_id, tuple(role_ids))


async def change_template_entry(
    connection: AsyncConnection, group_id: str, user_id: str, role_ids: Sequence[str] | None
) -> RoleEntry:
    """The user's template entry with these roles instead; None takes it out and answers what it was."""
    entry = await get_role_entry(connection, group_template, group_id, user_id)
    mine = _entry_of(group_template, group_id, user_id)
    if role_ids is None:
        await connection.execute(delete(group_template).where(mine))
        return entry
    await connection.execute(update(group_template).where(mine).values(role_ids=list(role_ids)))
    return RoleEntry(user_id, tuple(role_ids))


async def propagate(
    guard: Guard, project_ids: Sequence[str], user_id: str, role_ids: Sequence[str] | None
) -> None:
    """Do in these projects what was done in the template; needs in each what doing it there would need."""
    connection = guard.connection
    before = await managed(connection, project_ids)
    if not guard.identity.is_site_admin:
        await _refuse_propagation(guard, project_ids, user_id, role_ids or ())
    if role_ids is not None:
        await grant_roles_in(connection, project_ids, user_id, role_ids, by=guard.identity.person or None)
    else:
        await connection.execute(
            delete(project_grant).where(
                project_grant.c.project_id.in_(project_ids), project_grant.c.user_id == user_id
            )
        )
    if before - await managed(connection, project_ids):
        raise LastManager


async def _refuse_propagation(
    guard: Guard, project_ids: Sequence[str], user_id: str, role_ids: Collection[str]
) -> None:
    """Go on only when the caller manages every project and holds there what would be new to the user."""
    connection = guard.connection
    mine = await guard.actions_in(project_ids)
    if any(_MANAGE not in mine[project_id] for project_id in project_ids):
        raise OverGrant("To change existing projects you must manage the permissions of all of them.")
    rows = await connection.execute(
        select(project_grant.c.project_id, project_grant.c.role_ids).where(
            project_grant.c.project_id.in_(project_ids), project_grant.c.user_id == user_id
        )
    )
    held = {row.project_id: row.role_ids for row in rows}
    known = await connection.execute(select(role.c.id, role.c.actions).where(role.c.id.in_(role_ids)))
    actions = {row.id: frozenset(row.actions) for row in known}
    for project_id in project_ids:
        new = set(role_ids) - set(held.get(project_id, ()))
        if lacking := {action for role_id in new for action in actions[role_id]} - mine[project_id]:
            raise OverGrant(detail=sorted(lacking))


async def forget_user(connection: AsyncConnection, user_id: str) -> None:
    """Take all access to groups, projects and collections away from the user."""
    for table in (group_access, group_template, project_grant, collection_access):
        await connection.execute(delete(table).where(table.c.user_id == user_id))
