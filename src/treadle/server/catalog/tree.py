"""`POST /tree`: chosen fields of containers with their children or parents, as deep as asked (api.md 17).

Each level is one query for all rows of the level above, whatever their number; `limit` counts per parent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select

from treadle.server.access.guard import Guard
from treadle.server.catalog import listing, relations, rights
from treadle.server.catalog.levels import BY_PLURAL, HIERARCHY
from treadle.server.catalog.listing import container_source
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.catalog.wire import View
from treadle.server.kit.errors import Invalid, TooLarge
from treadle.server.store.filtering import sort_sql
from treadle.server.wire.dialect import Client
from treadle.server.wire.filters import parse_filter
from treadle.server.wire.query import ListQuery, parse_sort

MOST_ROWS = 20_000  # of all levels together
MOST_TOP = 1000
_DEEPEST = 6
_FILES = ("files", "inputs")  # shown by the container's own document
_SPEC_KEYS = frozenset({"fields", "filter", "sort", "limit", "join-origin"})


@dataclass(frozen=True)
class Connection:
    """How rows of one level lead to others: `local` is a field here, `foreign` one there."""

    collection: str
    local: str
    foreign: str
    many: bool


def _connections() -> dict[str, dict[str, Connection]]:
    graph: dict[str, dict[str, Connection]] = {}
    for plural, level in BY_PLURAL.items():
        if plural == "collections":
            continue
        own: dict[str, Connection] = {}
        if level.name in HIERARCHY:
            here = HIERARCHY.index(level.name)
            for above in HIERARCHY[:here]:
                own[above] = Connection(f"{above}s", f"parents.{above}", "_id", many=False)
            for below in HIERARCHY[here + 1 :]:
                own[f"{below}s"] = Connection(f"{below}s", "_id", f"parents.{level.name}", many=True)
            if level.name != "group":
                own["analyses"] = Connection("analyses", "_id", "parent.id", many=True)
        else:
            for above in HIERARCHY:
                own[above] = Connection(f"{above}s", f"parents.{above}", "_id", many=False)
            own["inputs"] = Connection("files", "inputs", "_id", many=True)
        if level.name != "group":
            own["files"] = Connection("files", "files", "_id", many=True)
        graph[plural] = own
    return graph


GRAPH: Mapping[str, Mapping[str, Connection]] = MappingProxyType(_connections())


def graph_document() -> dict[str, Any]:
    """The answer of `GET /tree/graph`."""
    return {
        plural: {
            "connections": {
                name: {
                    "collection": one.collection,
                    "local": one.local,
                    "foreign": one.foreign,
                    "order": "many" if one.many else "one",
                }
                for name, one in own.items()
            }
        }
        for plural, own in GRAPH.items()
    }


@dataclass(frozen=True)
class Spec:
    """What is asked of one level."""

    plural: str
    fields: tuple[str, ...]
    query: ListQuery
    joins: Mapping[str, Spec]

    @property
    def level(self) -> str:
        """The level's name."""
        return BY_PLURAL[self.plural].name if self.plural in BY_PLURAL else "file"


def read_spec(body: Mapping[str, Any]) -> Spec:
    """The request `{<plural>: {fields, filter?, sort?, limit?, <connection>: {..}}}`.

    Of several levels side by side each one is nested into the one above it: the SDK's models cannot nest.
    """
    unknown = {name for name, value in body.items() if value is not None} - GRAPH.keys()
    names = [name for name in GRAPH if body.get(name) is not None]
    if unknown or not names:
        raise Invalid(f"Ask for some of: {', '.join(GRAPH)}.")
    top, *below = names
    nested = _spec(top, body[top], top, 1)
    if below:
        inner = read_spec({name: body[name] for name in below})
        if below[0] not in GRAPH[top]:
            raise Invalid(f"{top} has no connection '{below[0]}'.")
        nested = replace(nested, joins={**nested.joins, below[0]: inner})
    return nested


def _spec(plural: str, body: Any, where: str, depth: int) -> Spec:
    if depth > _DEEPEST:
        raise Invalid(f"A tree is at most {_DEEPEST} levels deep.")
    if not isinstance(body, Mapping):
        raise Invalid(f"{where} must be an object with 'fields'.")
    fields, limit = body.get("fields"), body.get("limit")
    if not isinstance(fields, list) or not all(isinstance(item, str) for item in fields):
        raise Invalid(f"{where}.fields must be a list of field names.")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise Invalid(f"{where}.limit must be a whole number from 1.")
    for name in ("filter", "sort"):
        if body.get(name) is not None and not isinstance(body[name], str):
            raise Invalid(f"{where}.{name} must be text.")
    joins = {}
    for name, inner in body.items():
        if name in _SPEC_KEYS or inner is None:
            continue
        found = GRAPH.get(plural, {}).get(name)
        if found is None:
            known = ", ".join(GRAPH.get(plural, {})) or "nothing"
            raise Invalid(f"{where} has no connection '{name}'; it has: {known}.")
        joins[name] = _spec(found.collection, inner, f"{where}.{name}", depth + 1)
    query = ListQuery(
        conditions=parse_filter(body.get("filter")), sort=parse_sort(body.get("sort")), limit=limit
    )
    return Spec(plural, tuple(fields), query, joins)


