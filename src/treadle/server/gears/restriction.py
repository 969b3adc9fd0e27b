"""Who may run a gear: everybody, unless its series is restricted to users and projects."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, func, or_, select, true

from treadle.server.access.guard import granted_projects
from treadle.server.access.identity import Identity
from treadle.server.gears.errors import GearRestricted
from treadle.server.gears.queries import Gear
from treadle.server.gears.tables import gear_series


def may_use(gear: Gear, caller: Identity, project_id: str | None) -> bool:
    """Whether the caller may start runs of the gear in the project, or make a rule of it there."""
    return (
        not gear.is_restricted
        or caller.is_site_admin
        or (caller.kind == "user" and caller.id in gear.user_ids)
        or project_id in gear.project_ids
    )


def require_use(gear: Gear, caller: Identity, project_id: str | None) -> None:
    """Go on only when the caller may start runs of the gear in the project."""
    if not may_use(gear, caller, project_id):
        raise GearRestricted


def usable_by(caller: Identity, project_id: str | None) -> ColumnElement[bool]:
    """SQL condition: series the caller may use in the project, or in any of theirs."""
    if caller.is_site_admin:
        return true()
    mine = gear_series.c.user_ids.contains([caller.id]) if caller.kind == "user" else false()
    return or_(~gear_series.c.is_restricted, mine, _in_project(caller, project_id))


def _in_project(caller: Identity, project_id: str | None) -> ColumnElement[bool]:
    permitted = gear_series.c.project_ids
    if project_id is not None:
        return permitted.contains([project_id])
    theirs = granted_projects(caller, "containers_view_metadata").subquery()
    among = select(theirs.c[0]).where(theirs.c[0] == func.any(permitted)).correlate(gear_series)
    return among.exists()
