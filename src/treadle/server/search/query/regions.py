"""Regions of interest of measurement sets (`file.roi`): evaluated for each searcher, as readers can be blinded.

They are no terms of the index, so neither counts nor type-ahead nor documents can tell what another reader drew.
So are measurements that older viewers kept in `info` of a session, on files of the series they name.
"""

from __future__ import annotations

from typing import Any

from treadle.flyql.ast import Compare, Element, Exists, In, Is
from treadle.flyql.leaves import SERIES, SERIES_OF_DRAWN, leaves, paths, region
from treadle.server.search.errors import NarrowTheSearch
from treadle.server.search.index.tables import LEVELS
from treadle.server.search.query.condition import NEVER, Condition, plain
from treadle.server.search.query.frame import Frame, array
from treadle.server.search.query.scan import MOST_ROWS, Test, test_of

_ROOT = "roi"
_OLD = "info.ohifViewer.measurements"
_TOOLS = f"strict ${_OLD.removeprefix('info')}.keyvalue()"
_DRAWN = 'strict $ ? (@.value.type() == "array").value[*] ? (@.type() == "object")'


def speaks_of_regions(term: Compare | In | Exists | Is | Element) -> bool:
    """Whether the term is about regions of interest of a file."""
    return any(path == _ROOT or path.startswith(f"{_ROOT}.") for path in paths(term.field))


async def of_regions(frame: Frame, alias: str, term: Compare | In | Exists | Is | Element) -> Condition:
    """The files on which the searcher may see a region that satisfies the term."""
    rows = await frame.rows(
        "SELECT x.doc, jsonb_agg(r.element) FROM search_roi r JOIN search_file x ON x.oid = r.file_version_id "
        f"WHERE {frame.readable('file', 'x')} AND {_seen(frame)} GROUP BY x.doc LIMIT {MOST_ROWS + 1}"
    )
    rows += await _left_at_sessions(frame)
    if len(rows) > MOST_ROWS:
        raise NarrowTheSearch("Regions of interest are on too many files; search in fewer projects.")
    satisfied = _exists(term) if isinstance(term, Exists) else test_of(term, frame.clock)
    kept = [doc for doc, elements in rows if satisfied({_ROOT: elements})]
    if not kept:
        return NEVER
    share = len(kept) / await frame.total("file")
    return plain(f"{alias}.doc = ANY({array(kept, 'bigint')})", min(1.0, share))


async def _left_at_sessions(frame: Frame) -> list[Any]:
    """Keys of files with the regions that older viewers kept at their session."""
    series = ", ".join(f"m->>'{name}'" for name in SERIES_OF_DRAWN)
    rows = await frame.rows(
        "SELECT x.doc, jsonb_agg(jsonb_build_array(tool->>'key', m - 'handles')) FROM search_session s "
        f"JOIN container c ON c.id = s.oid, jsonb_path_query(c.info, '{_TOOLS}', silent => true) tool, "
        f"jsonb_path_query(tool, '{_DRAWN}') m, search_file x JOIN file f ON f.id = x.oid "
        "WHERE s.shape IN (SELECT h.shape_id FROM search_shape h JOIN search_path p ON p.path_id = ANY(h.path_ids) "
        f"WHERE p.entity = {LEVELS.index('session')} AND starts_with(p.path, '{_OLD}.')) "
        f"AND x.session = s.doc AND {frame.readable('file', 'x')} "
        f"AND f.info #>> '{{{SERIES.replace('.', ',')}}}' IN ({series}) GROUP BY x.doc LIMIT {MOST_ROWS + 1}"
    )
    return [(doc, [region(tool, drawn) for tool, drawn in old]) for doc, old in rows]


def _seen(frame: Frame) -> str:
    """SQL: one's own regions, and others' where they are shown."""
    projects = frame.projects["region"]
    if projects is None:
        return "true"
    return f"(r.reader = {frame.bind(frame.scope.person)} OR x.project = ANY({array(projects, 'bigint')}))"


def _exists(term: Exists) -> Test:
    wanted = paths(term.field)
    return lambda document: any(
        where == path or where.startswith(f"{path}.") for where, _ in leaves(document) for path in wanted
    )
