"""Where a routing string leads among the groups and projects that exist, and the parking places."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, true
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.dicom.routing import Route
from treadle.dicom.target import UNKNOWN_GROUP, UNSORTED, Target, choose_target
from treadle.server.access.templates import apply_template
from treadle.server.catalog.containers import create_container
from treadle.server.catalog.queries import lock_label
from treadle.server.catalog.rows import Container
from treadle.server.ingest import queries
from treadle.server.ingest.aliases import Alias, alias_of

SYSTEM: tuple[str, str | None] = ("system", None)


@dataclass(frozen=True)
class Destination:
    """Group, project and why there; `project` is None while it does not exist."""

    target: Target
    group: Container | None
    project: Container | None
    alias: Alias | None = None

    @property
    def is_parking(self) -> bool:
        """Whether a person must still decide where it belongs."""
        return self.target.reason != "ok"

    @property
    def flags(self) -> tuple[str, ...]:
        """What is worth knowing of the way there."""
        return ("alias",) if self.alias else ()


@dataclass(frozen=True)
class Sight:
    """What somebody may see; the connector sees everything."""

    groups: ColumnElement[bool] = field(default_factory=true)
    projects: ColumnElement[bool] = field(default_factory=true)


async def find_destination(
    connection: AsyncConnection,
    route: Route,
    *,
    create_projects: bool,
    device: str | None = None,
    sight: Sight | None = None,
) -> Destination:
    """Where new sessions of this route go; changes nothing. What is out of sight does not exist."""
    sight = sight or Sight()
    alias = await alias_of(connection, route, device=device, sight=sight.projects)
    if alias is not None:
        route = alias.applied(route)
    group = None
    if route.group is not None and route.group != UNKNOWN_GROUP:
        group = await queries.live_by_id(connection, route.group, "group", sight.groups)
    projects = [] if group is None else await queries.projects_of(connection, group.id, sight.projects)
    world = {} if group is None else {group.id: [project.label for project in projects]}
    locked = [(project.group_id or "", project.label) for project in projects if project.doc.get("locked")]
    target = choose_target(route, world, create_projects=create_projects, locked=locked)
    if target.group == UNKNOWN_GROUP:
        group = await queries.live_by_id(connection, UNKNOWN_GROUP, "group")
        projects = [] if group is None else await queries.projects_of(connection, UNKNOWN_GROUP)
    found = next((project for project in projects if project.label == target.project), None)
    return Destination(target, group, found, alias)


async def make_destination(connection: AsyncConnection, wanted: Destination) -> Container:
    """The project of a destination, created when it is not there yet (also by another request meanwhile)."""
    if wanted.project is not None:
        return wanted.project
    group = wanted.group or await ensure_unknown_group(connection)
    return await ensure_project(connection, group, wanted.target.project)


async def ensure_unknown_group(connection: AsyncConnection) -> Container:
    """The group of everything that could not be routed."""
    await lock_label(connection, "group", UNKNOWN_GROUP)
    found = await queries.live_by_id(connection, UNKNOWN_GROUP, "group")
    return found or await create_container(
        connection,
        level="group",
        parent=None,
        label="Unknown",
        fields={},
        origin=SYSTEM,
        container_id=UNKNOWN_GROUP,
    )


async def ensure_project(connection: AsyncConnection, group: Container, label: str) -> Container:
    """The project of this label, created with the group's permissions when it is missing."""
    await lock_label(connection, "project", group.id, label)
    found = await queries.child_with_label(connection, level="project", parent_id=group.id, label=label)
    if found is not None:
        return found
    made = await create_container(
        connection, level="project", parent=group, label=label, fields={}, origin=SYSTEM
    )
    await apply_template(connection, group.id, made.id, None)
    return made


def is_parked(session: Container, project: Container) -> bool:
    """Whether the connector put the session into this parking project and nobody moved it since."""
    placement = session.placement or {}
    target = placement.get("target") or {}
    return (
        placement.get("by") == "connector"
        and placement.get("reason") != "ok"
        and (project.group_id == UNKNOWN_GROUP or project.label == UNSORTED)
        and target.get("project") == session.project_id
        and target.get("subject") == session.subject_id
    )
