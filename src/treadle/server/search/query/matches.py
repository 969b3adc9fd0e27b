"""The objects a search returns, as SQL: one FROM and WHERE for either plan (search.md 1.5, 11.4)."""

from __future__ import annotations

from dataclasses import dataclass

from treadle.flyql.ast import Node
from treadle.flyql.entities import COLLECTION
from treadle.server.search.query.compile import Compiler, key_of, row_level
from treadle.server.search.query.condition import ALWAYS, NEVER, Condition, all_of
from treadle.server.search.query.frame import Frame
from treadle.server.search.query.free_text import covering

FEW_ROWS = 30_000  # up to here, a search starts from the terms


@dataclass(frozen=True)
class Matches:
    """Rows `r` of the returned level: `gin` finds all of them, `walk` tests one after the other."""

    level: str
    gin: str
    walk: str
    about: float  # rows of the lowest level, estimated
    nothing: bool = False

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
        about = both.share * await frame.total(row)
        return Matches(
            level, f"{readable} AND {both.gin}", f"{readable} AND {both.walk}", about, both is NEVER
        )
    found = await Compiler(frame, row, level, "x").condition(tree) if tree else ALWAYS
    about = found.share * text.share * await frame.total(row)
    source = f"FROM search_{row} x WHERE {frame.readable(row, 'x')}"
    if level == COLLECTION:
        sql = f"r.doc IN ({_collections(row, source, found)})"
        return Matches(level, f"{readable} AND {sql} AND {text.gin}", "", 0.0, found is NEVER)
    key = key_of(level, row, "x")
    all_rows = f"r.doc IN (SELECT {key} {source} AND {key} IS NOT NULL AND ({found.gin}))"
    one_row = f"EXISTS (SELECT {source} AND {key} = r.doc AND ({found.walk}))"
    return Matches(
        level,
        f"{readable} AND {all_rows} AND ({text.gin})",
        f"{readable} AND {one_row} AND ({text.walk})",
        about,
        found is NEVER or text is NEVER,
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
