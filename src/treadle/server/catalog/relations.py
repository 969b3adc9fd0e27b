"""What a batch of container documents shows beside its own rows: a handful of queries, whatever its size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from treadle.server.access.guard import Guard
from treadle.server.access.tables import app_user
from treadle.server.access.templates import permissions_of_groups, permissions_of_projects
from treadle.server.catalog import queries
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import collection_access, container
from treadle.server.catalog.wire import Relations, View, container_doc, note_doc


def _ids(rows: Sequence[Container], level: str) -> list[str]:
    return [row.id for row in rows if row.level == level]


def _distinct(rows: Sequence[Container], attribute: str) -> list[str]:
    return list({value for row in rows if (value := getattr(row, attribute)) is not None})


async def load(
    guard: Guard, rows: Sequence[Container], view: View, *, single: bool = False, stats: bool = False
) -> Relations:
    """The relations of these containers; single reads also show notes and analyses."""
    connection = guard.connection
    ids = [row.id for row in rows]
    related = Relations()
    if view.files:
        related.files = await queries.files_of(connection, ids, info=view.info)
    if sessions := [row for row in rows if row.level == "session"]:
        related.subjects = await queries.containers_by_ids(connection, _distinct(sessions, "subject_id"))
        related.templated_projects = await _templated(guard, _distinct(sessions, "project_id"))
    if acquisitions := _ids(rows, "acquisition"):
        related.collections = await queries.collections_of(connection, acquisitions)
    if analyses := _ids(rows, "analysis"):
        related.inputs = await queries.inputs_of(connection, analyses)
    if projects := [row for row in rows if row.level == "project"]:
        related.groups = await _group_labels(guard, _distinct(projects, "group_id"))
        if stats or single:
            related.stats = await queries.project_stats(connection, [row.id for row in projects])
    if project_ids := _distinct(rows, "project_id"):
        related.project_permissions = await permissions_of_projects(connection, project_ids)
    if groups := _ids(rows, "group"):
        related.group_permissions = await permissions_of_groups(connection, groups)
    if collections := _ids(rows, "collection"):
        related.collection_permissions = await _collection_permissions(guard, collections)
        if stats:
            visible = guard.allowed(container.c.project_id)
            related.collection_stats = await queries.collection_stats(
                connection, collections, visible=visible
            )
    if single:
        related.notes = await notes(guard, ids)
        related.analyses = await _analyses(guard, rows, view)
    return related


async def documents(
    guard: Guard, rows: Sequence[Container], view: View, *, stats: bool = False
) -> list[dict[str, Any]]:
    """The documents of a list's batch."""
    related = await load(guard, rows, view, stats=stats)
    return [container_doc(row, related, view) for row in rows]


async def document(guard: Guard, row: Container, view: View) -> dict[str, Any]:
    """The whole document of one container."""
    return container_doc(row, await load(guard, [row], view, single=True), view)


async def notes(guard: Guard, container_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Note documents of each container."""
    found = await queries.notes_of(guard.connection, container_ids)
    writers = {row.user_id for rows in found.values() for row in rows if row.user_id}
    names: dict[str, tuple[str, str]] = {}
    if writers:
        people = select(app_user.c.id, app_user.c.firstname, app_user.c.lastname)
        for person in await guard.connection.execute(people.where(app_user.c.id.in_(writers))):
            names[person.id] = (person.firstname, person.lastname)
    return {key: [note_doc(row, names) for row in rows] for key, rows in found.items()}


async def _analyses(guard: Guard, rows: Sequence[Container], view: View) -> dict[str, list[dict[str, Any]]]:
    shown: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row.level in ("group", "analysis"):
            continue
        held = row.project_id is None or await guard.may("analyses_view_metadata", project_id=row.project_id)
        shown[row.id] = []
        if held:
            found = (await queries.analyses_of(guard.connection, [row.id])).get(row.id, [])
            shown[row.id] = await documents(guard, found, View(view.client, info=False))
    return shown


async def _group_labels(guard: Guard, group_ids: Sequence[str]) -> dict[str, str]:
    rows = await guard.connection.execute(
        select(container.c.id, container.c.label).where(container.c.id.in_(group_ids))
    )
    return {row.id: row.label for row in rows}


async def _templated(guard: Guard, project_ids: Sequence[str]) -> frozenset[str]:
    rows = await guard.connection.execute(
        select(container.c.id).where(
            container.c.id.in_(project_ids), container.c.doc["templates"].astext.not_in(("[]", "null"))
        )
    )
    return frozenset(row.id for row in rows)


async def _collection_permissions(guard: Guard, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in ids}
    rows = await guard.connection.execute(
        select(collection_access).where(collection_access.c.collection_id.in_(ids))
    )
    for row in rows:
        found[row.collection_id].append({"_id": row.user_id, "access": row.access})
    return found
