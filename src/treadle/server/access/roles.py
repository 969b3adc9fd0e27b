"""Roles: named sets of actions, three of them built in, and each group's pool of assignable ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import ALL_ACTIONS, BUILTIN_LABELS, BUILTIN_ROLES
from treadle.server.access.errors import AlreadyThere, BuiltinRole, MissingActions, RoleInUse, UnknownRole
from treadle.server.access.tables import group_role, group_template, project_grant, role
from treadle.server.kit.clock import now
from treadle.server.kit.errors import NotFound
from treadle.server.kit.ids import new_id

# The same on every site, so that scripts and exports may name them.
BUILTIN_IDS = {name: f"{number:024x}" for number, name in enumerate(("ro", "rw", "admin"), 1)}

ANALYSES = "analyses_view_metadata"
REQUIRED = (
    "containers_view_metadata",
    ANALYSES,
    "files_view_metadata",
    "tags_view",
    "notes_view",
    "session_templates_view",
    "jobs_view",
)

# Ticking the left one needs the right one (roles.md 3).
IMPLIED = {
    "files_download": "files_view_contents",
    "tags_manage": "tags_view",
    "notes_manage": "notes_view",
    "project_permissions_manage": "project_permissions_view",
    "gear_rules_manage": "gear_rules_view",
    "data_views_manage": "data_views_view",
    "session_templates_manage": "session_templates_view",
    "jobs_manage": "jobs_view",
    "audit_trail_reports_manage": "audit_trail_reports_view",
    "annotations_edit_others": "annotations_view_others",
    "annotations_delete_others": "annotations_view_others",
    "analyses_create_job": "files_view_metadata",
    "containers_delete_project": "containers_delete_hierarchy",
    "tasks_create": "tasks_view",
    "tasks_modify": "tasks_view",
    "tasks_assign": "tasks_view",
}

_ORDER = {action: number for number, action in enumerate(ALL_ACTIONS)}


@dataclass(frozen=True)
class Role:
    """A role; `builtin` is ro, rw, admin or None."""

    id: str
    label: str
    builtin: str | None
    actions: tuple[str, ...]
    in_use: bool


def complete(actions: Collection[str]) -> tuple[str, ...]:
    """The actions with the required ones added, in the catalogue's order; MissingActions for unmet needs.

    Analyses may be hidden on purpose: a list that names other required actions but not this one, and
    nothing else about analyses, means it (roles.md 4.1).
    """
    held = set(actions)
    spelled_out = not held.isdisjoint(REQUIRED)
    hides_analyses = spelled_out and not any(action.startswith("analyses_") for action in held)
    held |= set(REQUIRED) - ({ANALYSES} if hides_analyses else set())
    missing = {action: need for action, need in IMPLIED.items() if action in held and need not in held}
    if missing:
        words = ", ".join(f"'{action}' needs '{need}'" for action, need in missing.items())
        raise MissingActions(f"Add the missing actions: {words}.", detail=sorted(set(missing.values())))
    return tuple(sorted(held, key=_ORDER.__getitem__))


def _used_ids() -> ColumnElement[Any]:
    used = select(func.unnest(project_grant.c.role_ids)).union(select(func.unnest(group_template.c.role_ids)))
    return role.c.id.in_(used)


def role_columns() -> tuple[ColumnElement[Any], ...]:
    """What a Role is read from."""
    return (role.c.id, role.c.label, role.c.builtin, role.c.actions, _used_ids().label("in_use"))


def as_role(row: Row[Any]) -> Role:
    """The role of a row of `role_columns`."""
    return Role(row.id, row.label, row.builtin, tuple(row.actions), row.in_use)


async def get_role(connection: AsyncConnection, role_id: str, *, lock: bool = False) -> Role:
    """The role, or NotFound."""
    chosen = select(*role_columns()).where(role.c.id == role_id)
    row = (await connection.execute(chosen.with_for_update(of=role) if lock else chosen)).one_or_none()
    if row is None:
        raise NotFound("There is no such role.")
    return as_role(row)


async def _refuse_label(connection: AsyncConnection, label: str, *, but: str | None = None) -> None:
    taken = select(role.c.id).where(func.lower(role.c.label) == func.lower(label), role.c.id != (but or ""))
    if (await connection.execute(taken)).first():
        raise AlreadyThere("There is a role with this label already.")


async def create_role(connection: AsyncConnection, *, label: str, actions: Collection[str]) -> Role:
    """A new role."""
    await _refuse_label(connection, label)
    role_id = new_id()
    await connection.execute(insert(role).values(id=role_id, label=label, actions=list(complete(actions))))
    return await get_role(connection, role_id)


async def change_role(
    connection: AsyncConnection, role_id: str, *, label: str | None, actions: Collection[str] | None
) -> Role:
    """The role with another label or other actions, at once for everybody who has it."""
    found = await get_role(connection, role_id, lock=True)
    if found.builtin:
        raise BuiltinRole
    values: dict[str, Any] = {"modified_at": now()}
    if label is not None:
        await _refuse_label(connection, label, but=role_id)
        values["label"] = label
    if actions is not None:
        values["actions"] = list(complete(actions))
    await connection.execute(update(role).where(role.c.id == role_id).values(values))
    return await get_role(connection, role_id)


async def delete_role(connection: AsyncConnection, role_id: str) -> Role:
    """Remove a role nobody has, also from the groups' pools."""
    found = await get_role(connection, role_id, lock=True)
    if found.builtin:
        raise BuiltinRole
    if found.in_use:
        raise RoleInUse
    await connection.execute(delete(group_role).where(group_role.c.role_id == role_id))
    await connection.execute(delete(role).where(role.c.id == role_id))
    return found


