"""Saved queries: of a user alone, of all who see a group or project, or of the whole site (search.md 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog import queries, rights
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.tables import container
from treadle.server.kit.clock import now
from treadle.server.kit.errors import BadRequest, Forbidden, NotFound
from treadle.server.kit.ids import new_id
from treadle.server.search.explorer.errors import SavedQueryMissing
from treadle.server.search.explorer.language import errors_of
from treadle.server.search.explorer.request import SAVED_KEYS, read_search
from treadle.server.search.explorer.tables import saved_query
from treadle.server.wire.answer import stamp

PARENTS = ("user", "group", "project", "site")
SITE = "site"
_LONGEST_LABEL = 255
_LONGEST_DESCRIPTION = 10_000
_NEW = frozenset({"label", "search", "parent", "description"})
_CHANGEABLE = frozenset({"label", "search", "description"})
_IGNORED = frozenset(
    {"_id", "id", "created", "modified", "origin", "errors"}
)  # documents that come back whole

Parent = tuple[str, str]  # type and id


def read_new(body: Mapping[str, Any]) -> tuple[Parent, dict[str, Any]]:
    """Where a new query belongs, and its columns."""
    _refuse_unknown(body, _NEW)
    parent = body.get("parent")
    if not isinstance(parent, Mapping) or parent.get("type") not in PARENTS:
        raise BadRequest(f"'parent' is {{type, id}}, with a type of {', '.join(PARENTS)}.")
    parent_id = SITE if parent["type"] == SITE else parent.get("id")
    if not isinstance(parent_id, str) or not parent_id:
        raise BadRequest("The 'parent' has no id.")
    for name in ("label", "search"):
        if name not in body:
            raise BadRequest(f"A saved query needs a '{name}'.")
    return (parent["type"], parent_id), _values(body)


def read_change(body: Mapping[str, Any], row: Row[Any]) -> dict[str, Any]:
    """The columns that change; a parent may be named again, but not be another one."""
    parent = body.get("parent")
    if parent is not None:
        same = isinstance(parent, Mapping) and (parent.get("type"), parent.get("id")) == (
            row.parent_type,
            row.parent_id,
        )
        if not same:
            raise BadRequest("A query stays where it is saved; save it anew to share it elsewhere.")
    _refuse_unknown(body, _CHANGEABLE | {"parent"})
    return _values(body)


def _refuse_unknown(body: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = sorted(set(body) - known - _IGNORED)
    if unknown:
        raise BadRequest(f"A saved query has no '{unknown[0][:60]}'; it has {', '.join(sorted(known))}.")


def _values(body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "label" in body:
        label = body["label"]
        if not isinstance(label, str) or not label.strip() or len(label) > _LONGEST_LABEL:
            raise BadRequest(f"'label' must be a text of 1 to {_LONGEST_LABEL} characters.")
        found["label"] = label.strip()
    if "description" in body:
        description = body["description"]
        if description is not None and (
            not isinstance(description, str) or len(description) > _LONGEST_DESCRIPTION
        ):
            raise BadRequest(f"'description' must be a text of at most {_LONGEST_DESCRIPTION:,} characters.")
        found["description"] = description
    if "search" in body:
        found["search"] = _search(body["search"])
    return found


def _search(search: Any) -> dict[str, Any]:
    if not isinstance(search, Mapping):
        raise BadRequest("'search' must be a search query.")
    unknown = sorted(set(search) - SAVED_KEYS)
    if unknown:
        raise BadRequest(f"A search query has no '{unknown[0][:60]}'.")
    asked = read_search(search)
    for error in errors_of(asked):
        raise BadRequest(f"search: {error['line']}:{error['pos']} - {error['message']}", errors=[error])
    return {name: value for name, value in search.items() if value is not None}


async def require(guard: Guard, parent: Parent, *, manage: bool) -> None:
    """Go on only when the caller may see (or change) the queries of this parent."""
    kind, parent_id = parent
    guard.decided()
    if kind == "user":
        if parent_id.lower() != guard.identity.id.lower():
            raise Forbidden("Queries of a user are theirs alone.")
    elif kind == SITE:
        if manage and not guard.identity.is_site_admin:
            raise Forbidden("Only a site administrator may change the queries of the site.")
    else:
        await _require_container(guard, parent, manage=manage)


async def _require_container(guard: Guard, parent: Parent, *, manage: bool) -> None:
    kind, parent_id = parent
    target = await get_container(guard.connection, parent_id, level=kind)
    await rights.require(guard, target, "containers_view_metadata")
    if manage and kind == "group":
        await guard.require_group(target.id, "admin")
    elif manage:
        await rights.require(guard, target, "data_views_manage")


async def find(guard: Guard, query_id: str, *, manage: bool = False) -> Row[Any]:
    """The saved query, when the caller may see (or change) it."""
    guard.decided()  # of a query that is not there nothing can leak
    row = (
        await guard.connection.execute(select(saved_query).where(saved_query.c.id == query_id))
    ).one_or_none()
    if row is None:
        raise SavedQueryMissing
    parent = (row.parent_type, row.parent_id)
    try:
        await require(guard, parent, manage=False)
    except (NotFound, ContainerNotFound, Forbidden):
        raise SavedQueryMissing from None
    if manage:
        await require(guard, parent, manage=True)
    return row


def visible(guard: Guard) -> ColumnElement[bool]:
    """SQL condition: the queries the caller may see."""
    guard.decided()
    parent = saved_query.c.parent_id

    def of_container(level: str) -> ColumnElement[bool]:
        seen = select(literal(1)).where(
            container.c.id == parent, container.c.level == level, queries.LIVE, rights.visible(guard, level)
        )
        return and_(saved_query.c.parent_type == level, seen.correlate(saved_query).exists())

    return or_(
        saved_query.c.parent_type == SITE,
        and_(saved_query.c.parent_type == "user", parent == guard.identity.id),
        of_container("group"),
        of_container("project"),
    )


async def add(guard: Guard, parent: Parent, values: Mapping[str, Any]) -> str:
    """The id of a new query."""
    query_id = new_id()
    kind, parent_id = parent
    origin_type, origin_id = guard.identity.origin
    await guard.connection.execute(
        insert(saved_query).values(
            id=query_id,
            parent_type=kind,
            parent_id=guard.identity.id if kind == "user" else parent_id,
            origin_type=origin_type,
            origin_id=origin_id,
            **values,
        )
    )
    return query_id


async def change(connection: AsyncConnection, query_id: str, values: Mapping[str, Any]) -> Row[Any]:
    """Other values for the query: the row as it is now."""
    changed = await connection.execute(
        update(saved_query)
        .where(saved_query.c.id == query_id)
        .values(modified_at=now(), **values)
        .returning(*saved_query.c)
    )
    return changed.one()


async def remove(connection: AsyncConnection, query_id: str) -> int:
    """Forget the query: how many there were."""
    return int((await connection.execute(delete(saved_query).where(saved_query.c.id == query_id))).rowcount)


def document(row: Row[Any]) -> dict[str, Any]:
    """The query as the clients read it; one that no longer parses stays, with its errors."""
    found = {
        "_id": row.id,
        "label": row.label,
        "description": row.description,
        "search": row.search,
        "parent": {"type": row.parent_type, "id": row.parent_id},
        "origin": {"type": row.origin_type, "id": row.origin_id},
        "created": stamp(row.created_at),
        "modified": stamp(row.modified_at),
    }
    errors = errors_of(read_search(row.search))
    return {**found, "errors": errors} if errors else found
