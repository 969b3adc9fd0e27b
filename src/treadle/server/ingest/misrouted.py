"""The worklist of parked sessions: list, move, and what a routing string would do (connector.md 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.dicom.routing import Route, close_matches
from treadle.dicom.target import UNKNOWN_GROUP, UNSORTED
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import apply_changes, get_container
from treadle.server.catalog.queries import LIVE
from treadle.server.catalog.rows import Container, as_container
from treadle.server.catalog.tables import container
from treadle.server.ingest import queries
from treadle.server.ingest.errors import TargetMissing
from treadle.server.ingest.parking import Destination, Sight, find_destination
from treadle.server.ingest.placement import Wanted, find_subject
from treadle.server.ingest.reroute import move_session
from treadle.server.kit.errors import NotFound
from treadle.server.wire.answer import stamp


@dataclass(frozen=True)
class Parked:
    """A session that waits for somebody to say where it belongs."""

    session: Container
    subject: Container | None
    project: Container | None


async def list_parked(guard: Guard, *, limit: int, after_id: str | None) -> list[Parked]:
    """Parked sessions the caller may sort, oldest first."""
    query = select(container).where(_waiting(), await _may_sort(guard))
    if after_id:
        query = query.where(container.c.id > after_id)
    rows = await guard.connection.execute(query.order_by(container.c.id).limit(limit))
    sessions = [as_container(row) for row in rows]
    above = await queries.by_ids(
        guard.connection,
        {value for item in sessions for value in (item.subject_id, item.project_id) if value},
    )
    return [
        Parked(item, above.get(item.subject_id or ""), above.get(item.project_id or "")) for item in sessions
    ]


def _waiting() -> ColumnElement[bool]:
    """SQL condition: sessions on the worklist."""
    placement = container.c.placement
    waits = or_(placement["reason"].astext != "ok", placement["flags"].contains(["subject_conflict"]))
    on_list = and_(container.c.level == "session", placement.is_not(None), waits)
    return and_(on_list, queries.parked_in(placement), LIVE)


async def _may_sort(guard: Guard) -> ColumnElement[bool]:
    """Group administrators sort their group's Unsorted; site administrators everything."""
    if guard.identity.is_site_admin:
        guard.decided()
        return container.c.group_id.is_not(None)
    return guard.allowed_groups(container.c.group_id, "admin") & (container.c.group_id != UNKNOWN_GROUP)


def parked_doc(item: Parked) -> dict[str, Any]:
    """One row of the worklist."""
    placement = item.session.placement or {}
    return {
        "session": {
            "_id": item.session.id,
            "label": item.session.label,
            "timestamp": stamp(item.session.timestamp),
        },
        "subject": _name(item.subject),
        "project": _name(item.project),
        "group": item.session.group_id,
        "reason": placement.get("reason"),
        "flags": placement.get("flags") or [],
        "requested": placement.get("requested") or {},
        "received_at": placement.get("received_at"),
        "device": placement.get("device"),
    }


def _name(target: Container | None) -> dict[str, str] | None:
    return None if target is None else {"_id": target.id, "label": target.label}


async def move_parked(
    guard: Guard, session_id: str, *, project_id: str, subject: str | None, label: str | None
) -> Container:
    """The session in a real project, its subject found or made there; taken off the worklist."""
    session = await get_container(guard.connection, session_id, level="session", lock=True)
    guard.decided()  # of a session that does not wait nothing is said
    waits = await guard.connection.execute(
        select(container.c.id).where(container.c.id == session.id, _waiting())
    )
    if waits.first() is None:
        raise ContainerNotFound
    await _require_sorting(guard, session)
    project = await _target(guard, project_id)
    await queries.lock_study(guard.connection, session.uid or session.id)
    old = await get_container(guard.connection, session.subject_id or "", level="subject")
    wanted = Wanted(
        study_uid=session.uid or session.id,
        series_uid=None,
        acquisition_uid="",
        fields={
            "subject.label": subject or old.label,
            **{f"subject.{name}": old.doc.get(name) for name in ("firstname", "lastname", "sex")},
        },
        route=Route(),
        origin=guard.identity.origin,
    )
    found, _ = await find_subject(guard.connection, wanted, project)
    await guard.record("container_moved_away", session.context)
    moved = await move_session(guard.connection, session, subject=found, label=label)
    placement = {**(moved.placement or {}), "reason": "ok", "flags": [], "moved_by": guard.identity.id}
    moved = await apply_changes(guard.connection, moved, {"placement": placement})
    await guard.record("container_moved_in", moved.context)
    return moved


async def _require_sorting(guard: Guard, session: Container) -> None:
    if guard.identity.is_site_admin:
        guard.decided()
    elif session.group_id == UNKNOWN_GROUP or session.group_id is None:
        guard.decided()
        raise TargetMissing("There is no such session, or you may not see it.")
    else:
        try:
            await guard.require_group(session.group_id, "admin")
        except NotFound:
            raise ContainerNotFound from None


async def _target(guard: Guard, project_id: str) -> Container:
    return await rights.find(
        guard, project_id, "containers_view_metadata", "containers_create_hierarchy", level="project"
    )


async def preview(
    guard: Guard, route: Route, *, create_projects: bool
) -> tuple[Destination, list[dict[str, str]]]:
    """Where the route would lead as far as the caller may see, and similar names that do exist."""
    sight = Sight(
        groups=rights.visible_groups(guard),
        projects=guard.allowed(container.c.project_id),
    )
    destination = await find_destination(
        guard.connection, route, create_projects=create_projects, sight=sight
    )
    if not destination.is_parking or route.group is None:
        return destination, []
    return destination, await _suggestions(guard.connection, route, sight)


async def _suggestions(connection: AsyncConnection, route: Route, sight: Sight) -> list[dict[str, str]]:
    """Groups like the one that was typed (or itself), with projects like the one that was typed."""
    groups = await queries.group_ids(connection, sight.groups)
    wanted = str(route.group)
    near = [wanted] if wanted in groups else close_matches(wanted, groups)
    found = []
    for group_id in near:
        labels = [
            project.label
            for project in await queries.projects_of(connection, group_id, sight.projects)
            if project.label != UNSORTED
        ]
        similar = close_matches(route.project, labels) if route.project else []
        found += [{"group": group_id, "project": label} for label in similar]
        if not similar and group_id != wanted:
            found.append({"group": group_id, "project": route.project or ""})
    return found
