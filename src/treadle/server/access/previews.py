"""The changes of permissions that can be tried, as they are asked for and answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, false, literal, not_, select

from treadle.server.access import dialect, differences, places
from treadle.server.access.differences import TOTALS, Rights, Touched
from treadle.server.access.errors import BuiltinRole, LastGroupAdmin, LastManager, OverGrant
from treadle.server.access.grants import has_admin, refuse_over_grant
from treadle.server.access.guard import Guard
from treadle.server.access.roles import assignable, complete, get_role
from treadle.server.access.standing import access_actions
from treadle.server.access.tables import app_user, group_access, project_grant
from treadle.server.access.users import get_user, user_id_of
from treadle.server.access.wire import Access, SiteRole
from treadle.server.kit.errors import Refused
from treadle.server.wire.body import Wire


class RoleActions(Wire):
    """A role gets other actions."""

    change: Literal["role"]
    role: str
    actions: list[str] = Field(max_length=500)


class ProjectRoles(Wire):
    """A user gets other roles in a project; none takes them out of it."""

    change: Literal["project"]
    project: str
    user: str
    role_ids: list[str] = Field(default=[], max_length=200)


class TemplateRoles(Wire):
    """A user gets other roles in a group's template and, if propagated, in its projects."""

    change: Literal["template"]
    group: str
    user: str
    role_ids: list[str] = Field(default=[], max_length=200)
    propagate: bool = False


class GroupAccess(Wire):
    """A user gets other access to a group; null takes it away."""

    change: Literal["group"]
    group: str
    user: str
    access: Access | None = None


class SiteAccess(Wire):
    """A user is disabled or enabled, or gets other site roles."""

    change: Literal["user"]
    user: str
    disabled: bool | None = None
    roles: list[SiteRole] | None = None


Change = RoleActions | ProjectRoles | TemplateRoles | GroupAccess | SiteAccess
_CHANGE: TypeAdapter[Change] = TypeAdapter(Annotated[Change, Field(discriminator="change")])


def read(body: dict[str, Any]) -> Change:
    """The change asked for."""
    return _CHANGE.validate_python(body)


async def preview(guard: Guard, change: Change) -> dict[str, Any]:
    """The answer to a dry run, for a caller who may make this change."""
    match change:
        case RoleActions():
            return await _role(guard, change)
        case ProjectRoles():
            return await _project(guard, change)
        case TemplateRoles():
            return await _template(guard, change)
        case GroupAccess():
            return await _group(guard, change)
        case SiteAccess():
            return await _user(guard, change)


async def _role(guard: Guard, change: RoleActions) -> dict[str, Any]:
    guard.require_site_admin()
    role = await get_role(guard.connection, change.role)
    actions = complete(dialect.read(change.actions))
    before = differences.now_held(project_grant.c.role_ids.contains([role.id]))
    after = differences.with_role(before, role.id, actions)
    refused = BuiltinRole() if role.builtin else None
    return await _answer(guard, before, after, refused=refused, keeps_manager=False)


async def _project(guard: Guard, change: ProjectRoles) -> dict[str, Any]:
    project = await places.get_project(guard.connection, change.project)
    await guard.require("project_permissions_manage", project_id=project.id)
    user = await get_user(guard.connection, user_id_of(change.user))
    role_ids, refused = None, None
    if change.role_ids:
        role_ids = await assignable(guard.connection, project.group_id, change.role_ids)
        refused = await _over_grant(guard, project.id, user.id, role_ids)
    before = differences.now_held(project_grant.c.project_id == project.id)
    after = differences.with_entry(before, select(literal(project.id)), user.id, role_ids)
    return await _answer(guard, before, after, refused=refused)


async def _over_grant(guard: Guard, project_id: str, user_id: str, role_ids: list[str]) -> Refused | None:
    held = await guard.connection.execute(
        select(project_grant.c.role_ids).where(
            project_grant.c.project_id == project_id, project_grant.c.user_id == user_id
        )
    )
    try:
        await refuse_over_grant(guard, project_id, set(role_ids) - set(held.scalar_one_or_none() or ()))
    except OverGrant as refused:
        return refused
    return None


