"""How people stand to one place: who sees it, what they may do there, and what gives it to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from treadle.server.access import places
from treadle.server.access.actions import ALL_ACTIONS
from treadle.server.access.tables import app_user, group_access, group_template, project_grant, role

Source = Literal["project", "template", "group", "collection", "site"]

SITE_ADMIN = "Site Admin"
_ACCESS_LABELS = {"ro": "Read-only", "rw": "Read-write", "admin": "Admin"}
_OF_ACCESS = {"ro": ("view",), "rw": ("view", "modify"), "admin": ("view", "modify", "manage")}
_ORDER = {action: number for number, action in enumerate(ALL_ACTIONS)}


@dataclass(frozen=True)
class Spot:
    """What is asked about, and the place whose permissions decide: a project, a group or a collection."""

    id: str
    level: str
    label: str
    decided_by: Literal["project", "group", "collection"]
    place_id: str
    place_label: str
    group_id: str | None


@dataclass(frozen=True)
class Way:
    """One reason why somebody may do something; `template` = the group's template names this role too."""

    role: str
    role_id: str | None
    source: Source
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What one user may do in a place."""

    user_id: str
    name: str
    disabled: bool
    ways: tuple[Way, ...]

    @property
    def may(self) -> list[str]:
        """Everything the ways give together; nothing while the account is disabled."""
        held = {action for way in self.ways for action in way.actions}
        return [] if self.disabled else sorted(held, key=lambda action: (_ORDER.get(action, -1), action))


async def find_spot(connection: AsyncConnection, wanted: str) -> Spot | None:
    """The living container or file of this id and what decides about it."""
    box = places.container
    found = (
        await connection.execute(select(box).where(box.c.id == wanted, box.c.deleted_at.is_(None)))
    ).one_or_none()
    if found is not None:
        return await _spot(connection, found, found.id, found.level, found.label)
    file = places.file
    row = (
        await connection.execute(
            select(file.c.name, file.c.parent_id).where(
                file.c.file_id == wanted, file.c.is_current, file.c.deleted_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        return None
    parent = (
        await connection.execute(select(box).where(box.c.id == row.parent_id, box.c.deleted_at.is_(None)))
    ).one_or_none()
    return None if parent is None else await _spot(connection, parent, wanted, "file", row.name)


async def _spot(connection: AsyncConnection, near: Row[Any], id: str, level: str, label: str) -> Spot | None:
    decided_by: Literal["project", "group", "collection"] = "project"
    place_id = near.project_id
    if near.level == "group":
        decided_by, place_id = "group", near.id
    elif near.project_id is None:
        decided_by, place_id = "collection", near.id if near.level == "collection" else near.parent_id
    if place_id == near.id:
        return Spot(id, level, label, decided_by, near.id, near.label, near.group_id)
    box = places.container
    place = (
        await connection.execute(
            select(box.c.label, box.c.group_id).where(box.c.id == place_id, box.c.deleted_at.is_(None))
        )
    ).one_or_none()
    if place is None:
        return None
    return Spot(id, level, label, decided_by, str(place_id), place.label, place.group_id)


_NO_ROLES = cast(null(), ARRAY(Text))


def _rows(spot: Spot) -> Select[Any]:
    """Every user beside what they hold in the place: `role_ids`, `template`, `access`, `inside`."""
    admin = app_user.c.roles.contains(["site_admin"]).label("admin")
    if spot.decided_by == "project":
        grant = and_(project_grant.c.user_id == app_user.c.id, project_grant.c.project_id == spot.place_id)
        template = and_(group_template.c.user_id == app_user.c.id, group_template.c.group_id == spot.group_id)
        return (
            select(
                app_user,
                admin,
                project_grant.c.role_ids.label("held"),
                group_template.c.role_ids.label("template"),
                cast(null(), Text).label("access"),
                literal(False).label("inside"),
            )
            .outerjoin(project_grant, grant)
            .outerjoin(group_template, template)
        )
    table = group_access if spot.decided_by == "group" else places.collection_access
    place = table.c.group_id if spot.decided_by == "group" else table.c.collection_id
    inside: ColumnElement[bool] = literal(False)
    if spot.decided_by == "group":
        inside = (
            select(literal(1))
            .select_from(places.container)
            .join(project_grant, project_grant.c.project_id == places.container.c.id)
            .where(places.living("project"), places.container.c.group_id == spot.place_id)
            .where(project_grant.c.user_id == app_user.c.id)
            .exists()
        )
    return select(
        app_user,
        admin,
        _NO_ROLES.label("held"),
        _NO_ROLES.label("template"),
        table.c.access.label("access"),
        inside.label("inside"),
    ).outerjoin(table, and_(table.c.user_id == app_user.c.id, place == spot.place_id))


def _sees(spot: Spot, rows: Any, action: str) -> ColumnElement[bool]:
    """SQL condition: those who hold the action here."""
    if spot.decided_by == "project":
        gives = select(role.c.id).where(role.c.actions.contains([action]), role.c.id == func.any(rows.c.held))
        return or_(rows.c.admin, gives.exists())
    enough = [access for access in _OF_ACCESS if action in access_actions(spot.decided_by, access)]
    seen_from_inside = action == f"{spot.decided_by}_view"
    return or_(rows.c.admin, rows.c.access.in_(enough), and_(rows.c.inside, literal(seen_from_inside)))


def access_actions(place: str, access: str | None) -> tuple[str, ...]:
    """What this access to a group or collection allows there."""
    return tuple(f"{place}_{word}" for word in _OF_ACCESS[access]) if access else ()


def actions_at(spot: Spot) -> tuple[str, ...]:
    """Everything that can be allowed in such a place."""
    return ALL_ACTIONS if spot.decided_by == "project" else access_actions(spot.decided_by, "admin")


def seeing(spot: Spot) -> str:
    """The action without which the place is invisible."""
    if spot.level == "analysis" and spot.decided_by == "project":
        return "analyses_view_metadata"
    return "containers_view_metadata" if spot.decided_by == "project" else f"{spot.decided_by}_view"


async def _standings(connection: AsyncConnection, spot: Spot, rows: Sequence[Row[Any]]) -> list[Standing]:
    wanted = {role_id for row in rows for role_id in row.held or ()}
    known = await connection.execute(
        select(role.c.id, role.c.label, role.c.actions).where(role.c.id.in_(wanted)).order_by(role.c.id)
    )
    roles = {row.id: row for row in known}
    found = []
    for row in rows:
        ways = [Way(SITE_ADMIN, None, "site", actions_at(spot))] if row.admin else []
        for role_id in row.held or ():
            if role_id in roles:
                source: Source = "template" if role_id in (row.template or ()) else "project"
                ways.append(Way(roles[role_id].label, role_id, source, tuple(roles[role_id].actions)))
        if row.access is not None:
            actions = access_actions(spot.decided_by, row.access)
            place: Source = "group" if spot.decided_by == "group" else "collection"
            ways.append(Way(_ACCESS_LABELS[row.access], None, place, actions))
        elif row.inside:
            ways.append(Way("a project of the group", None, "project", (seeing(spot),)))
        name = f"{row.firstname} {row.lastname}".strip()
        found.append(Standing(row.id, name, row.disabled, tuple(ways)))
    return found


async def standing_of(connection: AsyncConnection, spot: Spot, user_id: str) -> Standing:
    """What this user, who exists, may do there."""
    rows = (await connection.execute(_rows(spot).where(app_user.c.id == user_id))).all()
    return (await _standings(connection, spot, rows))[0]


async def standings(
    connection: AsyncConnection, spot: Spot, *, action: str, after_id: str | None, limit: int
) -> tuple[list[Standing], int]:
    """A page of the enabled users who hold the action there, by user id, and how many they are in all."""
    rows = _rows(spot).where(app_user.c.deleted_at.is_(None), app_user.c.disabled.is_(False)).subquery()
    chosen = select(rows).where(_sees(spot, rows, action))
    total = (await connection.execute(select(func.count()).select_from(chosen.subquery()))).scalar_one()
    if after_id:
        chosen = chosen.where(rows.c.id > after_id)
    page = (await connection.execute(chosen.order_by(rows.c.id).limit(limit))).all()
    return await _standings(connection, spot, page), total


def sentence(spot: Spot, who: Standing) -> str:
    """The answer in words."""
    place = f"{spot.decided_by} '{spot.place_label}'"
    if spot.id != spot.place_id:
        place = f"{spot.level} '{spot.label}' of {place}"
    if who.disabled:
        return f"The account of {who.user_id} is disabled: it may do nothing in {place}, whatever its roles."
    if any(way.source == "site" for way in who.ways):
        return f"{who.user_id} is a site administrator and may do everything everywhere."
    if not who.ways:
        return f"{who.user_id} has no role in {place} and cannot see it."
    through = " and ".join(dict.fromkeys(_in_words(way) for way in who.ways))
    hidden = "" if seeing(spot) in who.may else " That does not let them see it."
    count = len(who.may)
    return (
        f"{who.user_id} holds {count} action{'' if count == 1 else 's'} in {place} through {through}.{hidden}"
    )


def _in_words(way: Way) -> str:
    if way.source == "template":
        return f"the role '{way.role}' (given in the project; the group's template names it too)"
    if way.source in ("group", "collection"):
        return f"{way.role} access to the {way.source}"
    return f"the role '{way.role}' (given in the project)" if way.role_id else way.role
