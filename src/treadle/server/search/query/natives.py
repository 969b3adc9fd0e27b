"""Terms about what is a column of the index rows, ids, times, sizes, or known from a row above."""

from __future__ import annotations

from treadle.flyql.ast import Compare, Element, Exists, In, Is
from treadle.flyql.like import compile_like
from treadle.flyql.literals import Literal, read
from treadle.flyql.regex import compile_regex
from treadle.server.search.index.tables import LEVELS
from treadle.server.search.query.condition import NEVER, Condition, any_of, plain
from treadle.server.search.query.frame import Frame

_COLUMNS = {"created": "created", "modified": "modified"}
_TIMED = ("session", "acquisition")
_SHARE = {"=": 0.01, "in": 0.05}
_TEMPLATED = (
    "SELECT p.doc FROM search_project p JOIN search_shape ON shape_id = p.shape WHERE path_ids OPERATOR(pg_catalog.&&) "
    f"ARRAY(SELECT path_id FROM search_path WHERE entity = {LEVELS.index('project')} AND path ^@ 'templates')"
)


def column(level: str, path: str) -> str | None:
    """The column that holds a path of a level."""
    if path in ("_id", "id"):
        return "oid"
    if path == "timestamp" and level in _TIMED:
        return "ts"
    if path == "size" and level == "file":
        return "size"
    return _COLUMNS.get(path)


def condition(
    frame: Frame, level: str, alias: str, term: Compare | In | Exists | Is | Element
) -> Condition | None:
    """The condition of a term on a column; None when its field is none."""
    name = column(level, term.field.path)
    if name is None:
        return None
    held = f"{alias}.{name}"
    if isinstance(term, Is | Element):
        return NEVER
    if isinstance(term, Exists):
        return plain(f"{held} IS NOT NULL", 1.0)
    if name == "oid":
        return _of_id(frame, alias, term)
    values = term.values if isinstance(term, In) else (term.value,)
    op = "=" if isinstance(term, In) or term.op == "!=" else term.op
    if op in ("like", "contains", "=~", "!~"):
        return NEVER
    of_one = _of_size if name == "size" else _of_time
    return any_of([of_one(frame, held, op, read(value, frame.clock)) for value in values])


def of_templates(
    frame: Frame, level: str, alias: str, term: Compare | In | Exists | Is | Element
) -> Condition | None:
    """Whether a session's project has templates, which its own document does not say; None of other fields."""
    if (level, term.field.path) != ("session", "project_has_template"):
        return None
    wanted: list[bool | None] = []
    match term:
        case Exists():
            wanted = [True, False]
        case Is(value=value):
            wanted = [value]
        case In(values=values):
            wanted = [read(value, frame.clock).boolean for value in values]
        case Compare(op="=" | "!=", value=one):
            wanted = [read(one, frame.clock).boolean]
    has = plain(f"{alias}.project IN ({_TEMPLATED})", 0.5)
    return any_of([has if value else ~has for value in wanted if value is not None])


def _of_id(frame: Frame, alias: str, term: Compare | In) -> Condition:
    values = [value.text for value in (term.values if isinstance(term, In) else (term.value,))]
    if isinstance(term, In) or term.op in ("=", "!="):
        bound = frame.bind(values, "text[]")
        keys = f"SELECT hashtextextended(v, 0) FROM unnest({bound}) v"
        return plain(f"{alias}.doc = ANY(ARRAY({keys})) AND {alias}.oid = ANY({bound})", 1e-6 * len(values))
    text = term.value.text
    match term.op:
        case "like":
            return plain(f"{alias}.oid ~ {frame.bind(compile_like(text).postgres)}", 0.1)
        case "=~" | "!~":
            return plain(f"{alias}.oid ~ {frame.bind(compile_regex(text).postgres)}", 0.1)
        case "contains":
            return plain(f"strpos(lower({alias}.oid), {frame.bind(text.casefold())}) > 0", 0.1)
    literal = read(term.value, frame.clock)
    if literal.number is not None or literal.boolean is not None or (literal.interval and not literal.quoted):
        return NEVER
    return plain(f'{alias}.oid COLLATE "C" {term.op} {frame.bind(text)}', 0.3)


def _of_size(frame: Frame, held: str, op: str, literal: Literal) -> Condition:
    if literal.number is None:
        return NEVER
    share = _SHARE.get(op, 0.3)
    return plain(f"{held} IS NOT NULL AND {held} {op} {frame.bind(str(literal.number), 'numeric')}", share)


def _of_time(frame: Frame, held: str, op: str, literal: Literal) -> Condition:
    if literal.interval is None:
        return NEVER
    times = literal.interval.times
    start, end = (frame.bind(time.isoformat(), "timestamptz") for time in times)
    test = {
        "=": f"{held} >= {start} AND {held} < {end}",
        "<": f"{held} < {start}",
        "<=": f"{held} < {end}",
        ">": f"{held} >= {end}",
        ">=": f"{held} >= {start}",
    }[op]
    return plain(f"{held} IS NOT NULL AND {test}", _SHARE.get(op, 0.3))
