"""One term about the rows of its own level, in its positive sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from treadle.flyql.ast import And, Compare, Element, Exists, Field, In, Is
from treadle.flyql.entities import AGES
from treadle.flyql.literals import read
from treadle.server.search.index.terms import Kind
from treadle.server.search.index.write import FACETS
from treadle.server.search.query import natives
from treadle.server.search.query.condition import NEVER, Condition, all_of, any_of, has_terms, plain
from treadle.server.search.query.dictionary import (
    SUMMED,
    Lookup,
    Meaning,
    PathRow,
    carriers,
    find_below,
    find_paths,
)
from treadle.server.search.query.frame import Frame, array

Leaf = Compare | In | Exists | Is | Element

# In JSON paths: arrays of arrays, which the language does not tell from their values.
ANY_DEPTH = "[*][*]"


@dataclass(frozen=True)
class Found:
    """Rows that satisfy a term surely; `scan` is the condition on those that must be read to know."""

    condition: Condition
    scan: Condition | None = None


def needs_scan(term: Any) -> bool:
    """Whether rows may have to be read one by one, so that the other terms should be looked up first."""
    return isinstance(term, Element) or (
        isinstance(term, Compare) and term.op in ("like", "contains", "=~", "!~", "<", "<=", ">", ">=")
    )


async def of_leaf(frame: Frame, level: str, alias: str, term: Leaf) -> Found:
    """The rows of the term's level."""
    native = natives.of_templates(frame, level, alias, term) or natives.condition(frame, level, alias, term)
    if native is not None:
        return Found(native)
    if isinstance(term, Exists):
        return Found(await _exists(frame, level, alias, term.field))
    if isinstance(term, Element):
        return Found(NEVER, await _may_have_element(frame, level, alias, term))
    rows = await find_paths(frame, level, term.field)
    lookup = Lookup(frame, rows)
    meaning = await (lookup.is_boolean(term.value) if isinstance(term, Is) else lookup.meaning(term))
    sure = await _sure(frame, level, alias, meaning, rows)
    if not isinstance(term, Is) and meaning.edge:
        edges = await _having(frame, level, alias, meaning.edge)
        if any(_is_derived(level, row) for row in rows):
            return Found(sure, edges)
        sure = any_of([sure, all_of([edges, again(frame, level, alias, term, rows)])])
    return Found(sure, await _unknown(frame, level, alias, rows) if meaning.hashed else None)


async def of_span(frame: Frame, level: str, alias: str, limits: Sequence[Compare]) -> Condition | None:
    """Several limits of one field at once; None where an object has several values, which may each keep to another."""
    rows = await find_paths(frame, level, limits[0].field)
    if not rows or any(row.kinds & Kind.MANY or _is_derived(level, row) for row in rows) or len(rows) > 1:
        return None
    meaning = await Lookup(frame, rows).span(limits)
    if meaning is None:
        return None
    found = await _sure(frame, level, alias, meaning, rows)
    if not meaning.edge:
        return found
    edges = await _having(frame, level, alias, meaning.edge)
    return any_of([found, all_of([edges, *(again(frame, level, alias, limit, rows) for limit in limits)])])


async def _sure(frame: Frame, level: str, alias: str, meaning: Meaning, rows: Sequence[PathRow]) -> Condition:
    """Rows with a term that satisfies the leaf for certain."""
    among = "t"
    if all(row.path in FACETS.get(level, ()) for row in rows):
        among = "f"
    elif meaning.sure <= meaning.dates:
        among = "dates"
    counted = _is_counted(meaning.sure, rows)
    return await _having(frame, level, alias, meaning.sure, among=among, counted=counted)


def _is_counted(terms: set[int], rows: Sequence[PathRow]) -> bool:
    """Whether adding up the counts of terms counts no object twice, and leaves none out."""
    return len(terms) == 1 or (len(terms) <= SUMMED and len(rows) == 1 and not rows[0].kinds & Kind.MANY)


def _is_derived(level: str, row: PathRow) -> bool:
    return (level == "session" and row.path in AGES) or row.keys[0] == "roi"


async def _having(
    frame: Frame, level: str, alias: str, terms: set[int], *, among: str = "t", counted: bool = False
) -> Condition:
    """Rows with one of these terms."""
    if not terms:
        return NEVER
    rows, within = await carriers(frame, level, terms)
    share = min(1.0, rows / await frame.total(level))
    return has_terms(alias, [*terms], share, among=among, counted=counted, within=within)


