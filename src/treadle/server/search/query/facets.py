"""How the values of fields are spread over what a search finds (search.md 4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.flyql.ast import Field, Node
from treadle.flyql.literals import Clock
from treadle.flyql.parser import parse_field
from treadle.server.kit.clock import now as clock_now
from treadle.server.search.index.tables import LEVELS
from treadle.server.search.index.write import FACETS
from treadle.server.search.query.compile import key_of
from treadle.server.search.query.dictionary import find_paths
from treadle.server.search.query.frame import Frame, array, frame
from treadle.server.search.query.matches import FEW_ROWS, matches
from treadle.server.search.query.natives import column
from treadle.server.search.query.scope import Scope

MOST_COUNTED = 50_000  # the newest ones
MOST_UNPREPARED = 5_000  # of fields whose terms are not set apart for facets


@dataclass(frozen=True)
class Buckets:
    """The most frequent values, how many objects have others, how many none, and how many were looked at."""

    buckets: list[tuple[str | float | bool, int]]
    others: int
    missing: int
    counted: int


@dataclass(frozen=True)
class Span:
    """Of a time or a size: seconds since 1970, or bytes."""

    count: int
    low: float | None
    high: float | None
    mean: float | None
    total: float | None


@dataclass
class Facets:
    """By field; `approximate` when only the newest of more matches were looked at."""

    counted: int
    approximate: bool
    fields: dict[str, Buckets | Span] = field(default_factory=dict)


async def facets(
    connection: AsyncConnection,
    tree: Node | None,
    return_type: str,
    scope: Scope,
    fields: Sequence[str],
    *,
    free_text: str | None = None,
    size: int = 15,
    timezone: str = "UTC",
    now: datetime | None = None,
) -> Facets:
    """Counted are the objects returned; for fields of a level below, the objects there that satisfy the tree."""
    wanted = {name: parse_field(name) for name in fields}
    levels: dict[str, list[str]] = {}
    for name, one in wanted.items():
        levels.setdefault(max(return_type, one.entity, key=LEVELS.index), []).append(name)
    answer = Facets(0, approximate=False)
    async with frame(connection, scope, Clock(now or clock_now(), timezone)) as inside:
        for level, names in levels.items():
            counted = await _collect(inside, tree, level, free_text)
            answer.counted = max(answer.counted, min(counted, MOST_COUNTED))
            answer.approximate |= counted > MOST_COUNTED
            for name in names:
                answer.fields[name] = await _facet(
                    inside, level, wanted[name], min(counted, MOST_COUNTED), size
                )
    return answer


async def _collect(inside: Frame, tree: Node | None, level: str, free_text: str | None) -> int:
    """The matches of a level, the newest first, in a table of this search; how many, up to one too many."""
    found = await matches(inside, tree, level, free_text)
    where = found.walk if found.about > FEW_ROWS and found.walk else found.gin
    names = ", ".join(f"r.{name}" for name in _columns(level))
    await inside.keep(
        f"CREATE TEMPORARY TABLE facet_row ON COMMIT DROP AS SELECT {names} FROM {found.table} WHERE "
        f"{'false' if found.nothing else where} ORDER BY r.created DESC LIMIT {MOST_COUNTED + 1}"
    )
    rows = await inside.rows("SELECT count(*) FROM facet_row")
    return int(rows[0][0])


def _columns(level: str) -> tuple[str, ...]:
    keys = [key_of(other, level, "") for other in LEVELS if other != "group"]
    return (*sorted({key.lstrip(".") for key in keys if key}), "f", "t", *_natives(level))


def _natives(level: str) -> tuple[str, ...]:
    more = {"session": ("ts",), "acquisition": ("ts",), "file": ("size",)}.get(level, ())
    return ("created", "modified", *more)


async def _facet(inside: Frame, level: str, field_: Field, counted: int, size: int) -> Buckets | Span:
    key = key_of(field_.entity, level, "r")
    if key is None:
        return Buckets([], 0, counted, counted)
    held = column(field_.entity, field_.path)
    source = "facet_row r"
    if field_.entity != level:
        source = f"facet_row r JOIN search_{field_.entity} e ON e.doc = {key}"
    alias = "r" if field_.entity == level else "e"
    if held is not None:
        return await _span(inside, source, f"{alias}.{held}")
    paths = await find_paths(inside, field_.entity, field_)
    ids = array(path.path_id for path in paths)
    prepared = all(path.path in FACETS.get(field_.entity, ()) for path in paths)
    most = counted if prepared else min(counted, MOST_UNPREPARED)
    terms = "f" if prepared else "t"
    if most < counted:
        source = source.replace("facet_row r", f"(SELECT * FROM facet_row LIMIT {most}) r")
    rows = await inside.rows(
        f"WITH found AS MATERIALIZED (SELECT u, count(*) AS n FROM {source}, unnest({alias}.{terms}) u GROUP BY u), "
        f"own AS (SELECT t.kind, t.s, t.n AS number, found.n FROM found JOIN search_term t ON t.term_id = u "
        f"WHERE t.path_id = ANY({ids}) AND t.kind IN ('s', 'n', 'b', 't')), "
        f"held AS (SELECT count(*) AS n FROM {source} WHERE {alias}.{terms} && "
        f"ARRAY(SELECT u FROM found JOIN search_term t ON t.term_id = u WHERE t.path_id = ANY({ids}))) "
        "SELECT kind, s, number, own.n, sum(own.n) OVER (), (SELECT n FROM held) FROM own "
        f"ORDER BY own.n DESC, s, number LIMIT {size}"
    )
    if not rows:
        return Buckets([], 0, most, most)
    shown = [(_value(kind, s, number), int(n)) for kind, s, number, n, *_ in rows]
    return Buckets(shown, int(rows[0][4]) - sum(n for _, n in shown), most - int(rows[0][5]), most)


def _value(kind: str, s: str | None, number: Any) -> str | float | bool:
    if kind == "s":
        return s or ""
    return bool(number) if kind == "t" else float(number)


async def _span(inside: Frame, source: str, held: str) -> Span:
    if held.endswith(".oid"):
        return Span(0, None, None, None, None)
    value = held if held.endswith(".size") else f"extract(epoch FROM {held})"
    rows = await inside.rows(
        f"SELECT count(v), min(v)::float8, max(v)::float8, avg(v)::float8, sum(v)::float8 "
        f"FROM (SELECT {value} AS v FROM {source}) q"
    )
    return Span(*rows[0])