class Tree:
    """One request: counts the rows it has loaded."""

    def __init__(self, guard: Guard, client: Client, *, info: bool) -> None:
        self._guard, self._client, self._info = guard, client, info
        self._rows = 0

    async def top(self, spec: Spec, query: ListQuery) -> tuple[list[dict[str, Any]], int]:
        """The first level as the request's own list parameters and its spec cut it; and how many match."""
        level = spec.level
        limit = min(query.limit or spec.query.limit or MOST_TOP, MOST_TOP)
        merged = replace(
            query,
            conditions=(*query.conditions, *spec.query.conditions),
            sort=() if query.after_id else query.sort or spec.query.sort,
            limit=limit,
        )
        source = container_source(level, rights.visible(self._guard, level), with_info=self._info)
        rows = await listing.fetch(self._guard.connection, source, merged)
        total = await listing.count(self._guard.connection, source, merged)
        return await self._documents(spec, rows), total

    async def _documents(self, spec: Spec, rows: Sequence[Container]) -> list[dict[str, Any]]:
        self._rows += len(rows)
        if self._rows > MOST_ROWS:
            raise TooLarge(f"The tree has more than {MOST_ROWS:,} rows; use 'limit' or 'filter'.")
        wants_files = not {"files", "inputs"}.isdisjoint({*spec.fields, *spec.joins})
        view = View(self._client, info=self._info, files=wants_files)
        whole = await relations.documents(self._guard, rows, view)
        shown = [_pick(doc, spec.fields, info=self._info) for doc in whole]
        for name, inner in spec.joins.items():
            if name in _FILES:
                for doc, full in zip(shown, whole, strict=True):
                    doc[name] = _files(full.get(name) or [], inner)
            elif GRAPH[spec.plural][name].many:
                await self._children(spec, name, inner, rows, shown)
            else:
                await self._parents(name, inner, rows, shown)
        return shown

    async def _children(
        self, spec: Spec, name: str, inner: Spec, rows: Sequence[Container], shown: Sequence[dict[str, Any]]
    ) -> None:
        key = container.c.parent_id if inner.level == "analysis" else container.c[f"{spec.level}_id"]
        scope = key.in_([row.id for row in rows]) & rights.visible(self._guard, inner.level)
        source = container_source(inner.level, scope, with_info=self._info)
        order = [
            sort_sql(field, item.descending)
            for item in inner.query.sort
            if (field := source.lookup(item.name)) is not None
        ]
        number = func.row_number().over(partition_by=key, order_by=[*order, container.c.id]).label("place")
        ranked = source.selection(inner.query).add_columns(number, key.label("owner")).subquery()
        query = select(ranked).order_by(ranked.c.owner, ranked.c.place).limit(MOST_ROWS + 1)
        if inner.query.limit:
            query = query.where(ranked.c.place <= inner.query.limit)
        found = (await self._guard.connection.execute(query)).all()
        documents = await self._documents(inner, [source.read(row) for row in found])
        by_owner: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line, doc in zip(found, documents, strict=True):
            by_owner[line.owner].append(doc)
        for row, doc in zip(rows, shown, strict=True):
            doc[name] = by_owner[row.id]

    async def _parents(
        self, name: str, inner: Spec, rows: Sequence[Container], shown: Sequence[dict[str, Any]]
    ) -> None:
        ids = {row.id: getattr(row, f"{name}_id") for row in rows}
        scope = container.c.id.in_({key for key in ids.values() if key}) & rights.visible(self._guard, name)
        source = container_source(name, scope, with_info=self._info)
        found = await listing.fetch(self._guard.connection, source, replace(inner.query, limit=None))
        documents = await self._documents(inner, found)
        by_id = {row.id: doc for row, doc in zip(found, documents, strict=True)}
        for row, doc in zip(rows, shown, strict=True):
            doc[name] = by_id.get(ids[row.id] or "")


def _pick(doc: Mapping[str, Any], fields: Sequence[str], *, info: bool) -> dict[str, Any]:
    found = {"_id": doc["_id"]}
    for name in fields:
        if name in doc and (info or name != "info"):
            found[name] = doc[name]
    return found


def _files(files: Sequence[Mapping[str, Any]], spec: Spec) -> list[dict[str, Any]]:
    chosen = files[: spec.query.limit] if spec.query.limit else files
    return [{name: item[name] for name in ("_id", *spec.fields) if name in item} for item in chosen]
