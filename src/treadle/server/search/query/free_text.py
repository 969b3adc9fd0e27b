"""The search box: every word occurs in some text of an object or of what is above it (search.md 6)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from treadle.flyql.ast import Compare, Field, Value
from treadle.flyql.entities import COLLECTION
from treadle.flyql.evaluate import UNSEARCHED
from treadle.flyql.leaves import leaves
from treadle.flyql.predicate import fold
from treadle.server.search.index.tables import ABOVE, LEVELS
from treadle.server.search.index.terms import Kind, grams, hashed, is_hashed
from treadle.server.search.query.compile import key_of
from treadle.server.search.query.condition import NEVER, Condition, all_of, any_of, has_terms, plain
from treadle.server.search.query.dictionary import PathRow, carriers
from treadle.server.search.query.frame import Frame, array
from treadle.server.search.query.leaf import again
from treadle.server.search.query.scan import TooMany, documents, of_keys

_UNSEARCHED = str(UNSEARCHED)
_MOST_LONG = 2_000  # objects with long texts that are read; more would take longer than anybody waits


@dataclass
class Word:
    """What a word occurs in: by level, terms that contain it, and paths where its hash may stand for it."""

    text: str
    terms: dict[str, list[int]] = field(default_factory=dict)
    paths: dict[str, list[PathRow]] = field(default_factory=dict)
    long: dict[str, list[int]] = field(default_factory=dict)  # keys of rows with a long text that contains it

    def is_at(self, level: str) -> bool:
        """Whether some object of the level may have it."""
        return level in self.terms or level in self.paths or level in self.long


async def covering(frame: Frame, level: str, text: str) -> Condition:
    """Rows `r` of a level that, or something below which, cover the text."""
    words = [await _read(frame, word) for word in sorted(set(fold(text).split()))]
    await _read_long(frame, words)
    parts = []
    for row in LEVELS:
        # Where no word occurs in a row itself, what is above it covers as much.
        if any(word.is_at(row) for word in words) and (row == level or key_of(level, row, "w") is not None):
            parts.append(await _covering_at(frame, level, row, words))
    above = await _covering_at(frame, level, level, words)
    return any_of([above, *parts])


async def _read(frame: Frame, word: str) -> Word:
    condition = f"strpos(coalesce(t.low, t.s), {frame.bind(word)}) > 0"
    wanted = grams(word)
    if wanted:
        condition = f"t.g OPERATOR(pg_catalog.@>) {array(wanted)} AND {condition}"
    rows = await frame.rows(
        "SELECT p.entity, t.term_id FROM search_term t JOIN search_path p USING (path_id) "
        f"WHERE t.kind = 's' AND {condition} AND p.keys[cardinality(p.keys)] NOT IN {_UNSEARCHED}"
    )
    found = Word(word)
    for entity, number in rows:
        found.terms.setdefault(LEVELS[entity], []).append(number)
    whole = await frame.rows(
        "SELECT entity, path_id, path, keys, kinds FROM search_path "
        f"WHERE kinds & {int(Kind.HASHED | Kind.LONG)} <> 0 AND keys[cardinality(keys)] NOT IN {_UNSEARCHED}"
    )
    for entity, path_id, path, keys, kinds in whole:
        if is_hashed(path, word):
            row = PathRow(path_id, path, tuple(keys), Kind(kinds))
            found.paths.setdefault(LEVELS[entity], []).append(row)
    return found


async def _read_long(frame: Frame, words: list[Word]) -> None:
    """Look for the words in texts too long for the dictionary, on levels where few enough objects have such."""
    marks = await frame.rows(
        "SELECT p.entity, array_agg(t.term_id) FROM search_term t JOIN search_path p USING (path_id) "
        f"WHERE t.kind = 'l' AND p.keys[cardinality(p.keys)] NOT IN {_UNSEARCHED} GROUP BY p.entity"
    )
    for entity, terms in marks:
        level = LEVELS[entity]
        with suppress(TooMany):
            async for key, document in documents(frame, level, "d", has_terms("d", terms, 1.0), _MOST_LONG):
                texts = [
                    fold(value)
                    for path, value in leaves(document)
                    if isinstance(value, str)
                    and is_hashed(path, value)
                    and path.rpartition(".")[2] not in UNSEARCHED
                ]
                for word in words:
                    if any(word.text in text for text in texts):
                        word.long.setdefault(level, []).append(key)


async def _covering_at(frame: Frame, level: str, row: str, words: list[Word]) -> Condition:
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


async def _has(frame: Frame, row: str, alias: str, level: str, word: Word) -> Condition:
    """Rows bound to an object of a level that has the word."""
    if level == row:
        return await _holds(frame, level, alias, word)
    key, name = key_of(level, row, alias), f"{alias}_{level}"
    inner = await _holds(frame, level, name, word)
    if inner is NEVER:
        return NEVER
    objects = f"SELECT {name}.doc FROM search_{level} {name} WHERE {inner.gin}"
    return plain(f"{key} IS NOT NULL AND {key} IN ({objects})", inner.share)


async def _holds(frame: Frame, level: str, alias: str, word: Word) -> Condition:
    terms, paths = word.terms.get(level, []), word.paths.get(level, [])
    parts = []
    if terms:
        readable = await frame.total(level)
        about, within = await carriers(frame, level, terms) if ABOVE[level] else (0.1 * readable, None)
        parts.append(has_terms(alias, terms, min(1.0, about / readable), within=within))
    if paths:
        exactly = Compare("=", Field(level, ""), Value(word.text, quoted=True))
        hashes = has_terms(
            alias, [hashed(path.path_id, word.text) for path in paths], 1 / await frame.total(level)
        )
        parts.append(all_of([hashes, again(frame, level, alias, exactly, paths)]))
    if level in word.long:
        parts.append(await of_keys(frame, level, alias, word.long[level]))
    return any_of(parts)
