"""Rows read one by one: what the index cannot decide, within the rows that the other terms leave (search.md 11.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    where = all_of([found.scan, beside])
    rows = await frame.rows(
        f"SELECT {alias}.doc, {alias}.oid FROM search_{level} {alias} "
        f"WHERE {frame.readable(level, alias)} AND ({where.gin}) LIMIT {MOST_ROWS + 1}"
    )
    if len(rows) > MOST_ROWS:
        raise NarrowTheSearch(f"Narrow the search: {term.field} supports only = here.")
    test = test_of(term, frame.clock)
    kept: list[int] = []
    for chunk in _chunks(rows):
        keys = {oid: doc for doc, oid in chunk}
        frame.parameters["oids"] = list(keys)
        documents = await frame.rows(
            f"SELECT oid, document FROM search_document WHERE level = '{level}' AND oid = ANY(%(oids)s::text[])"
        )
        kept += [keys[oid] for oid, document in documents if test(searched(level, document))]
    if not kept:
        return NEVER
    share = len(kept) / await frame.total(level)
    return plain(f"{alias}.doc = ANY({array(kept, 'bigint')})", min(1.0, share))


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
