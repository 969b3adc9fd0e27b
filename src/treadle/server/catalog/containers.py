"""Making and changing containers of every level (api.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import ContainerNotFound
from treadle.server.catalog import compliance, history, queries
from treadle.server.catalog.errors import BadLabel, LabelTaken
from treadle.server.catalog.levels import LEVELS, check_field
from treadle.server.catalog.rows import Container, as_container
from treadle.server.catalog.tables import container
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.kit.ids import is_group_id, new_id
from treadle.server.store.info import info_object
from treadle.server.store.outbox import Fact, FactName, emit

MAX_LABEL = 255
_COMMON = ("uid", "timestamp", "timezone")


def _is_visible(text: str) -> bool:
    """Whether there is anything to see and click on."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)


def clean_label(label: Any, *, what: str = "label") -> str:
    """A label as it is stored."""
    if not isinstance(label, str) or len(label) > MAX_LABEL or not _is_visible(label):
        raise BadLabel(f"'{what}' must be a readable text of 1 to {MAX_LABEL} characters.")
    return label.strip()


def read_instant(value: Any, name: str) -> datetime | None:
    """An instant from a request; without offset it is UTC."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        found = value
    else:
        try:
            found = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise Invalid(f"'{name}' must be a time such as 2020-01-02T10:11:12Z.") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


@dataclass(frozen=True)
class Values:
    """Request fields sorted into columns and the level's own document."""

    columns: dict[str, Any]
    doc: dict[str, Any]


def read_values(level: str, fields: Mapping[str, Any], *, by_people: bool = True) -> Values:
    """The fields this level stores, checked; others are ignored, since clients send whole documents back."""
    columns: dict[str, Any] = {}
    doc: dict[str, Any] = {}
    known = LEVELS[level]
    for name, value in fields.items():
        if name in _COMMON and known.has_time:
            columns[name] = _common(name, value)
        elif name in known.fields and (known.fields[name].writable or not by_people):
            doc[name] = check_field(known, name, value)
    return Values(columns, doc)


def _common(name: str, value: Any) -> Any:
    if name == "timestamp":
        return read_instant(value, name)
    if value is None or (isinstance(value, str) and len(value) <= MAX_LABEL):
        return value or None
    raise Invalid(f"'{name}' must be a text of at most {MAX_LABEL} characters.")


async def get_container(
    connection: AsyncConnection, container_id: str, *, level: str | None = None, lock: bool = False
) -> Container:
    """The live container of this id (and level); ContainerNotFound otherwise."""
    found = await queries.container_by_id(connection, container_id, lock=lock)
    if found is None or (level is not None and found.level != level):
        raise ContainerNotFound
    return found


def fact(name: FactName, target: Container) -> Fact:
    """What is told when something happens to a container."""
    return Fact(
        name,
        {"level": target.level, "id": target.id, "project": target.project_id, "parents": target.parents},
    )


async def announce(connection: AsyncConnection, name: FactName, target: Container) -> None:
    """Tell the listeners what happened to this container, and judge the sessions it touches."""
    await emit(connection, fact(name, target))
    await compliance.settle(connection, target.level, target.project_id, target.ancestors)


def new_row(
    *,
    level: str,
    parent: Container | None,
    label: str,
    fields: Mapping[str, Any],
    origin: tuple[str, str | None],
    placement: dict[str, Any] | None = None,
    container_id: str | None = None,
) -> dict[str, Any]:
    """The columns of a new container; `fields` are checked."""
    values = read_values(level, fields, by_people=False)
    if level == "subject":
        values.doc.setdefault("code", label)
    own_id = container_id or new_id()
    if level == "group" and not is_group_id(own_id):
        raise Invalid(
            "A group id has 1 to 64 of a-z 0-9 . @ _ - , starts and ends with a letter or digit, "
            "and must not look like another id."
        )
    at = now()
    row: dict[str, Any] = {
        "id": own_id,
        "level": level,
        "label": clean_label(label),
        "parent_id": parent.id if parent else None,
        "parent_level": parent.level if parent else None,
        **(parent.ancestors if parent else {}),
        **values.columns,
        "tags": list(fields.get("tags") or []),
        "info": info_object(fields.get("info")),
        "doc": {"origin": {"type": origin[0], "id": origin[1]}, **values.doc},
        "placement": placement,
        "created_at": at,
        "modified_at": at,
    }
    if level in ("group", "project", "subject", "session", "acquisition"):
        row[f"{level}_id"] = own_id
    return row


async def create_container(
    connection: AsyncConnection,
    *,
    level: str,
    parent: Container | None,
    label: str,
    fields: Mapping[str, Any],
    origin: tuple[str, str | None],
    placement: dict[str, Any] | None = None,
    container_id: str | None = None,
) -> Container:
    """A new container below `parent`; LabelTaken when its kind must be unique there."""
    row = new_row(
        level=level,
        parent=parent,
        label=label,
        fields=fields,
        origin=origin,
        placement=placement,
        container_id=container_id,
    )
    made = (
        await connection.execute(insert(container).values(row).on_conflict_do_nothing().returning(container))
    ).one_or_none()
    if made is None:
        raise LabelTaken(
            f"The {level} '{row['label'] if level != 'group' else row['id']}' already exists here."
        )
    created = as_container(made)
    await history.note(connection, "CREATE", created, history.container_patch(None, created, info=True))
    await announce(connection, "container.created", created)
    return created


