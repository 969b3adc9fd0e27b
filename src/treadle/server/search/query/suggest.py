"""Type-ahead: fields and values that occur in projects the caller may read, the frequent ones first (search.md 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.flyql.ast import Field
from treadle.flyql.entities import CORE_FIELDS, is_suggested
from treadle.flyql.entities import LEVELS as ENTITIES
from treadle.flyql.literals import Clock
from treadle.flyql.parser import parse_field
from treadle.flyql.predicate import fold
from treadle.server.kit.clock import now
from treadle.server.search.index.tables import LEVELS
from treadle.server.search.index.terms import Kind, grams
from treadle.server.search.query.dictionary import find_paths
from treadle.server.search.query.frame import Frame, array, frame
from treadle.server.search.query.natives import column
from treadle.server.search.query.scope import Scope

_FEW_VALUES, _MOST_OF_ALL = 15, 0.85
_MANY_VALUES = 200  # a field of more is no facet, however many objects have the same ones
_NEVER_A_FACET = Kind.HASHED | Kind.LONG | Kind.BUCKET
_LOOKED_AT = 1_000  # values with a short text in them


@dataclass(frozen=True)
class FieldHit:
    """A field, the type of most of its values, whether it does as a facet, and how many objects have it."""

    name: str
    type: str
    facet: bool
    count: int


@dataclass(frozen=True)
class _Row:
    """A field as it is found: what it is called in the answer, its full name, bits of Kind, objects, paths."""

    key: str
    field: str
    kinds: int
    n: int
    path_ids: list[int]

    @property
    def type(self) -> str:
        """The type of most of its values."""
        kind = Kind(max(self.kinds, 0))
        if kind & Kind.DAY or self.kinds < 0:
            return "date"
        if kind & (Kind.TEXT | Kind.HASHED | Kind.LONG):
            return "string"
        if kind & Kind.BOOLEAN:
            return "boolean"
        return "float" if kind & Kind.FRACTION else "integer"


@dataclass(frozen=True)
class ValueHit:
    """A value and how many objects have it."""

    value: str
    type: str
    count: int


async def suggest_fields(
    connection: AsyncConnection, text: str, scope: Scope, *, limit: int = 15
) -> list[FieldHit]:
    """Fields whose name begins with the text, or one of whose keys does, or that contain it."""
    async with frame(connection, scope, Clock(now())) as inside:
        needle = inside.bind(text.lower())
        rows = await inside.rows(
            f"SELECT name, kinds, n, path_ids FROM ({all_fields(inside)}) q WHERE strpos(lower(name), {needle}) > 0 "
            f"ORDER BY CASE WHEN starts_with(lower(name), {needle}) THEN 0 "
            f"WHEN strpos('.' || lower(name), '.' || {needle}) > 0 THEN 1 ELSE 2 END, n DESC, name LIMIT {limit * 2}"
        )
        shown = [row for row in rows if is_suggested(row[0].partition(".")[2])][:limit]
        return await _hits_of(inside, [_Row(row[0], *row) for row in shown])


async def children(connection: AsyncConnection, path: str, scope: Scope) -> list[FieldHit]:
    """The keys right below a path; the entities below the empty one. Those with more below are of type object."""
    if not path:
        return [FieldHit(entity, "object", facet=False, count=0) for entity in ENTITIES]
    async with frame(connection, scope, Clock(now())) as inside:
        start = inside.bind(f"{path.rstrip('.')}.")
        rows = await inside.rows(
            f"SELECT split_part(substr(name, length({start}) + 1), '.', 1) AS key, "
            f"bool_or(strpos(substr(name, length({start}) + 1), '.') > 0), bit_or(kinds), max(n), "
            f"array_agg(path_ids[1]) FROM ({all_fields(inside)}) q WHERE starts_with(name, {start}) "
            "GROUP BY 1 ORDER BY 1"
        )
        objects = {
            key: FieldHit(key, "object", facet=False, count=int(n)) for key, deeper, _, n, _ in rows if deeper
        }
        single = [_Row(row[0], f"{path}.{row[0]}", *row[2:]) for row in rows if not row[1]]
        hits = objects | {hit.name: hit for hit in await _hits_of(inside, single)}
        return [hits[row[0]] for row in rows]


def all_fields(inside: Frame) -> str:
    """SQL: all fields with a value in a readable project; columns of the rows are there for every object."""
    parts = []
    for number, entity in enumerate(LEVELS[:-1]):
        allowed = inside.counted(entity)
        parts.append(
            f"SELECT '{entity}.' || p.path AS name, bit_or(p.kinds) AS kinds, sum(c.n) AS n, "
            f"array_agg(DISTINCT p.path_id) AS path_ids FROM search_path p JOIN search_path_count c USING (path_id) "
            f"WHERE p.entity = {number} AND {allowed} GROUP BY p.path HAVING sum(c.n) > 0"
        )
        first = "name" if entity == "file" else "label"
        named = [name for name in CORE_FIELDS[entity] if column(entity, name) and name != "_id"]
        values = ", ".join(f"('{entity}.{name}', {0 if name == 'size' else -1})" for name in named)
        parts.append(
            f"SELECT v.name, v.kinds, sum(c.n), '{{}}'::int[] FROM (VALUES {values}) v (name, kinds), search_path p "
            f"JOIN search_path_count c USING (path_id) WHERE p.entity = {number} AND p.keys = '{{{first}}}' "
            f"AND {allowed} GROUP BY 1, 2 HAVING sum(c.n) > 0"
        )
    return " UNION ALL ".join(parts)


async def _hits_of(inside: Frame, rows: Sequence[_Row]) -> list[FieldHit]:
    plain = [row for row in rows if row.path_ids and not Kind(row.kinds) & _NEVER_A_FACET]
    facets = await _facets_among(inside, plain)
    return [FieldHit(row.key, row.type, row.field in facets, int(row.n)) for row in rows]


async def _facets_among(inside: Frame, rows: Sequence[_Row]) -> set[str]:
    """Fields of few values, or of which few values cover most objects; one with very many is none."""
    if not rows:
        return set()
    listed = ", ".join(f"({number}, {array(row.path_ids)})" for number, row in enumerate(rows))
    values: dict[int, list[int]] = {number: [] for number in range(len(rows))}
    terms = "SELECT term_id FROM search_term WHERE path_id = ANY(h.ids) AND kind"
    for number, term in await inside.rows(
        f"SELECT number, term_id FROM (VALUES {listed}) h (number, ids), LATERAL "
        f"({terms} = 's' UNION ALL {terms} IN ('n', 't') LIMIT {_MANY_VALUES + 1}) t"  # each has its index
    ):
        values[number].append(term)
    found = {rows[number].field for number, terms in values.items() if len(terms) <= _FEW_VALUES}
    parts = [
        f"SELECT {number}, sum(c.n) AS n FROM search_count c WHERE c.term_id = ANY({array(terms)}) "
        f"AND {inside.counted(rows[number].field.partition('.')[0])} GROUP BY c.term_id"
        for number, terms in values.items()
        if _FEW_VALUES < len(terms) <= _MANY_VALUES
    ]
    counts: dict[int, list[int]] = {}
    for number, n in await inside.rows(f"{' UNION ALL '.join(parts)} ORDER BY n DESC") if parts else []:
        counts.setdefault(number, []).append(int(n))
    covered = {number for number, n in counts.items() if sum(n[:_FEW_VALUES]) > _MOST_OF_ALL * sum(n)}
    return found | {rows[number].field for number in covered}


async def suggest_values(
    connection: AsyncConnection, field: str, text: str, scope: Scope, *, limit: int = 15
) -> list[ValueHit]:
    """Values of a field that contain the text."""
    async with frame(connection, scope, Clock(now())) as inside:
        wanted: Field = parse_field(field)
        paths = await find_paths(inside, wanted.entity, wanted)
        if not paths:
            return []
        hits = _hits(inside, array(path.path_id for path in paths), fold(text))
        rows = await inside.rows(
            f"SELECT h.kind, h.s, h.n, (SELECT sum(c.n) FROM search_count c WHERE c.term_id = h.term_id "
            f"AND {inside.counted(wanted.entity)}) AS found FROM ({hits} LIMIT {_LOOKED_AT}) h "
            f"ORDER BY found DESC NULLS LAST, h.s, h.n LIMIT {limit}"
        )
    return [ValueHit(*_shown(kind, s, n), int(found)) for kind, s, n, found in rows if found and found > 0]


def _hits(inside: Frame, path_ids: str, needle: str) -> str:
    """SQL: values of the paths that contain the text, perhaps found by its 3-grams."""
    hits = f"SELECT term_id, kind, s, n FROM search_term WHERE path_id = ANY({path_ids}) AND kind"
    if not needle:
        return f"{hits} IN ('s', 'n', 't')"
    bound, parts = inside.bind(needle), grams(needle)
    among = f"g OPERATOR(pg_catalog.@>) {array(parts)} AND" if parts else ""
    number = "CASE kind WHEN 'n' THEN n::text WHEN 't' THEN (n = 1)::text END"
    return (
        f"{hits} = 's' AND {among} strpos(coalesce(low, s), {bound}) > 0 "
        f"UNION ALL {hits} IN ('n', 't') AND strpos({number}, {bound}) > 0"
    )


def _shown(kind: str, s: str | None, n: float | None) -> tuple[str, str]:
    if kind == "s":
        return s or "", "string"
    if kind == "t":
        return ("true" if n else "false"), "boolean"
    return (str(int(n)) if n is not None and n == int(n) else str(n)), "number"
