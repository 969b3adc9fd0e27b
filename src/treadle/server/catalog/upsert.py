"""Find or make a subject, session and acquisition in one call, for imports in parallel (api.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries, rights
from treadle.server.catalog.annotate import clean_tags
from treadle.server.catalog.containers import (
    apply_changes,
    clean_label,
    create_container,
    modify_container,
    read_values,
)
from treadle.server.catalog.rows import Container, as_container
from treadle.server.catalog.tables import container
from treadle.server.kit.errors import Invalid
from treadle.server.store.info import info_object

Body = Mapping[str, Any]
_LEVELS = ("subject", "session", "acquisition")
_KEYS = ("_id", "uid", "label")


async def upsert_hierarchy(guard: Guard, project: Container, body: Body) -> dict[str, Any]:
    """What each given level was found or made as; nothing changes where an id belongs elsewhere."""
    if not any(body.get(level) for level in _LEVELS):
        raise Invalid("Give at least one of: subject, session, acquisition.")
    await rights.require(guard, project, "containers_create_hierarchy", "containers_modify_metadata")
    answer: dict[str, Any] = {}
    parent = project
    for level in _LEVELS:
        wanted = body.get(level)
        if not wanted:
            continue
        if not isinstance(wanted, Mapping):
            raise Invalid(f"'{level}' must be an object.")
        found, result = await _upsert(guard, project, parent, level, wanted)
        answer[level] = _answer(level, found, wanted, result)
        if found is None:
            break
        parent = found
    return answer


def _answer(level: str, found: Container | None, wanted: Body, result: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "_id": found.id if found else wanted.get("_id"),
        "label": found.label if found else wanted.get("label"),
        "upsert_result": result,
    }
    if level != "subject":
        shown["uid"] = found.uid if found else wanted.get("uid")
    return shown


def _routing(level: str, wanted: Body) -> tuple[str, str]:
    """The key a container is found by, and its value."""
    asked = wanted.get("routing_field")
    name = {"id": "_id"}.get(str(asked), str(asked)) if asked else None
    names = [name] if name else [key for key in _KEYS if wanted.get(key)]
    if not names or names[0] not in _KEYS or (level == "subject" and names[0] == "uid"):
        raise Invalid(f"'{level}' needs one of: _id, uid, label (a subject has no uid).")
    value = wanted.get(names[0])
    if not isinstance(value, str) or not value:
        raise Invalid(f"'{level}.{names[0]}' must be text.")
    return names[0], value


async def _upsert(
    guard: Guard, project: Container, parent: Container, level: str, wanted: Body
) -> tuple[Container | None, str]:
    key, value = _routing(level, wanted)
    expected = {"subject": "project", "session": "subject", "acquisition": "session"}[level]
    above = parent if parent.level == expected else None
    scope = container.c.parent_id == above.id if above else container.c.project_id == project.id
    # Imports run in parallel: those that look for the same thing take turns.
    await queries.lock_label(guard.connection, level, above.id if above else project.id, key, value)
    found = await _find(guard, level, key, value, scope)
    if found is not None:
        return await _update(guard, found, wanted)
    if key == "_id":
        return None, "conflict"
    if above is None:
        raise Invalid(f"A new {level} needs its {expected}: give '{expected}' too.")
    made = await create_container(
        guard.connection,
        level=level,
        parent=above,
        label=clean_label(wanted.get("label") or value),
        fields={**wanted, "tags": clean_tags(wanted.get("tags") or [])},
        origin=guard.identity.origin,
    )
    await guard.record("create_container", made.context)
    return made, "created"


async def _find(
    guard: Guard, level: str, key: str, value: str, scope: ColumnElement[bool]
) -> Container | None:
    column = {"_id": container.c.id, "uid": container.c.uid, "label": container.c.label}[key]
    row = (
        await guard.connection.execute(
            select(container)
            .where(container.c.level == level, scope, column == value, queries.LIVE)
            .order_by(container.c.created_at, container.c.id)
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else as_container(row)


async def _update(guard: Guard, found: Container, wanted: Body) -> tuple[Container, str]:
    """The container with the given values; `ignored` when it has them all."""
    values = read_values(found.level, wanted)
    info = info_object(wanted.get("info"))
    tags = clean_tags([*found.tags, *(wanted.get("tags") or [])])
    label = wanted.get("label")
    differs = (
        any(getattr(found, name) != value for name, value in values.columns.items())
        or any(found.doc.get(name) != value for name, value in values.doc.items())
        or any(name not in found.info or found.info[name] != value for name, value in info.items())
        or (label and clean_label(label) != found.label)
    )
    if not differs and tags == found.tags:
        return found, "ignored"
    changed = await modify_container(guard.connection, found, wanted) if differs else found
    if tags != found.tags:
        changed = await apply_changes(guard.connection, changed, {"tags": tags})
    await guard.record("modify_container", changed.context)
    return changed, "updated"
