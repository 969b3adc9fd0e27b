"""The objects a search returns, as SQL: one FROM and WHERE for either plan (search.md 1.5, 11.4)."""

from __future__ import annotations

from dataclasses import dataclass

from treadle.flyql.ast import And, Having, Node, terms
from treadle.flyql.entities import COLLECTION
from treadle.flyql.evaluate import row_level
from treadle.server.search.query.compile import Compiler, key_of
from treadle.server.search.query.condition import ALWAYS, NEVER, Condition, all_of
from treadle.server.search.query.frame import Frame
from treadle.server.search.query.free_text import covering

FEW_ROWS = 5_000  # up to here, a search starts from the terms


@dataclass(frozen=True)
class Matches:
    """Rows `r` of the returned level: `gin` finds all of them, `walk` tests one after the other."""

    level: str
    gin: str
    walk: str
    about: float  # rows of the lowest level, estimated
    least: float = 0.0  # a bound of the returned rows, as sure as the counts of the index are fresh
    nothing: bool = False
    within: frozenset[int] | None = None  # projects outside of which there are none, where known

    @property
    def table(self) -> str:
        return f"search_{self.level} r"


async def matches(frame: Frame, tree: Node | None, level: str, free_text: str | None) -> Matches:
    """What a tree and the words of a search box find."""
    row = row_level(tree, level)
    text = await covering(frame, level, free_text) if free_text and free_text.split() else ALWAYS
    readable = frame.readable(level, "r")
    if row == level:
        found = await Compiler(frame, row, level, "r").condition(tree, text) if tree else ALWAYS
        both = all_of([found, text])
        total = await frame.total(row)
        gin, walk = f"{readable} AND ({both.gin})", f"{readable} AND ({both.walk})"
        about, least = both.share * total, both.least * total
        return Matches(level, gin, walk, about, least, nothing=both is NEVER, within=both.within)
    above, below = _divided(tree, level)
    if above:
        here = [await Compiler(frame, level, level, "r").condition(above, text), text]
        text = all_of(here)
    found = await Compiler(frame, row, level, "x").condition(below) if below else ALWAYS
    about = found.share * text.share * await frame.total(row)
    source = f"FROM search_{row} x WHERE {frame.readable(row, 'x')}"
    if level == COLLECTION:
        sql = f"r.doc IN ({_collections(row, source, found)})"
        return Matches(level, f"{readable} AND {sql} AND ({text.gin})", "", 0.0, nothing=found is NEVER)
    key = key_of(level, row, "x")
    all_rows = f"r.doc IN (SELECT {key} {source} AND {key} IS NOT NULL AND ({found.gin}))"
    one_row = f"EXISTS (SELECT {source} AND {key} = r.doc AND ({found.walk}))"
    return Matches(
        level,
        f"{readable} AND {all_rows} AND ({text.gin})",
        f"{readable} AND {one_row} AND ({text.walk})",
        about,
        nothing=found is NEVER or text is NEVER,
        within=all_of([found, text]).within,
    )


def _divided(tree: Node | None, level: str) -> tuple[Node | None, Node | None]:
    """The part of a conjunction that speaks of the returned object and what is above it, and the rest."""
    if not isinstance(tree, And) or level == COLLECTION:
        return None, tree
    above = [arg for arg in tree.args if _speaks_of(arg, level)]
    below = [arg for arg in tree.args if arg not in above]
    return _and(above), _and(below)


def _and(args: list[Node]) -> Node | None:
    if len(args) < 2:
        return args[0] if args else None
    return And(tuple(args))


def _speaks_of(node: Node, level: str) -> bool:
    entities = {None if isinstance(term, Having) else term.field.entity for term in terms(node, inside=False)}
    return all(
        entity and entity != COLLECTION and key_of(entity, level, "r") is not None for entity in entities
    )


def _collections(row: str, source: str, found: Condition) -> str:
    """SQL: keys of the collections that hold a matching row."""
    held = {
        "acquisition": f"a.doc IN (SELECT x.doc {source} AND ({found.gin}))",
        "session": f"a.session IN (SELECT x.doc {source} AND ({found.gin}))",
    }.get(row, f"a.doc IN (SELECT x.acquisition {source} AND ({found.gin}))")
    return (
        "SELECT hashtextextended(m.collection_id, 0) FROM collection_member m "
        f"JOIN search_acquisition a ON a.doc = hashtextextended(m.acquisition_id, 0) WHERE {held}"
    )
