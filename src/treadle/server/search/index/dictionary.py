"""The dictionary of paths, distinct values and shapes: looked up in memory first, then in PostgreSQL.

New entries are committed at once on a connection of their own: a number in memory is never one that was rolled back,
and transactions that meet the same new value do not wait for each other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from treadle.flyql.predicate import fold
from treadle.server.search.index.tables import LEVELS
from treadle.server.search.index.terms import ANY_DATE, MAX_TEXT, Word, day_of, grams, kinds_of_text, words
from treadle.server.store.check import plain_url

KEEP_TERMS = 200_000
_KEEP_SHAPES = 20_000
_KEEP_TEXTS = 1_000  # of a path

Key = tuple[int, Word]  # a word at a path

_FIND_TERMS = """
SELECT w.at, t.term_id FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::float8[])
  AS w (at, path_id, kind, s, n) JOIN search_term t ON t.path_id = w.path_id AND t.kind = 's' AND t.s = w.s
  WHERE w.kind = 's'
UNION ALL
SELECT w.at, t.term_id FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::float8[])
  AS w (at, path_id, kind, s, n) JOIN search_term t ON t.path_id = w.path_id AND t.kind = w.kind AND t.kind <> 's'
  AND t.n = w.n WHERE w.kind <> 's'"""
_ADD_TERMS = """
INSERT INTO search_term (path_id, kind, s, low, n, g)
SELECT path_id, kind, s, low, n, g::int[]
  FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::text[])
  AS w (path_id, kind, s, low, n, g) ORDER BY path_id, kind, s, n ON CONFLICT DO NOTHING"""


class PathNode:
    """One key below another; `path_id` is known once a value was met here."""

    __slots__ = ("below", "keys", "kinds", "path", "path_id", "texts")

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.path = ".".join(keys)
        self.below: dict[str, PathNode] = {}
        self.path_id: int | None = None
        self.kinds = 0  # bits of Kind
        self.texts: dict[str, tuple[tuple[tuple[PathNode, Word], ...], int]] = {}

    def at(self, key: str) -> PathNode:
        """The node of a key below."""
        found = self.below.get(key)
        if found is None:
            found = self.below[key] = PathNode((*self.keys, key))
        return found

    def read(self, text: str) -> tuple[tuple[tuple[PathNode, Word], ...], int]:
        """The words of a text here, and their kinds; texts recur."""
        found = self.texts.get(text)
        if found is None:
            if len(self.texts) >= _KEEP_TEXTS:
                self.texts.clear()
            found = tuple((self, word) for word in words(self.path, text)), kinds_of_text(self.path, text)
            if len(text) <= MAX_TEXT:
                self.texts[text] = found
        return found


@dataclass
class Dictionary:
    """What one process knows of the dictionary."""

    database_url: str
    roots: dict[str, PathNode] = field(default_factory=lambda: {level: PathNode(()) for level in LEVELS})
    terms: dict[Key, int] = field(default_factory=dict)
    shapes: dict[tuple[int, ...], int] = field(default_factory=dict)
    _connection: psycopg.AsyncConnection[Any] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _ready(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                plain_url(self.database_url),
                autocommit=True,
                application_name="treadle index",
                connect_timeout=10,
            )
        return self._connection

    async def number_paths(self, seen: Iterable[tuple[str, PathNode, int]]) -> None:
        """See to it that these paths have numbers, and that what occurs there is noted."""
        new: dict[PathNode, tuple[str, int]] = {}
        for level, node, kinds in seen:
            if node.path_id is None or kinds & ~node.kinds:
                new[node] = level, kinds | (new[node][1] if node in new else 0)
        if not new:
            return
        async with self._turn:
            connection = await self._ready()
            for node, (level, kinds) in sorted(new.items(), key=lambda item: (item[1][0], item[0].keys)):
                row = await connection.execute(
                    "INSERT INTO search_path AS p (entity, path, keys, kinds) VALUES (%s, %s, %s, %s) "
                    "ON CONFLICT (entity, keys) DO UPDATE SET kinds = p.kinds | excluded.kinds "
                    "RETURNING path_id, kinds",
                    (LEVELS.index(level), node.path, list(node.keys), kinds),
                )
                node.path_id, node.kinds = await row.fetchone()  # type: ignore[misc]

    async def number_terms(self, keys: Collection[Key]) -> dict[Key, int]:
        """The numbers of these words; new ones get one."""
        known = self.terms
        found = {key: number for key in keys if (number := known.get(key)) is not None}
        missing = [key for key in keys if key not in found]
        if missing:
            async with self._turn:
                connection = await self._ready()
                fresh = await _find(connection, missing)
                new = [key for key in missing if key not in fresh]
                if new:
                    await connection.execute(_ADD_TERMS, _columns(new))
                    fresh |= await _find(connection, new)
            found |= fresh
            known |= fresh
            if len(known) > KEEP_TERMS:
                for old in list(known)[: KEEP_TERMS // 4]:
                    del known[old]
        return found

    async def number_shape(self, path_ids: tuple[int, ...]) -> int:
        """The number of a set of paths (sorted)."""
        found = self.shapes.get(path_ids)
        if found is not None:
            return found
        digest = hashlib.sha256(repr(path_ids).encode()).digest()[:16]
        async with self._turn:
            connection = await self._ready()
            for _ in range(2):
                row = await connection.execute(
                    "WITH made AS (INSERT INTO search_shape (path_ids, hash) SELECT %(ids)s, %(hash)s "
                    "WHERE NOT EXISTS (SELECT FROM search_shape WHERE hash = %(hash)s) "
                    "ON CONFLICT DO NOTHING RETURNING shape_id) "
                    "SELECT shape_id FROM made UNION ALL SELECT shape_id FROM search_shape WHERE hash = %(hash)s",
                    {"ids": list(path_ids), "hash": digest},
                )
                made = await row.fetchone()
                if made is not None:
                    break
        if made is None:
            raise RuntimeError("a shape was neither found nor made")
        if len(self.shapes) > _KEEP_SHAPES:
            self.shapes.clear()
        self.shapes[path_ids] = made[0]
        return int(made[0])


async def _find(connection: psycopg.AsyncConnection[Any], keys: Sequence[Key]) -> dict[Key, int]:
    columns = (
        list(range(len(keys))),
        [path_id for path_id, _ in keys],
        [kind for _, (kind, _) in keys],
        [value if kind == "s" else None for _, (kind, value) in keys],
        [None if kind == "s" else value for _, (kind, value) in keys],
    )
    rows = await connection.execute(_FIND_TERMS, columns * 2)
    return {keys[at]: number for at, number in await rows.fetchall()}


def _columns(keys: Sequence[Key]) -> tuple[list[Any], ...]:
    """The columns of new dictionary rows."""
    rows = [_row(path_id, word) for path_id, word in keys]
    return tuple(list(column) for column in zip(*rows, strict=True))


def _row(path_id: int, word: Word) -> tuple[Any, ...]:
    kind, value = word
    if not isinstance(value, str):
        return path_id, kind, None, None, value, None
    low = fold(value)
    found = ",".join(map(str, grams(low)))
    # Of any text that may be a date: a search checks those of the first and the last day one by one.
    day = day_of(ANY_DATE, value)
    return (
        path_id,
        kind,
        value,
        None if low == value else low,
        day if day is None else float(day),
        f"{{{found}}}",
    )
