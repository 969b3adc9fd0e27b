"""The order of results, and cursors: the last row's sort values and id, so that pages stay right while data change."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from treadle.flyql.ast import Field
from treadle.flyql.entities import AGES
from treadle.flyql.leaves import paths
from treadle.flyql.parser import parse_field
from treadle.server.search.errors import BadCursor
from treadle.server.search.query.compile import key_of
from treadle.server.search.query.frame import Frame
from treadle.server.search.query.leaf import ANY_DEPTH
from treadle.server.search.query.natives import column

_TYPES = {"oid": "text", "size": "int8"}
_BY_ID = 'oid COLLATE "C"'


@dataclass(frozen=True)
class Sort:
    """By a field of the returned object or of one above it; objects without it come last in either direction."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Order:
    """A sort in SQL: the columns k0, k1 … of the rows `r`, perhaps from a joined source; ties by id."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    descending: bool
    source: str = ""
    walks: bool = False  # an index has this order

    @property
    def selected(self) -> str:
        return "".join(f", {column} AS k{number}" for number, column in enumerate(self.columns))

    @property
    def by(self) -> str:
        way = "DESC" if self.descending else "ASC"
        # An index on `created DESC` puts NULLs first; there are none.
        nulls = "" if self.walks else " NULLS LAST"
        return ", ".join([*(f"k{number} {way}{nulls}" for number in range(len(self.columns))), _BY_ID])

    def after(self, frame: Frame, place: Sequence[Any], names: Sequence[str], oid: str) -> str:
        """SQL: the rows behind a place; `names` are the columns there."""
        sign = "<" if self.descending else ">"
        parts, same = [], []
        for name, kind, value in zip(names, self.types, place, strict=False):
            if value is None:
                same.append(f"{name} IS NULL")
                continue
            bound = frame.bind(str(value), kind)
            parts.append(" AND ".join([*same, f"({name} {sign} {bound} OR {name} IS NULL)"]))
            same.append(f"{name} = {bound}")
        parts.append(" AND ".join([*same, f'{oid} COLLATE "C" > {frame.bind(place[-1])}']))
        return " OR ".join(f"({part})" for part in parts)


def order_of(frame: Frame, level: str, sort: Sort | None) -> Order:
    """The order of the rows `r` of a level: by default the newest first."""
    if sort is None:
        return Order(("r.created",), ("timestamptz",), descending=True, walks=True)
    field = parse_field(sort.field)
    key = key_of(field.entity, level, "r")
    if key is None:
        return Order(("NULL::float8",), ("float8",), sort.descending)
    held = column(field.entity, field.path)
    if held is None:
        return _of_document(frame, level, key, field, sort)
    kind = _TYPES.get(held, "timestamptz")
    sql = f"r.{held}"
    if field.entity != level:
        sql = f"(SELECT s.{held} FROM search_{field.entity} s WHERE s.doc = {key})"
    if kind == "text":
        sql = f'({sql}) COLLATE "C"'
    return Order((sql,), (kind,), sort.descending, walks=sql == "r.created" and sort.descending)


def _of_document(frame: Frame, level: str, key: str, field: Field, sort: Sort) -> Order:
    """By a value of the document: booleans, numbers, texts, in the order of their kinds."""
    oid = "r.oid"
    if field.entity != level:
        oid = f"(SELECT s.oid FROM search_{field.entity} s WHERE s.doc = {key})"
    values = [
        f"SELECT jsonb_path_query(d.document, {frame.bind(f'lax ${steps}', 'jsonpath')}) AS v"
        for steps in _steps(field)
    ]
    way = "DESC" if sort.descending else "ASC"
    source = f"""LEFT JOIN LATERAL (SELECT kind, n, w FROM search_document d, LATERAL ({" UNION ALL ".join(values)}) q,
      LATERAL (SELECT CASE jsonb_typeof(v) WHEN 'boolean' THEN 0 WHEN 'number' THEN 1 ELSE 2 END AS kind,
        CASE jsonb_typeof(v) WHEN 'boolean' THEN v::boolean::int WHEN 'number' THEN v::float8 END AS n,
        CASE jsonb_typeof(v) WHEN 'string' THEN v #>> '{{}}' END COLLATE "C" AS w) k
      WHERE d.level = '{field.entity}' AND d.oid = {oid}
        AND jsonb_typeof(v) IN ('boolean', 'number', 'string') AND v <> '""'
      ORDER BY kind {way}, n {way}, w {way} LIMIT 1) sorted ON true"""
    types = ("int", "float8", "text")
    return Order(("sorted.kind", "sorted.n", "sorted.w"), types, sort.descending, source)


def _steps(field: Field) -> list[str]:
    """Where the values of a field stand in a document, as JSON paths; of derived ones, what they come from."""
    if field.entity == "session" and field.path in AGES:
        return _steps(Field("session", "age"))
    if (field.entity, field.path) == ("file", "classification_list"):
        return [".classification.**"]
    return [
        "".join(f".{orjson.dumps(part).decode()}{ANY_DEPTH}" for part in path.split("."))
        for path in paths(field)
    ]


def write_cursor(keys: Sequence[Any], oid: str) -> str:
    """The opaque text of a place in the results."""
    values = [key.isoformat() if isinstance(key, datetime) else key for key in keys]
    return base64.urlsafe_b64encode(orjson.dumps([*values, oid])).decode().rstrip("=")


def read_cursor(text: str, order: Order) -> list[Any]:
    """The place; BadCursor when it is none of a search in this order."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        raise BadCursor from None
    if not isinstance(found, list) or len(found) != len(order.types) + 1 or not isinstance(found[-1], str):
        raise BadCursor
    for kind, value in zip(order.types, found, strict=False):
        if value is not None and not _fits(kind, value):
            raise BadCursor
    return found


def _fits(kind: str, value: Any) -> bool:
    if kind in ("int", "int8", "float8"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "text":
        return isinstance(value, str) and "\0" not in value
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False
