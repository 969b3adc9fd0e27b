"""Which terms a leaf of a query means: looked up among the distinct values of its paths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from treadle.flyql.ast import Compare, Field, In
from treadle.flyql.leaves import paths
from treadle.flyql.like import compile_like
from treadle.flyql.literals import Interval, Literal, read
from treadle.flyql.pattern import Pattern
from treadle.flyql.predicate import Predicate, fold, predicate
from treadle.flyql.regex import compile_regex
from treadle.server.search.index.tables import ABOVE, LEVELS
from treadle.server.search.index.terms import DAY_US, Kind, bucket, grams, hashed, is_hashed, number_word
from treadle.server.search.query.frame import Frame, array

SUMMED = 400  # terms whose counts are all added up
_ZONES_US = 14 * 3_600_000_000  # the most that a date's midnight is away from UTC's


@dataclass(frozen=True)
class PathRow:
    """A path as it was met in documents."""

    path_id: int
    path: str
    keys: tuple[str, ...]
    kinds: Kind


@dataclass
class Meaning:
    """Terms that satisfy a leaf surely, and those whose documents have to be looked at."""

    sure: set[int] = field(default_factory=set)
    dates: set[int] = field(default_factory=set)  # the sure ones that are dates
    edge: set[int] = field(default_factory=set)
    hashed: bool = False  # a value that only has a hash may satisfy it too


async def find_paths(frame: Frame, entity: str, field_: Field) -> list[PathRow]:
    """The paths that a field means: one per way of writing it as nested keys."""
    return await _paths(frame, entity, "path = ANY(%(paths)s)", list(paths(field_)))


async def find_below(frame: Frame, entity: str, field_: Field) -> list[PathRow]:
    """The paths at a field and below it."""
    names = list(paths(field_))
    found = await _paths(
        frame,
        entity,
        "(path = ANY(%(paths)s) OR path ^@ ANY(%(starts)s))",
        names,
        [f"{name}." for name in names],
    )
    return [
        row for row in found if any(row.path == name or row.path.startswith(f"{name}.") for name in names)
    ]


async def _paths(
    frame: Frame, entity: str, condition: str, names: list[str], starts: Sequence[str] = ()
) -> list[PathRow]:
    frame.parameters |= {"paths": names, "starts": list(starts)}
    rows = await frame.rows(
        "SELECT path_id, path, keys, kinds FROM search_path "
        f"WHERE entity = {LEVELS.index(entity)} AND {condition}"
    )
    return [PathRow(path_id, path, tuple(keys), Kind(kinds)) for path_id, path, keys, kinds in rows]


class Lookup:
    """The terms of one leaf."""

    def __init__(self, frame: Frame, rows: Sequence[PathRow]) -> None:
        self.frame = frame
        self.rows = rows
        self.found = Meaning()
        self._ids = array(row.path_id for row in rows)

    async def meaning(self, term: Compare | In) -> Meaning:
        """What satisfies the positive sense of a term."""
        if not self.rows:
            return self.found
        if isinstance(term, In):
            await self._equal([read(value, self.frame.clock) for value in term.values], term)
            return self.found
        literal = read(term.value, self.frame.clock)
        match term.op:
            case "=" | "!=":
                await self._equal([literal], term)
            case "=~" | "!~":
                await self._pattern(compile_regex(term.value.text))
            case "like":
                await self._pattern(compile_like(term.value.text))
            case "contains":
                needle = fold(term.value.text)
                await self._texts(f"strpos(coalesce(low, s), {self.frame.bind(needle)}) > 0", [needle])
            case "<" | "<=" | ">" | ">=":
                await self._ordered(term.op, literal, term)
        return self.found

    async def span(self, limits: Sequence[Compare]) -> Meaning | None:
        """What one value satisfies of several limits; None when they are not all of one kind."""
        literals = [read(limit.value, self.frame.clock) for limit in limits]
        pairs = list(zip(limits, literals, strict=True))
        numbers = [(limit.op, float(one.number)) for limit, one in pairs if one.number is not None]
        spans = [_span(limit.op, one.interval) for limit, one in pairs if one.interval and not one.quoted]
        if len(numbers) == len(limits):
            await self._number_span(numbers)
            return self.found
        if len(spans) == len(limits):
            tests = [predicate(limit, self.frame.clock) for limit in limits]
            start, end = max(one for one, _ in spans), min(one for _, one in spans)
            await self._days(start, end, lambda path, value: all(test(path, value) for test in tests))
            return self.found
        return None

    async def _number_span(self, limits: Sequence[tuple[str, float]]) -> None:
        bound = [(op, self.frame.bind(n, "float8"), self.frame.bind(bucket(n), "float8")) for op, n in limits]
        exact = " AND ".join(f"n {op} {number}" for op, number, _ in bound)
        inner = " AND ".join(f"n {op[0]} {edge}" for op, _, edge in bound)
        outer = " AND ".join(f"n {op[0]}= {edge}" for op, _, edge in bound)
        await self._terms(f"kind = 'n' AND {exact}")
        await self._terms(f"kind = 'b' AND {inner}")
        await self._terms(f"kind = 'b' AND {outer} AND NOT ({inner})", edge=True)

    async def is_boolean(self, value: bool) -> Meaning:
        """Rows that carry exactly this boolean."""
        await self._terms(f"kind = 't' AND n = {int(value)}")
        return self.found

    async def _terms(self, condition: str, *, edge: bool = False) -> None:
        rows = await self.frame.rows(
            f"SELECT term_id FROM search_term WHERE path_id = ANY({self._ids}) AND {condition}"
        )
        (self.found.edge if edge else self.found.sure).update(number for (number,) in rows)

    async def _equal(self, literals: Iterable[Literal], term: Compare | In) -> None:
        literals = list(literals)
        texts = [literal.text for literal in literals]
        await self._terms(f"kind = 's' AND s = ANY({self.frame.bind(texts, 'text[]')})")
        for row in self.rows:
            self.found.edge.update(hashed(row.path_id, text) for text in texts if is_hashed(row.path, text))
        numbers = [number_word(float(one.number)) for one in literals if one.number is not None]
        for kind, edge in (("n", False), ("b", True)):
            wanted = [float(number) for letter, number in numbers if letter == kind]
            if wanted:
                bound = self.frame.bind(wanted, "float8[]")
                await self._terms(f"kind = '{kind}' AND n = ANY({bound})", edge=edge)
        for value in {one.boolean for one in literals if one.boolean is not None}:
            await self.is_boolean(value)
        for one in literals:
            if one.interval is not None and not one.quoted:
                await self._days(one.interval.start, one.interval.end, predicate(term, self.frame.clock))

    async def _pattern(self, pattern: Pattern) -> None:
        await self._texts(f"s ~ {self.frame.bind(pattern.postgres)}", pattern.literals)

    async def _texts(self, condition: str, parts: Iterable[str]) -> None:
        wanted = sorted({gram for part in parts for gram in grams(part)})
        if wanted:
            condition = f"g OPERATOR(pg_catalog.@>) {array(wanted)} AND {condition}"
        await self._terms(f"kind = 's' AND {condition}")
        self.found.hashed = any(row.kinds & (Kind.HASHED | Kind.LONG) for row in self.rows)

    async def _ordered(self, op: str, literal: Literal, term: Compare) -> None:
        if literal.number is not None:
            await self._number_span([(op, float(literal.number))])
        elif literal.interval is not None and not literal.quoted:
            await self._days(*_span(op, literal.interval), predicate(term, self.frame.clock))
        elif literal.boolean is None:
            await self._terms(f"kind = 's' AND s COLLATE \"C\" {op} {self.frame.bind(literal.text)}")
            self.found.hashed = any(row.kinds & (Kind.HASHED | Kind.LONG) for row in self.rows)

    async def _days(self, start: float, end: float, test: Predicate) -> None:
        """Whole days by their terms; the texts of the days at either end one by one."""
        first, last = _day(start - _ZONES_US), _day(end + _ZONES_US)
        inner_first = _day(start + _ZONES_US, up=True)
        inner_last = _day(end - _ZONES_US) - 1
        if inner_first > inner_last:
            edges = [(first, last)]
        else:
            before = set(self.found.sure)
            await self._terms(f"kind = 'd' AND n BETWEEN {_sql(inner_first)} AND {_sql(inner_last)}")
            self.found.dates |= self.found.sure - before
            edges = [(first, inner_first - 1), (inner_last + 1, last)]
        paths_by_id = {row.path_id: row.path for row in self.rows}
        for low, high in edges:
            if math.isinf(low) or math.isinf(high):
                continue
            rows = await self.frame.rows(
                f"SELECT term_id, path_id, s FROM search_term WHERE path_id = ANY({self._ids}) AND kind = 's' "
                f"AND n BETWEEN {_sql(low)} AND {_sql(high)}"
            )
            dates = {number for number, path_id, s in rows if test(paths_by_id[path_id], s)}
            self.found.sure |= dates
            self.found.dates |= dates


def _span(op: str, interval: Interval) -> tuple[float, float]:
    match op:
        case "<":
            return -math.inf, interval.start
        case "<=":
            return -math.inf, interval.end
        case ">":
            return interval.end, math.inf
    return interval.start, math.inf


def _day(micros: float, *, up: bool = False) -> float:
    if math.isinf(micros):
        return micros
    return math.ceil(micros / DAY_US) if up else math.floor(micros / DAY_US)


def _sql(day: float) -> str:
    return f"'{'-' if day < 0 else ''}Infinity'::float8" if math.isinf(day) else f"{int(day)}::float8"


async def carriers(frame: Frame, level: str, terms: Iterable[int]) -> tuple[float, frozenset[int] | None]:
    """About how many readable rows carry one of these terms, and the projects outside of which none does."""
    given = list(terms)
    wanted = [term for term in given if term > 0]
    if not wanted:
        return 1.0, None
    late = await frame.uncounted()  # read first: what is counted meanwhile is missed by neither
    asked = wanted if len(wanted) <= SUMMED else wanted[:: len(wanted) // SUMMED]
    rows: list[tuple[Any, ...]] = await frame.rows(
        f"SELECT project, sum(n) FROM search_count c WHERE term_id = ANY({array(asked)}) AND {frame.counted(level)} "
        "AND n > 0 GROUP BY project"
    )
    about = float(sum(n for _, n in rows)) * len(wanted) / len(asked)
    if late == "many" or len(asked) < len(given) or "project" not in ABOVE[level]:
        return about, None
    return about, late | {project for project, _ in rows}
