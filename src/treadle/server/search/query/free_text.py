"""The search box: every word occurs in some text of an object or of what is above it (search.md 6)."""

from __future__ import annotations

from treadle.flyql.entities import COLLECTION
from treadle.flyql.predicate import fold
from treadle.server.search.index.tables import ABOVE, LEVELS
from treadle.server.search.index.terms import grams, hashed
from treadle.server.search.query.compile import key_of
from treadle.server.search.query.condition import NEVER, Condition, all_of, any_of, has_terms, plain
from treadle.server.search.query.dictionary import carriers
from treadle.server.search.query.frame import Frame, array

_UNSEARCHED = "('_id', 'id', 'hash')"
Words = list[dict[str, list[int]]]  # of each word: by level, the terms that contain it


async def covering(frame: Frame, level: str, text: str) -> Condition:
    """Rows `r` of a level that, or something below which, cover the text."""
    words: Words = [await _terms(frame, word) for word in sorted(set(fold(text).split()))]
    parts = []
    for row in LEVELS:
        # Where no word occurs in a row itself, what is above it covers as much.
        if any(word.get(row) for word in words) and (row == level or key_of(level, row, "w") is not None):
            parts.append(await _covering_at(frame, level, row, words))
    above = await _covering_at(frame, level, level, words)
    return any_of([above, *parts])


async def _terms(frame: Frame, word: str) -> dict[str, list[int]]:
    condition = f"strpos(coalesce(t.low, t.s), {frame.bind(word)}) > 0"
    wanted = grams(word)
    if wanted:
        condition = f"t.g OPERATOR(pg_catalog.@>) {array(wanted)} AND {condition}"
    rows = await frame.rows(
        "SELECT p.entity, t.term_id FROM search_term t JOIN search_path p USING (path_id) "
        f"WHERE t.kind = 's' AND {condition} AND p.keys[cardinality(p.keys)] NOT IN {_UNSEARCHED}"
    )
    found: dict[str, list[int]] = {}
    for entity, number in rows:
        found.setdefault(LEVELS[entity], []).append(number)
    whole = await frame.rows(
        "SELECT entity, path_id FROM search_path WHERE kinds & 32 <> 0 "
        f"AND keys[cardinality(keys)] NOT IN {_UNSEARCHED}"
    )
    for entity, path_id in whole:
        found.setdefault(LEVELS[entity], []).append(hashed(path_id, word))
    return found


async def _covering_at(frame: Frame, level: str, row: str, words: Words) -> Condition:
    """Rows `r` that are, or are above, a row of this level that covers all words."""
    alias = "r" if row == level else f"w_{row}"
    found = all_of(
        [any_of([await _has(frame, row, alias, at, word) for at in _chain(row)]) for word in words]
    )
    if row == level or found is NEVER:
        return found
    key = key_of(level, row, alias)
    source = f"search_{row} {alias} WHERE {frame.readable(row, alias)}"
    share = min(1.0, found.share * await frame.total(row) / await frame.total(level))
    return Condition(
        f"r.doc IN (SELECT {key} FROM {source} AND {key} IS NOT NULL AND ({found.gin}))",
        f"EXISTS (SELECT FROM {source} AND {key} = r.doc AND ({found.walk}))",
        share,
    )


def _chain(row: str) -> list[str]:
    if row == COLLECTION:
        return [COLLECTION]
    return [
        level
        for level in LEVELS
        if level == row or (level != COLLECTION and key_of(level, row, "") is not None)
    ]


async def _has(frame: Frame, row: str, alias: str, level: str, word: dict[str, list[int]]) -> Condition:
    """Rows bound to an object of a level that has the word."""
    terms = word.get(level, [])
    if not terms:
        return NEVER
    share = min(1.0, await carriers(frame, level, terms) / await frame.total(level)) if ABOVE[level] else 0.1
    if level == row:
        return has_terms(alias, terms, share)
    key, name = key_of(level, row, alias), f"{alias}_{level}"
    inner = has_terms(name, terms, share)
    objects = f"SELECT {name}.doc FROM search_{level} {name} WHERE {inner.gin}"
    return plain(f"{key} IS NOT NULL AND {key} IN ({objects})", share)