async def _exists(frame: Frame, level: str, alias: str, field: Field) -> Condition:
    return await has_path(frame, level, alias, await find_below(frame, level, field))


async def has_path(frame: Frame, level: str, alias: str, rows: Sequence[PathRow]) -> Condition:
    """Rows with a value at one of these paths."""
    if not rows:
        return NEVER
    ids = array(row.path_id for row in rows)
    found = await frame.rows(
        f"SELECT sum(n) FROM search_path_count c WHERE path_id = ANY({ids}) AND {frame.counted(level)}"
    )
    share = min(1.0, float(found[0][0] or 0) / await frame.total(level))
    shapes = f"SELECT shape_id FROM search_shape WHERE path_ids OPERATOR(pg_catalog.&&) {ids}"
    least, most = (share, share) if len(rows) == 1 else (0.0, 1.0)
    sql = f"{alias}.shape = ANY(ARRAY({shapes}))"
    return Condition(sql, sql, share, least, most)


async def _may_have_element(frame: Frame, level: str, alias: str, term: Element) -> Condition:
    """Rows in which each term of a conjunction is satisfied, though perhaps by different elements."""
    parts = [await _exists(frame, level, alias, term.field)]
    for inner in term.arg.args if isinstance(term.arg, And) else (term.arg,):
        if isinstance(inner, Compare | In | Is) and not (isinstance(inner, Compare) and inner.op[0] == "!"):
            full = Field(level, f"{term.field.path}.{inner.field.path}")
            moved = type(inner)(**{**{name: getattr(inner, name) for name in inner.__slots__}, "field": full})
            found = await of_leaf(frame, level, alias, moved)
            if found.scan is None:
                parts.append(found.condition)
    return all_of(parts)


async def _unknown(frame: Frame, level: str, alias: str, rows: Sequence[PathRow]) -> Condition | None:
    """Rows with values of which the index knows only a hash."""
    hashed = [row for row in rows if row.kinds & Kind.HASHED]
    long = array(row.path_id for row in rows if row.kinds & Kind.LONG)
    marks = await frame.rows(f"SELECT term_id FROM search_term WHERE kind = 'l' AND path_id = ANY({long})")
    marked = {number for (number,) in marks}
    parts = [
        await _having(frame, level, alias, marked),
        await has_path(frame, level, alias, hashed),
    ]
    found = any_of(parts)
    return None if found is NEVER else found


def again(frame: Frame, level: str, alias: str, term: Compare | In, rows: Sequence[PathRow]) -> Condition:
    """The exact comparison, by PostgreSQL on the stored document: values that share a bucket or a hash."""
    literals = [
        read(value, frame.clock) for value in (term.values if isinstance(term, In) else (term.value,))
    ]
    op = "==" if isinstance(term, In) or term.op in ("=", "!=") else term.op
    names: dict[str, Any] = {}
    tests = []
    for literal in literals:
        if op == "==":
            names[f"t{len(names)}"] = literal.text
            tests.append(f"@ == $t{len(names) - 1}")
        if literal.number is not None:
            names[f"n{len(names)}"] = literal.number
            tests.append(f"@ {op} $n{len(names) - 1}")
    values = frame.bind(orjson.dumps(names).decode(), "jsonb")
    checks = []
    for row in rows:
        in_info = row.keys[0] == "info"
        keys = row.keys[1:] if in_info else row.keys
        path = "".join(f".{orjson.dumps(key).decode()}{ANY_DEPTH}" for key in keys)
        bound = frame.bind(f"lax ${path} ? ({' || '.join(tests)})", "jsonpath")
        catalog = "file" if level == "file" else "container"
        source = (
            f"SELECT FROM {catalog} own WHERE own.id = {alias}.oid AND jsonb_path_exists(own.info, {bound}, {values})"
            if in_info
            else f"SELECT FROM search_document own WHERE own.level = '{level}' AND own.oid = {alias}.oid "
            f"AND jsonb_path_exists(own.document, {bound}, {values})"
        )
        checks.append(plain(f"EXISTS ({source})", 0.5))
    return any_of(checks)