async def _template(guard: Guard, change: TemplateRoles) -> dict[str, Any]:
    await guard.require_group(change.group, "admin")
    group = await places.get_group(guard.connection, change.group)
    user = await get_user(guard.connection, user_id_of(change.user))
    role_ids = await assignable(guard.connection, group.id, change.role_ids) if change.role_ids else None
    if not change.propagate:
        return _document(Touched(), None)
    projects = select(places.container.c.id).where(
        places.living("project"), places.container.c.group_id == group.id
    )
    managing = guard.allowed(places.container.c.id, "project_permissions_manage")
    foreign = await guard.connection.execute(projects.where(not_(managing)).limit(1))
    refused = None
    if foreign.first() is not None:
        refused = OverGrant("To change existing projects you must manage the permissions of all of them.")
        projects = projects.where(managing)  # nothing is said about projects one does not manage
    before = differences.now_held(project_grant.c.project_id.in_(projects))
    after = differences.with_entry(before, projects, user.id, role_ids)
    return await _answer(guard, before, after, refused=refused)


async def _group(guard: Guard, change: GroupAccess) -> dict[str, Any]:
    """Access to a group opens no project: only the group itself is touched."""
    await guard.require_group(change.group, "admin")
    group = await places.get_group(guard.connection, change.group)
    user = await get_user(guard.connection, user_id_of(change.user))
    found = await guard.connection.execute(
        select(group_access.c.access).where(
            group_access.c.group_id == group.id, group_access.c.user_id == user.id
        )
    )
    old, new = access_actions("group", found.scalar_one_or_none()), access_actions("group", change.access)
    gains, loses = [word for word in new if word not in old], [word for word in old if word not in new]
    if not gains and not loses:
        return _document(Touched(), None)
    person = {"user": user.id, "projects": 0, "gains": gains, "loses": loses}
    refused = None
    if "group_manage" in loses and not await has_admin(guard.connection, group.id, but=user.id):
        refused = LastGroupAdmin()
    return _document(Touched([person], [], {"people": 1}), refused)


async def _user(guard: Guard, change: SiteAccess) -> dict[str, Any]:
    guard.require_site_admin()
    user = await get_user(guard.connection, user_id_of(change.user))
    disabled = user.disabled if change.disabled is None else change.disabled
    admin = user.is_site_admin if change.roles is None else "site_admin" in change.roles
    before = differences.now_held(project_grant.c.user_id == user.id)
    after = differences.with_user(before, disabled=disabled, admin=admin)
    return await _answer(guard, before, after, people=app_user.c.id == user.id, keeps_manager=False)


async def _answer(
    guard: Guard,
    before: Rights,
    after: Rights,
    *,
    refused: Refused | None = None,
    people: ColumnElement[bool] | None = None,
    keeps_manager: bool = True,
) -> dict[str, Any]:
    found = await differences.touched(
        guard.connection, before, after, people=false() if people is None else people
    )
    if refused is None and keeps_manager and found.unmanaged:
        refused = LastManager()
    return _document(found, refused)


def _document(found: Touched, refused: Refused | None) -> dict[str, Any]:
    totals = {**dict.fromkeys(TOTALS, 0), **found.totals}
    return {
        "people": found.people,
        "projects": found.projects,
        "totals": totals,
        "unmanaged_projects": found.unmanaged,
        "refused": None if refused is None else refused.message,
        "sentence": _sentence(totals, refused),
    }


def _sentence(totals: dict[str, int], refused: Refused | None) -> str:
    if refused is not None:
        return f"This would be refused: {refused.message}"
    if not totals["people"]:
        return "Nobody's rights would change."
    said = f"The rights of {_counted(totals['people'], 'user')} would change"
    if not totals["projects"]:
        return f"{said}; no project is touched."
    data = ", ".join(_counted(totals[name], name.rstrip("s")) for name in ("subjects", "sessions", "files"))
    return f"{said} in {_counted(totals['projects'], 'project')} with {data}."


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