async def pool_of(connection: AsyncConnection, group_id: str) -> list[Role]:
    """The roles added to the group's pool; built-in roles need not be added."""
    chosen = select(*role_columns()).join(group_role, group_role.c.role_id == role.c.id)
    rows = await connection.execute(chosen.where(group_role.c.group_id == group_id).order_by(role.c.id))
    return [as_role(row) for row in rows]


async def add_to_pool(connection: AsyncConnection, group_id: str, role_id: str) -> Role:
    """Let projects of the group assign this role."""
    found = await get_role(connection, role_id)
    added = await connection.execute(
        upsert(group_role)
        .values(group_id=group_id, role_id=role_id)
        .on_conflict_do_nothing()
        .returning(group_role.c.role_id)
    )
    if added.first() is None:
        raise AlreadyThere("The group has this role already.")
    return found


async def remove_from_pool(
    connection: AsyncConnection, group_id: str, role_id: str, *, project_ids: Sequence[str]
) -> Role:
    """Take the role out of the group's pool, unless its template or one of its projects uses it."""
    found = await get_role(connection, role_id, lock=True)
    used = or_(
        select(group_template.c.user_id)
        .where(group_template.c.group_id == group_id, group_template.c.role_ids.contains([role_id]))
        .exists(),
        select(project_grant.c.user_id)
        .where(project_grant.c.project_id.in_(project_ids), project_grant.c.role_ids.contains([role_id]))
        .exists(),
    )
    if (await connection.execute(select(used))).scalar_one():
        raise RoleInUse
    gone = await connection.execute(
        delete(group_role).where(group_role.c.group_id == group_id, group_role.c.role_id == role_id)
    )
    if not gone.rowcount:
        raise NotFound("The group does not have this role.")
    return found


async def assignable(connection: AsyncConnection, group_id: str, role_ids: Iterable[str]) -> list[str]:
    """The role ids without repeats, each built in or in the group's pool; UnknownRole otherwise."""
    wanted = list(dict.fromkeys(role_ids))
    if not wanted:
        raise UnknownRole("Name at least one role; DELETE takes the permission away.")
    pool = select(group_role.c.role_id).where(group_role.c.group_id == group_id)
    rows = await connection.execute(
        select(role.c.id)
        .where(role.c.id.in_(wanted), or_(role.c.builtin.is_not(None), role.c.id.in_(pool)))
        .with_for_update(read=True, of=role)  # a role must not vanish while it is being assigned
    )
    allowed = set(rows.scalars())
    if unknown := [role_id for role_id in wanted if role_id not in allowed]:
        raise UnknownRole(detail=unknown)
    return wanted


async def actions_of(connection: AsyncConnection, role_ids: Iterable[str]) -> frozenset[str]:
    """Everything these roles allow together."""
    rows = await connection.execute(select(role.c.actions).where(role.c.id.in_(list(role_ids))))
    return frozenset(action for row in rows for action in row.actions)


async def ensure_builtin_roles(connection: AsyncConnection) -> None:
    """The three built-in roles with the actions of this release."""
    for name, actions in BUILTIN_ROLES.items():
        values = {"label": BUILTIN_LABELS[name], "builtin": name, "actions": list(actions)}
        await connection.execute(
            upsert(role)
            .values(id=BUILTIN_IDS[name], **values)
            .on_conflict_do_update(index_elements=[role.c.id], set_={**values, "modified_at": now()})
        )
