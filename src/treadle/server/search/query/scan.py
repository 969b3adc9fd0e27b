"""Rows read one by one: what the index cannot decide, within the rows that the other terms leave (search.md 11.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from treadle.flyql.ast import Compare, Element, Exists, In, Is
from treadle.flyql.leaves import elements, leaves, paths, searched
from treadle.flyql.literals import Clock
from treadle.flyql.predicate import predicate
from treadle.flyql.truth import holds
from treadle.server.search.errors import NarrowTheSearch
from treadle.server.search.query.condition import NEVER, Condition, all_of, plain
from treadle.server.search.query.frame import Frame, array
from treadle.server.search.query.leaf import Found

MOST_ROWS = 50_000
_CHUNK = 1_000

Test = Callable[[Mapping[str, Any]], bool]


class TooMany(Exception):
    """There are more rows than may be read one by one."""


async def of_scan(
    frame: Frame,
    level: str,
    alias: str,
    term: Compare | In | Exists | Is | Element,
    found: Found,
    beside: Condition,
) -> Condition:
    """The rows whose documents satisfy the term; NarrowTheSearch when there are too many to read."""
    if found.scan is None or found.scan is NEVER:
        return NEVER
    test = test_of(term, frame.clock)
    rows = documents(frame, level, alias, all_of([found.scan, beside]), MOST_ROWS)
    try:
        kept = [key async for key, document in rows if test(document)]
    except TooMany:
        raise NarrowTheSearch(f"Narrow the search: {term.field} supports only = here.") from None
    return await of_keys(frame, level, alias, kept)


async def documents(
    frame: Frame, level: str, alias: str, where: Condition, most: int
) -> AsyncIterator[tuple[int, Mapping[str, Any]]]:
    """Keys and documents of rows; TooMany, before the first, when there are more than so many."""
    rows = await frame.rows(
        f"SELECT {alias}.doc, {alias}.oid FROM search_{level} {alias} "
        f"WHERE {frame.readable(level, alias)} AND ({where.gin}) LIMIT {most + 1}"
    )
    if len(rows) > most:
        raise TooMany
    for chunk in _chunks(rows):
        keys = {oid: doc for doc, oid in chunk}
        frame.parameters["oids"] = list(keys)
        found = await frame.rows(
            f"SELECT oid, document FROM search_document WHERE level = '{level}' AND oid = ANY(%(oids)s::text[])"
        )
        for oid, document in found:
            yield keys[oid], searched(level, document)


async def of_keys(frame: Frame, level: str, alias: str, keys: list[int]) -> Condition:
    """The rows with these keys."""
    if not keys:
        return NEVER
    share = len(keys) / await frame.total(level)
    return plain(f"{alias}.doc = ANY({array(keys, 'bigint')})", min(1.0, share))


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def test_of(term: Compare | In | Exists | Is | Element, clock: Clock) -> Test:
    """Whether a document satisfies the term, in its positive sense."""
    where = paths(term.field)
    if isinstance(term, Element):
        inner = term.arg
        return lambda document: any(
            holds(inner, one, path, clock) for path in where for one in elements(document, path)
        )
    if isinstance(term, Exists):
        raise TypeError("what exists is always known")
    satisfied = predicate(term, clock)
    wanted = frozenset(where)
    return lambda document: any(satisfied(path, value) for path, value in leaves(document) if path in wanted)
