"""Copies by reference: the new container is there at once, a worker fills it (api.md 9).

Rows are copied, contents never: a copied file names the same content. Everything is a statement per level,
whatever the number of rows; old and new ids stand side by side in two tables that live for the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.access.templates import apply_template
from treadle.server.catalog import compliance, rights
from treadle.server.catalog.containers import (
    announce,
    clean_label,
    create_container,
    find_or_create_subject,
    get_container,
)
from treadle.server.catalog.copy_rules import CopyFilter, read_filter
from treadle.server.catalog.copy_sql import copy_rows
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.queries import container_by_id
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.kit.errors import Conflict, Forbidden, Invalid
from treadle.server.store.outbox import Fact, emit

Body = Mapping[str, Any]
_OWN = frozenset({"origin", "locked", "satisfies_template", "copy_of", "original_copy_of", "copy_status"})


async def copy_project(guard: Guard, source: Container, body: Body) -> Container:
    """A copy of the project in a group: only for who may copy it and administers that group."""
    await guard.require("copy_by_reference", "files_download", project_id=source.project_id)
    if source.doc.get("copyable") is False:
        raise Forbidden("This project may not be copied; its field 'copyable' says so.")
    group = await get_container(guard.connection, str(body.get("group_id") or source.group_id), level="group")
    await guard.require_group(group.id, "admin")
    label = clean_label(body.get("project_label"), what="project_label")
    made = await _begin(guard, source, parent=group, label=label, body=body)
    user = guard.identity.id if guard.identity.kind == "user" else None
    await apply_template(guard.connection, group.id, made.id, user)
    return made


async def copy_subject(guard: Guard, source: Container, body: Body) -> Container:
    """A copy of the subject in its own or another project."""
    project_id = str(body.get("dst_project_id") or source.project_id)
    project = await get_container(guard.connection, project_id, level="project")
    label = clean_label(body.get("dst_subject_label") or source.label, what="dst_subject_label")
    return await _copy_into(guard, source, project, label, body)


async def copy_session(guard: Guard, source: Container, body: Body) -> Container:
    """A copy of the session on a subject, by default on its own or on the one of the same label elsewhere."""
    label = clean_label(body.get("dst_session_label") or source.label, what="dst_session_label")
    return await _copy_into(guard, source, await _subject(guard, source, body), label, body)


async def copy_acquisition(guard: Guard, source: Container, body: Body) -> Container:
    """A copy of the acquisition in its own or another session."""
    session_id = str(body.get("dst_session_id") or source.session_id)
    session = await get_container(guard.connection, session_id, level="session")
    return await _copy_into(guard, source, session, clean_label(body.get("label") or source.label), body)


async def _subject(guard: Guard, source: Container, body: Body) -> Container:
    project_id = body.get("dst_project_id")
    if body.get("dst_subject_id"):
        subject = await get_container(guard.connection, str(body["dst_subject_id"]), level="subject")
        if project_id and subject.project_id != project_id:
            raise Invalid("The subject is not in this project.")
        return subject
    own = await get_container(guard.connection, str(source.subject_id))
    if not project_id or project_id == source.project_id:
        return own
    project = await rights.find(
        guard, str(project_id), "containers_view_metadata", "containers_create_hierarchy", level="project"
    )
    wanted = {**{name: own.doc.get(name) for name in ("firstname", "lastname", "sex")}, "label": own.label}
    return await find_or_create_subject(
        guard.connection, project=project, wanted=wanted, origin=guard.identity.origin
    )


async def _copy_into(guard: Guard, source: Container, parent: Container, label: str, body: Body) -> Container:
    await rights.require(guard, source, "containers_view_metadata", "files_view_contents", "files_download")
    await rights.require(guard, parent, "containers_view_metadata", "containers_create_hierarchy")
    return await _begin(guard, source, parent=parent, label=label, body=body)


async def _begin(guard: Guard, source: Container, *, parent: Container, label: str, body: Body) -> Container:
    """The new, still empty container; the worker is told to fill it when this is committed."""
    if source.doc.get("copy_status") in ("scheduled", "copying"):
        raise Conflict("This is a copy that is still being made; wait until it is complete.")
    chosen = read_filter(body.get("filter"))
    own = {name: value for name, value in source.doc.items() if name in LEVELS[source.level].fields}
    fields = {name: value for name, value in own.items() if name not in _OWN}
    if source.level == "subject" and fields.get("code") == source.label:
        fields["code"] = label
    common = {name: getattr(source, name) for name in ("uid", "timestamp", "timezone")}
    made = await create_container(
        guard.connection,
        level=source.level,
        parent=parent,
        label=label,
        fields={**fields, **common, "info": source.info, "tags": [] if chosen.exclude_tags else source.tags},
        origin=guard.identity.origin,
    )
    original = source.doc.get("original_copy_of") or source.id
    made = await _mark(
        guard.connection, made.id, copy_of=source.id, original_copy_of=original, copy_status="scheduled"
    )
    payload = {"source": source.id, "target": made.id, "filter": body.get("filter") or {}}
    await emit(guard.connection, Fact("copy.requested", payload))
    await guard.record("create_container", {**made.context, "copy_of": source.id})
    return made


async def _mark(connection: AsyncConnection, container_id: str, **fields: Any) -> Container:
    """The container with these marks of its copying; they are no change of its own."""
    changed = container.c.doc.op("||")(fields)
    await connection.execute(update(container).where(container.c.id == container_id).values(doc=changed))
    return await get_container(connection, container_id)


async def start_copy(connection: AsyncConnection, target_id: str) -> bool:
    """Say that the copy is being made; False when it is made already, or nobody wants it any more."""
    target = await container_by_id(connection, target_id, lock=True)
    if target is None or target.doc.get("copy_status") not in ("scheduled", "copying"):
        return False
    await _mark(connection, target_id, copy_status="copying")
    return True


async def fill_copy(connection: AsyncConnection, payload: Mapping[str, Any]) -> None:
    """Everything of the source below the target, in one transaction."""
    target = await container_by_id(connection, payload["target"], lock=True)
    if target is None or target.doc.get("copy_status") != "copying":
        return
    source = await container_by_id(connection, payload["source"])
    if source is None:
        raise Conflict("What was to be copied was deleted before.")
    chosen: CopyFilter = read_filter(payload["filter"])
    await copy_rows(connection, source, target, chosen)
    done = await _mark(connection, target.id, copy_status="completed")
    if target.project_id and target.level in ("project", "subject", "session"):
        await compliance.refresh(connection, target.project_id, level=target.level, ids=[target.id])
    await announce(connection, "container.modified", done)


async def fail_copy(connection: AsyncConnection, target_id: str, why: str) -> None:
    """Say that the copy could not be made."""
    if await container_by_id(connection, target_id, lock=True) is not None:
        done = await _mark(connection, target_id, copy_status="failed", copy_failure_reason=why)
        await announce(connection, "container.modified", done)