async def modify_container(
    connection: AsyncConnection, target: Container, fields: Mapping[str, Any]
) -> Container:
    """Change the given fields only; null clears. `info` is merged as by `set`."""
    values = read_values(target.level, fields)
    changes: dict[str, Any] = dict(values.columns)
    if fields.get("label") is not None:
        changes["label"] = clean_label(fields["label"])
        await _check_free(connection, target, changes["label"])
    if values.doc:
        changes["doc"] = container.c.doc.op("||")(values.doc)
    if fields.get("info"):
        changes["info"] = container.c.info.op("||")(info_object(fields["info"]))
    if not changes:
        return target
    return await apply_changes(connection, target, changes)


async def apply_changes(
    connection: AsyncConnection, target: Container, changes: Mapping[str, Any]
) -> Container:
    """Write column values, count the revision and tell the listeners."""
    row = (
        await connection.execute(
            update(container)
            .where(container.c.id == target.id, container.c.deleted_at.is_(None))
            .values(**changes, revision=container.c.revision + 1, modified_at=now())
            .returning(container)
        )
    ).one_or_none()
    if row is None:
        raise ContainerNotFound
    changed = as_container(row)
    patch = history.container_patch(target, changed, info="info" in changes)
    if patch:
        await history.note(connection, "UPDATE", changed, patch)
    await announce(connection, "container.modified", changed)
    return changed


async def _check_free(connection: AsyncConnection, target: Container, label: str) -> None:
    if target.level not in ("project", "subject") or label == target.label or target.parent_id is None:
        return
    await queries.lock_label(connection, target.level, target.parent_id, label)
    scope = container.c.parent_id == target.parent_id
    if await queries.child_by_label(connection, level=target.level, scope=scope, label=label):
        raise LabelTaken(f"The {target.level} '{label}' already exists here.")


async def fill_missing(
    connection: AsyncConnection, target: Container, fields: Mapping[str, Any]
) -> Container:
    """Set only what is still unset: placement never overwrites what people or earlier images said."""
    values = read_values(target.level, fields, by_people=False)
    changes = {
        name: value
        for name, value in values.columns.items()
        if value is not None and getattr(target, name) is None
    }
    doc = {
        name: value
        for name, value in values.doc.items()
        if value is not None and target.doc.get(name) is None
    }
    if doc:
        changes["doc"] = container.c.doc.op("||")(doc)
    return await apply_changes(connection, target, changes) if changes else target


async def touch(connection: AsyncConnection, container_id: str) -> None:
    """Count a revision: something that belongs to the container changed."""
    await connection.execute(
        update(container)
        .where(container.c.id == container_id)
        .values(revision=container.c.revision + 1, modified_at=now())
    )


async def find_or_create_subject(
    connection: AsyncConnection,
    *,
    project: Container,
    wanted: Mapping[str, Any] | None,
    origin: tuple[str, str | None],
) -> Container:
    """The subject a session is to hang on: by label, else by code, else new (api.md 9)."""
    label = str((wanted or {}).get("label") or (wanted or {}).get("code") or "").strip()
    if not label:
        return await _unknown_subject(connection, project, wanted or {}, origin)
    await queries.lock_label(connection, "subject", project.id, label)
    found = await queries.child_by_label(
        connection, level="subject", scope=container.c.project_id == project.id, label=label
    )
    code = str((wanted or {}).get("code") or label)
    if found is None:
        row = (
            await connection.execute(
                select(container)
                .where(
                    container.c.project_id == project.id,
                    container.c.level == "subject",
                    container.c.deleted_at.is_(None),
                    container.c.doc["code"].astext == code,
                )
                .order_by(container.c.id)
                .limit(1)
            )
        ).one_or_none()
        found = None if row is None else as_container(row)
    if found is not None:
        return found
    return await create_container(
        connection, level="subject", parent=project, label=label, fields=wanted or {}, origin=origin
    )


async def _unknown_subject(
    connection: AsyncConnection, project: Container, fields: Mapping[str, Any], origin: tuple[str, str | None]
) -> Container:
    await queries.lock_label(connection, "subject", project.id, "unknown")
    taken = (
        await connection.execute(
            select(func.count())
            .select_from(container)
            .where(
                container.c.project_id == project.id,
                container.c.level == "subject",
                container.c.label.like("unknown%"),
            )
        )
    ).scalar_one()
    while True:
        taken += 1
        label = "unknown" if taken == 1 else f"unknown{taken}"
        scope = container.c.project_id == project.id
        if not await queries.child_by_label(connection, level="subject", scope=scope, label=label):
            return await create_container(
                connection, level="subject", parent=project, label=label, fields=fields, origin=origin
            )
