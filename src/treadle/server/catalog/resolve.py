"""Paths of labels -> containers and files (api.md 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog import queries, rights
from treadle.server.catalog.levels import HIERARCHY
from treadle.server.catalog.rows import Container, File, as_container, as_file
from treadle.server.catalog.tables import container, file
from treadle.server.kit.errors import Invalid

Node = Container | File
CHILDREN_LIMIT = 10_000


@dataclass(frozen=True)
class Resolved:
    """The nodes along a path and what lies below its end."""

    path: list[Node]
    children: list[Node]


def clean_path(value: Any) -> list[str]:
    """A path from a request: a list of labels; empty items are skipped."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Invalid("'path' must be a list of labels.")
    return [item for item in value if item != ""]


def _missing(item: str, level: str) -> ContainerNotFound:
    return ContainerNotFound(f"No {item} {level} found.")


def id_of_item(item: str) -> str | None:
    """The id, when an item of a path is `<id:...>` instead of a label."""
    return item[4:-1].strip() if item.startswith("<id:") and item.endswith(">") else None


def _found(
    guard: Guard, columns: Sequence[Any], level: str, scope: ColumnElement[bool], limit: int
) -> Select[Any]:
    return (
        select(*columns)
        .where(container.c.level == level, queries.LIVE, scope, rights.visible(guard, level))
        .order_by(container.c.created_at, container.c.id)
        .limit(limit)
    )


async def _containers(guard: Guard, level: str, scope: ColumnElement[bool]) -> list[Container]:
    found = _found(guard, queries.CONTAINER_LIST, level, scope, CHILDREN_LIMIT)
    return [as_container(row) for row in await guard.connection.execute(found)]


async def _one(guard: Guard, level: str, scope: ColumnElement[bool], item: str) -> Container | None:
    wanted = id_of_item(item)
    key = container.c.id if level == "group" or wanted is not None else container.c.label
    found = _found(guard, tuple(container.c), level, scope & (key == (wanted or item)), 1)
    row = (await guard.connection.execute(found)).one_or_none()
    return None if row is None else as_container(row)


async def _file(guard: Guard, parent: Container, item: str) -> File | None:
    wanted = id_of_item(item)
    key = (file.c.file_id == wanted) if wanted is not None else (file.c.name == item)
    row = (
        await guard.connection.execute(
            select(file).where(file.c.parent_id == parent.id, key, queries.LIVE_FILE)
        )
    ).one_or_none()
    return None if row is None else as_file(row)


async def _files(guard: Guard, parent: Container) -> list[Node]:
    rows = await guard.connection.execute(
        select(*queries.FILE_LIST)
        .where(file.c.parent_id == parent.id, queries.LIVE_FILE)
        .order_by(file.c.file_id)
        .limit(CHILDREN_LIMIT)
    )
    return [as_file(row) for row in rows]


def _next_level(level: str) -> str | None:
    if level not in HIERARCHY or level == "acquisition":
        return None
    return HIERARCHY[HIERARCHY.index(level) + 1]


async def _analyses(guard: Guard, parent: Container) -> list[Container]:
    return await _containers(guard, "analysis", container.c.parent_id == parent.id)


async def _step(guard: Guard, parent: Container, item: str) -> Node:
    below = _next_level(parent.level)
    if below is not None:
        found = await _one(guard, below, container.c.parent_id == parent.id, item)
        if found is not None:
            return found
    if parent.level != "group":
        named = await _file(guard, parent, item)
        if named is not None:
            return named
    raise _missing(item, below or "file")


async def resolve(guard: Guard, path: Sequence[str], *, children: bool = True) -> Resolved:
    """The nodes of the path and (if wanted) the children of its last; ContainerNotFound at the first missing step."""
    items = list(path)
    if not items:
        return Resolved([], list(await _containers(guard, "group", true())))
    group = await _one(guard, "group", true(), items[0])
    if group is None:
        raise _missing(items[0], "group")
    nodes: list[Node] = [group]
    rest = items[1:]
    while rest:
        here = nodes[-1]
        if isinstance(here, File):
            raise _missing(rest[0], "file")
        item, rest = rest[0], rest[1:]
        if item == "files" and here.level != "group":
            if not rest:
                return Resolved(nodes, await _files(guard, here))
            named = await _file(guard, here, rest[0])
            if named is None:
                raise _missing(rest[0], "file")
            nodes.append(named)
            rest = rest[1:]
        elif item == "analyses" and here.level not in ("group", "analysis"):
            if not rest:
                return Resolved(nodes, list(await _analyses(guard, here)))
            found = await _one(guard, "analysis", container.c.parent_id == here.id, rest[0])
            if found is None:
                raise _missing(rest[0], "analysis")
            nodes.append(found)
            rest = rest[1:]
        else:
            nodes.append(await _step(guard, here, item))
    return Resolved(nodes, await _children(guard, nodes[-1]) if children else [])


async def _children(guard: Guard, node: Node) -> list[Node]:
    if isinstance(node, File):
        return []
    children: list[Node] = []
    below = _next_level(node.level)
    if below is not None:
        children += await _containers(guard, below, container.c.parent_id == node.id)
    if node.level != "group":
        children += await _files(guard, node)
        if node.level != "analysis":
            children += await _analyses(guard, node)
    return children
