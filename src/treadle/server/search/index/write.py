"""Objects into the index: documents read, flattened, numbered, stored; one statement per level and batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, LiteralString

import psycopg

from treadle.flyql.leaves import searched
from treadle.server.search.index.dictionary import Dictionary, Key, PathNode
from treadle.server.search.index.tables import ABOVE
from treadle.server.search.index.terms import LETTERS, Kind, Word, hashed, native, number_word

# Whose terms facets count (search.md 4.4); `classification.X` is covered by the list of all its values.
FACETS: Mapping[str, frozenset[str]] = {
    "subject": frozenset(
        {"sex", "code", "cohort", "species", "type", "race", "ethnicity", "strain", "mlset", "tags"}
    ),
    "session": frozenset({"tags", "operator", "satisfies_template"}),
    "acquisition": frozenset({"label", "tags"}),
    "analysis": frozenset({"gear_info.name", "gear_info.version", "job.state", "tags", "label", "user"}),
    "file": frozenset(
        {
            "type",
            "modality",
            "mimetype",
            "classification_list",
            "tags",
            "gear_info.name",
            "origin.type",
            "parent.type",
        }
    ),
    "project": frozenset({"label", "group", "tags"}),
}

_KINDS = {letter: int(kind) for letter, kind in LETTERS.items()}
_HASHED, _FRACTION, _MANY = int(Kind.HASHED | Kind.LONG), int(Kind.FRACTION), int(Kind.MANY)


@dataclass(frozen=True)
class Loaded:
    """An object to be indexed."""

    level: str
    oid: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Computed:
    """What the index holds of an object."""

    level: str
    oid: str
    shape: int
    facets: set[int]
    terms: set[int]
    dates: set[int]


async def compute(dictionary: Dictionary, objects: Sequence[Loaded]) -> list[Computed]:
    """The terms of these objects; new paths and values get their numbers."""
    flat = [Flat(item, dictionary.roots[item.level]) for item in objects]
    await dictionary.number_paths(
        (one.level, node, kinds) for one in flat for node, kinds in one.kinds.items()
    )
    numbers = await dictionary.number_terms({key for one in flat for key in one.wanted()})
    found = []
    for one in flat:
        terms, facets, dates = one.terms(numbers)
        path_ids = tuple(sorted(node.path_id for node in one.kinds if node.path_id is not None))
        shape = await dictionary.number_shape(path_ids)
        found.append(Computed(one.level, one.oid, shape, facets, terms, dates))
    return found


async def store(
    driver: psycopg.AsyncConnection[Any], dictionary: Dictionary, objects: Sequence[Loaded]
) -> None:
    """Write the index rows of these objects in the driver's transaction."""
    rows: dict[str, list[tuple[str, int, str, str, str | None]]] = defaultdict(list)
    for one in await compute(dictionary, objects):
        dates = _array(one.dates) if one.dates else None
        rows[one.level].append((one.oid, one.shape, _array(one.facets), _array(one.terms), dates))
    for level, batch in rows.items():
        batch.sort(key=itemgetter(0))  # rows are locked in this order, whoever writes
        columns = [list(column) for column in zip(*batch, strict=True)]
        await driver.execute(_STORE[level], columns, prepare=True)


class Flat:
    """The values of one document by path."""

    __slots__ = ("_facets", "_hashed", "_words", "kinds", "level", "oid")

    def __init__(self, item: Loaded, root: PathNode) -> None:
        self.level, self.oid = item.level, item.oid
        self.kinds: dict[PathNode, int] = {}
        self._words: list[tuple[PathNode, Word]] = []
        self._hashed: list[tuple[PathNode, str]] = []
        self._facets = FACETS.get(item.level, frozenset())
        skipped = native(item.level)
        for key, value in searched(item.level, item.document).items():
            if key not in skipped:
                self._add(root.at(key), value)

    def _add(self, node: PathNode, value: Any) -> None:
        if isinstance(value, str):
            if value:
                found, kinds = node.read(value)
                self._words += found
                self._met(node, kinds)
                if kinds & _HASHED:
                    self._hashed.append((node, value))
        elif isinstance(value, dict):
            below = node.below
            for key, inner in value.items():
                self._add(below.get(key) or node.at(key), inner)
        elif isinstance(value, list):
            for item in value:
                self._add(node, item)
        elif value is not None:
            word = ("t", float(value)) if isinstance(value, bool) else number_word(float(value))
            self._words.append((node, word))
            fraction = _FRACTION if isinstance(value, float) and not value.is_integer() else 0
            self._met(node, _KINDS[word[0]] | fraction)

    def _met(self, node: PathNode, kinds: int) -> None:
        before = self.kinds.get(node)
        self.kinds[node] = kinds if before is None else before | kinds | _MANY

    def wanted(self) -> Iterable[Key]:
        """The words, once the paths have numbers."""
        return ((node.path_id or 0, word) for node, word in self._words)

    def terms(self, numbers: Mapping[Key, int]) -> tuple[set[int], set[int], set[int]]:
        """The numbers of all terms, of those that facets count, and of dates: their texts and days."""
        terms, facets, dates = set[int](), set[int](), set[int]()
        before = 0
        for node, word in self._words:
            number = numbers[node.path_id or 0, word]
            terms.add(number)
            if node.path in self._facets:
                facets.add(number)
            if word[0] == "d":
                dates |= {number, before}
            before = number  # a day follows its text
        terms.update(hashed(node.path_id or 0, value) for node, value in self._hashed)
        return terms, facets, dates


def _array(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, sorted(numbers)))}}}"


def _statement(level: str) -> LiteralString:
    """Insert or replace the rows of a level, and note for the counts what came and what left."""
    source: dict[str, str] = {"created": "r.created_at", "modified": "r.modified_at"}
    for column in ABOVE[level]:
        name = "group" if column == "grp" else column
        source[column] = f"hashtextextended(r.{name}_id, 0)"
    if level in ("session", "acquisition"):
        source["ts"] = "r.timestamp"
    if level == "file":
        source["size"] = "r.size"
    table, catalog = f"search_{level}", "file" if level == "file" else "container"
    live = "r.is_current AND r.deleted_at IS NULL" if level == "file" else "r.deleted_at IS NULL"
    given = {"shape": "x.shape", **{name: f"x.{name}::int[]" for name in ("f", "t", "dates")}}
    source = {"doc": "hashtextextended(x.oid, 0)", "oid": "x.oid", **source, **given}
    names, values = list(source), source.values()
    changed = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    project = "project" if "project" in source else "NULL::bigint"
    return f"""
WITH x AS (SELECT * FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::text[])
    AS x (oid, shape, f, t, dates)),
  old AS (SELECT doc, {project} AS project, shape, t FROM {table}
    WHERE doc IN (SELECT hashtextextended(oid, 0) FROM x)),
  new AS (INSERT INTO {table} ({", ".join(names)})
    SELECT {", ".join(values)} FROM x JOIN {catalog} r ON r.id = x.oid WHERE {live}
    ON CONFLICT (doc) DO UPDATE SET {changed} RETURNING doc, {project} AS project, shape, t)
INSERT INTO search_change (project, shape, t, d)
SELECT old.project, old.shape, old.t, -1 FROM old JOIN new USING (doc)
  WHERE (old.project, old.t) IS DISTINCT FROM (new.project, new.t)
UNION ALL SELECT new.project, new.shape, new.t, 1 FROM new LEFT JOIN old USING (doc)
  WHERE old.doc IS NULL OR (old.project, old.t) IS DISTINCT FROM (new.project, new.t)"""


_STORE = {level: _statement(level) for level in ABOVE}
