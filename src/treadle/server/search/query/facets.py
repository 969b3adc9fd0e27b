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
from treadle.server.search.index.terms import Kind
from treadle.server.search.index.write import FACETS
from treadle.server.search.query.compile import key_of
from treadle.server.search.query.dictionary import find_paths
from treadle.server.search.query.frame import Frame, array, frame
from treadle.server.search.query.matches import FEW_ROWS, matches
from treadle.server.search.query.natives import column
from treadle.server.search.query.scope import Scope

# Counted once for all fields of an entity: by level counted, entity and array, how many rows carry a term.
Seen = dict[tuple[str, str, str], dict[int, int]]

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
    seen: Seen = {}
    async with frame(connection, scope, Clock(now or clock_now(), timezone)) as inside:
        for level, names in levels.items():
            counted = await _collect(inside, tree, level, free_text)
            answer.counted = max(answer.counted, min(counted, MOST_COUNTED))
            answer.approximate |= counted > MOST_COUNTED
            for name in names:
                answer.fields[name] = await _facet(
                    inside, level, wanted[name], min(counted, MOST_COUNTED), size, seen
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
    return (*sorted({key.lstrip(".") for key in keys if key}), "f", *_natives(level))


def _natives(level: str) -> tuple[str, ...]:
    more = {"session": ("ts",), "acquisition": ("ts",), "file": ("size",)}.get(level, ())
    return ("created", "modified", *more)


async def _facet(
    inside: Frame, level: str, field_: Field, counted: int, size: int, seen: Seen
) -> Buckets | Span:
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
    terms, most = "f", counted
    if not all(path.path in FACETS.get(field_.entity, ()) for path in paths):
        terms, most = "t", min(counted, MOST_UNPREPARED)
        source = f"(SELECT * FROM facet_row LIMIT {most}) r JOIN search_{field_.entity} e ON e.doc = {key}"
        alias = "e"
    if (level, field_.entity, terms) not in seen:
        found = await inside.rows(
            f"SELECT u, sum(n) FROM (SELECT {alias}.{terms} AS terms, count(*) AS n FROM {source} GROUP BY 1) q, "
            "unnest(terms) u WHERE u > 0 GROUP BY u"  # many rows have the same terms
        )
        seen[level, field_.entity, terms] = {term: int(n) for term, n in found}
    counts = seen[level, field_.entity, terms]
    named = await inside.rows(
        "SELECT kind, s, n, term_id FROM search_term WHERE kind IN ('s', 'n', 'b', 't') "
        f"AND path_id = ANY({array(path.path_id for path in paths)}) AND term_id = ANY({array(counts)})"
    )
    rows = sorted(
        ((kind, s, number, counts[term], term) for kind, s, number, term in named),
        key=lambda row: (-row[3], row[1] or "", row[2] or 0),
    )
    having = sum(row[3] for row in rows)
    if any(path.kinds & Kind.MANY for path in paths) and rows:
        held = array(row[4] for row in rows)
        some = await inside.rows(
            f"SELECT count(*) FROM {source} WHERE {alias}.{terms} OPERATOR(pg_catalog.&&) {held}"
        )
        having = int(some[0][0])
    shown = [(_value(kind, s, number), int(n)) for kind, s, number, n, _ in rows[:size]]
    return Buckets(shown, int(sum(row[3] for row in rows[size:])), most - int(having), most)


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
