"""A dry run of a permission change: whom it touches and what data; in SQL, writing nothing.

Rights before and after are two queries of (user, project, actions) over the same tables, the second with the
changed role or entry put in; what differs is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    TableValuedAlias,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from treadle.server.access import places
from treadle.server.access.actions import ALL_ACTIONS
from treadle.server.access.tables import app_user, project_grant, role

MANAGE = "project_permissions_manage"
TOTALS = ("people", "projects", "subjects", "sessions", "acquisitions", "analyses", "files", "bytes")
_LEVELS = ("project", "subject", "session", "acquisition", "analysis")
SHOWN = 100  # people and projects named in an answer; totals are exact


@dataclass(frozen=True)
class Rights:
    """Who has which roles where, what the roles allow, and whose account works: tables or what would be in them."""

    grants: Any
    roles: Any
    able: ColumnElement[bool]  # on app_user
    admin: ColumnElement[bool]  # on app_user


@dataclass(frozen=True)
class Touched:
    """What differs."""

    people: list[dict[str, Any]] = field(default_factory=list)
    projects: list[dict[str, Any]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    unmanaged: int = 0  # projects that would lose their last manager


def now_held(within: ColumnElement[bool]) -> Rights:
    """The rights as they are; `within` narrows the entries looked at (on project_grant)."""
    held = select(project_grant.c.project_id, project_grant.c.user_id, project_grant.c.role_ids)
    return Rights(
        grants=held.where(within),
        roles=select(role.c.id, role.c.actions),
        able=and_(app_user.c.disabled.is_(False), app_user.c.deleted_at.is_(None)),
        admin=app_user.c.roles.contains(["site_admin"]),
    )


def with_role(before: Rights, role_id: str, actions: Sequence[str]) -> Rights:
    """As before, but the role allows just these actions."""
    changed = case((role.c.id == role_id, cast(list(actions), ARRAY(Text))), else_=role.c.actions)
    return Rights(before.grants, select(role.c.id, changed.label("actions")), before.able, before.admin)


def with_entry(
    before: Rights, project_ids: Select[Any], user_id: str, role_ids: Sequence[str] | None
) -> Rights:
    """As before, but the user has just these roles in the projects; None: no entry."""
    held = before.grants.subquery()
    kept = select(held).where(not_(and_(held.c.user_id == user_id, held.c.project_id.in_(project_ids))))
    if role_ids is None:
        return Rights(kept, before.roles, before.able, before.admin)
    ids = project_ids.subquery()
    put = select(
        ids.c[0].label("project_id"),
        literal(user_id).label("user_id"),
        cast(list(role_ids), ARRAY(Text)).label("role_ids"),
    )
    return Rights(union_all(kept, put), before.roles, before.able, before.admin)


def with_user(before: Rights, *, disabled: bool, admin: bool) -> Rights:
    """As before, but the one user looked at is disabled, or an administrator, or not."""
    return Rights(before.grants, before.roles, literal(not disabled), literal(admin))


def _unnested(actions: ColumnElement[Any]) -> TableValuedAlias:
    return func.unnest(actions).table_valued("action", joins_implicitly=True).render_derived()


def _held(rights: Rights, name: str, people: ColumnElement[bool]) -> CTE:
    """(user, project, actions) of those whose account works."""
    grants, roles = rights.grants.subquery(f"{name}_grants"), rights.roles.subquery(f"{name}_roles")
    each = _unnested(roles.c.actions)
    by_role = (
        select(
            grants.c.user_id,
            grants.c.project_id,
            func.array_agg(distinct(each.c.action)).label("actions"),
        )
        .select_from(grants)
        .join(app_user, app_user.c.id == grants.c.user_id)
        .join(roles, roles.c.id == func.any(grants.c.role_ids))
        .join(each, true())
        .where(rights.able, not_(rights.admin))
        .group_by(grants.c.user_id, grants.c.project_id)
    )
    by_site = (
        select(app_user.c.id, places.container.c.id, cast(list(ALL_ACTIONS), ARRAY(Text)))
        .select_from(app_user)
        .join(places.container, places.living("project"))
        .where(rights.able, rights.admin, people)
    )
    return union_all(by_role, by_site).cte(name)


def _less(whole: ColumnElement[Any], part: ColumnElement[Any]) -> ColumnElement[Any]:
    """The elements of one array that are not in the other."""
    item = _unnested(whole)
    missing = or_(part.is_(None), item.c.action != func.all(part))
    return func.array(select(item.c.action).where(missing).scalar_subquery(), type_=ARRAY(Text))


def _changes(before: Rights, after: Rights, people: ColumnElement[bool]) -> CTE:
    """(user, project, gains, loses) wherever something differs in a living project."""
    old, new = _held(before, "old", people), _held(after, "new", people)
    pairs = select(
        func.coalesce(new.c.user_id, old.c.user_id).label("user_id"),
        func.coalesce(new.c.project_id, old.c.project_id).label("project_id"),
        _less(new.c.actions, old.c.actions).label("gains"),
        _less(old.c.actions, new.c.actions).label("loses"),
    ).select_from(
        old.join(
            new,
            and_(old.c.user_id == new.c.user_id, old.c.project_id == new.c.project_id),
            full=True,
        )
    )
    found = pairs.subquery()
    return (
        select(found)
        .join(places.container, and_(places.container.c.id == found.c.project_id, places.living("project")))
        .where(or_(func.cardinality(found.c.gains) > 0, func.cardinality(found.c.loses) > 0))
        .cte("changes")
    )


async def touched(
    connection: AsyncConnection, before: Rights, after: Rights, *, people: ColumnElement[bool]
) -> Touched:
    """Everybody and everything whose rights differ; `people` (on app_user) are those who may be administrators."""
    changes = _changes(before, after, people)
    return Touched(
        await _people(connection, changes),
        await _projects(connection, changes),
        await _totals(connection, changes),
        await _unmanaged(connection, changes, after),
    )


def _all_of(changes: CTE, name: str, users: Any) -> ColumnElement[Any]:
    """Every action that the user gains (or loses) somewhere."""
    inner = changes.alias()
    each = _unnested(inner.c[name])
    chosen = select(each.c.action).distinct().select_from(inner).join(each, true())
    return func.array(
        chosen.where(inner.c.user_id == users.c.user_id).correlate(users).scalar_subquery(), type_=ARRAY(Text)
    ).label(name)


async def _people(connection: AsyncConnection, changes: CTE) -> list[dict[str, Any]]:
    users = (
        select(changes.c.user_id, func.count().label("projects"))
        .group_by(changes.c.user_id)
        .order_by(changes.c.user_id)
        .limit(SHOWN)
        .subquery()
    )
    chosen = select(users, _all_of(changes, "gains", users), _all_of(changes, "loses", users))
    rows = await connection.execute(chosen.order_by(users.c.user_id))
    return [
        {
            "user": row.user_id,
            "projects": row.projects,
            "gains": _ordered(row.gains),
            "loses": _ordered(row.loses),
        }
        for row in rows
    ]


def _ordered(actions: Sequence[str]) -> list[str]:
    return [action for action in ALL_ACTIONS if action in actions]


async def _projects(connection: AsyncConnection, changes: CTE) -> list[dict[str, Any]]:
    rows = await connection.execute(
        select(places.container.c.id, places.container.c.label, func.count().label("people"))
        .join(changes, changes.c.project_id == places.container.c.id)
        .group_by(places.container.c.id, places.container.c.label)
        .order_by(places.container.c.label, places.container.c.id)
        .limit(SHOWN)
    )
    return [{"_id": row.id, "label": row.label, "people": row.people} for row in rows]


async def _totals(connection: AsyncConnection, changes: CTE) -> dict[str, int]:
    """How many people, projects, containers of each level, files and bytes of their current versions."""
    box, file = places.container, places.file
    projects = select(changes.c.project_id).distinct()
    levels = await connection.execute(
        select(box.c.level, func.count())
        .where(box.c.project_id.in_(projects), box.c.deleted_at.is_(None))
        .group_by(box.c.level)
    )
    counts: dict[str, int] = dict(levels.all())
    row = (
        await connection.execute(
            select(func.count(), func.coalesce(func.sum(file.c.size), 0)).where(
                file.c.project_id.in_(projects), file.c.is_current, file.c.deleted_at.is_(None)
            )
        )
    ).one()
    people = await connection.execute(select(func.count(distinct(changes.c.user_id))))
    levels_found = (counts.get(level, 0) for level in _LEVELS)
    return dict(zip(TOTALS, (people.scalar_one(), *levels_found, int(row[0]), int(row[1])), strict=True))


async def _unmanaged(connection: AsyncConnection, changes: CTE, after: Rights) -> int:
    """How many projects would be left without an enabled user who may manage their users."""
    losing = select(changes.c.project_id).distinct().where(changes.c.loses.contains([MANAGE]))
    grants, roles = after.grants.subquery(), after.roles.subquery()
    managed = (
        select(grants.c.project_id)
        .join(roles, roles.c.id == func.any(grants.c.role_ids))
        .join(app_user, app_user.c.id == grants.c.user_id)
        .where(after.able, roles.c.actions.contains([MANAGE]))
    )
    left = losing.where(changes.c.project_id.not_in(managed))
    return int((await connection.execute(select(func.count()).select_from(left.subquery()))).scalar_one())
