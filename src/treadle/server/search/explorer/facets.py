"""How a result is spread over the values of fields, in the clients' form (search.md 4.3, 4.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Numeric, cast, func, select

from treadle.flyql.entities import CORE_FIELDS
from treadle.flyql.errors import FlyqlError
from treadle.flyql.parser import parse_field
from treadle.server.access.guard import Guard
from treadle.server.catalog.tables import container
from treadle.server.search import query
from treadle.server.search.explorer.search import Search
from treadle.server.store.db import among

SIZE = 15
_MISSING = "null"
_COUNTED = ("subject", "session", "acquisition", "analysis", "file")
_BY_SESSION = ("subject.sex", "session.tags", "subject.code", "session.timestamp")
_BY_FILE = ("file.classification_list", "file.modality", "file.type")
_YEAR_S = 31_556_952
_OLDEST_YEARS = 100
_MS = 1000  # times are milliseconds since 1970 for the clients
_AGES_COUNTED = 10_000  # the newest sessions
_VALUES_COUNTED = 10_000


async def facets_of(guard: Guard, found: Search) -> dict[str, Any]:
    """The facets that clients show, and those of the fields that the search names."""
    sessions = await _facets(guard, found, "session", _BY_SESSION)
    files = await _facets(guard, found, "file", _BY_FILE)
    parts = [sessions, files]
    answer: dict[str, Any] = {f"{level}_count": await _count(guard, found, level) for level in _COUNTED}
    answer["by_session"] = {
        **_documents(sessions),
        "session.age": await _ages(guard, found),
    }
    answer["by_file"] = _documents(files)
    if found.asked.facet_fields:
        own = await _facets(guard, found, found.asked.return_type, found.asked.facet_fields)
        parts.append(own)
        answer["fields"] = _documents(own)
    answer["approximate"] = any(part.approximate for part in parts)
    answer["counted"] = max(part.counted for part in parts)
    return answer


async def _facets(guard: Guard, found: Search, level: str, fields: Sequence[str]) -> query.Facets:
    return await query.facets(
        guard.connection,
        found.tree,
        level,
        found.scope,
        fields,
        free_text=found.asked.search_string or None,
        size=SIZE,
        timezone=found.asked.timezone,
    )


def _of_type(found: Search, level: Any) -> Search:
    return replace(found, asked=replace(found.asked, return_type=level, sort=None, cursor=None, size=1))


async def _count(guard: Guard, found: Search, level: str) -> dict[str, Any]:
    page = await _of_type(found, level).page(guard.connection)
    return {"value": page.total, "relation": page.relation}


async def _ages(guard: Guard, found: Search) -> dict[str, Any]:
    """Sessions by the age of the subject in whole years; the keys are seconds."""
    years = func.floor(cast(container.c.doc["age"].astext, Numeric) / _YEAR_S).label("years")
    counted: Counter[int] = Counter()
    async for ids in _of_type(found, "session").batches(guard.connection, limit=_AGES_COUNTED):
        of_these = among(container.c.id, ids)
        chosen = select(years, func.count()).where(of_these).group_by(years)
        for year, number in await guard.connection.execute(chosen):
            if year is not None and -1 <= year <= _OLDEST_YEARS:
                counted[int(year)] += number
    return {"buckets": [{"key": year * _YEAR_S, "doc_count": counted[year]} for year in sorted(counted)]}


def _documents(found: query.Facets) -> dict[str, Any]:
    return {name: _document(name, one) for name, one in found.fields.items()}


def _document(name: str, found: query.Buckets | query.Span) -> dict[str, Any]:
    if isinstance(found, query.Span):
        return _span(found, 1 if name.endswith(".size") else _MS)
    buckets: list[tuple[Any, int]] = [*found.buckets]
    if found.missing:
        buckets.append((_MISSING, found.missing))
    buckets.sort(key=lambda one: -one[1])
    return {
        "buckets": [{"key": key, "doc_count": number} for key, number in buckets[:SIZE]],
        "sum_other_doc_count": found.others + sum(number for _, number in buckets[SIZE:]),
        "doc_count_error_upper_bound": 0,
    }


def _span(found: query.Span, scale: int) -> dict[str, Any]:

    def scaled(value: float | None) -> float | None:
        return None if value is None else value * scale

    return {
        "count": found.count,
        "min": scaled(found.low),
        "max": scaled(found.high),
        "avg": scaled(found.mean),
        "sum": scaled(found.total),
    }


async def aggregate(guard: Guard, name: str, words: str) -> dict[str, Any] | None:
    """The values of one field wherever the caller may read; None when there is no such field."""
    try:
        field = parse_field(name)
    except FlyqlError:
        return None
    scope = await query.scope_of(guard)
    known = {hit.name: hit for hit in await query.suggest_fields(guard.connection, name, scope)}
    hit = known.get(name)
    if hit is None and field.path not in CORE_FIELDS.get(field.entity, ()):
        return None  # a core field exists before anything has a value in it
    is_number = hit is not None and hit.type in ("integer", "float")
    found = await query.facets(
        guard.connection,
        None,
        field.entity,
        scope,
        [name],
        free_text=words or None,
        size=_VALUES_COUNTED if is_number else SIZE,
    )
    one = found.fields[name]
    if isinstance(one, query.Span) or not is_number:
        return _document(name, one)
    values = [(float(value), number) for value, number in one.buckets]
    count = sum(number for _, number in values)
    total = sum(value * number for value, number in values)
    return {
        "count": count,
        "min": min((value for value, _ in values), default=None),
        "max": max((value for value, _ in values), default=None),
        "avg": total / count if count else None,
        "sum": total,
    }


def added(parts: Sequence[Any]) -> Any:
    """Facets of several sites as those of one: numbers are added up, buckets by their keys."""
    first = parts[0]
    if all(isinstance(part, dict) for part in parts):
        if all("buckets" in part for part in parts):
            return _added_buckets(parts)
        if all("avg" in part for part in parts):
            return _added_spans(parts)
        names = dict.fromkeys(name for part in parts for name in part)
        return {name: added([part[name] for part in parts if name in part]) for name in names}
    if all(isinstance(part, bool) for part in parts):
        return any(parts)
    if all(isinstance(part, int | float) for part in parts):
        return sum(parts)
    return first


def _added_buckets(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    counted: Counter[Any] = Counter()
    for part in parts:
        for bucket in part["buckets"]:
            counted[bucket["key"]] += bucket["doc_count"]
    is_terms = any("sum_other_doc_count" in part for part in parts)
    ranked = counted.most_common() if is_terms else sorted(counted.items())
    shown = ranked[:SIZE] if is_terms else ranked
    answer: dict[str, Any] = {"buckets": [{"key": key, "doc_count": number} for key, number in shown]}
    if is_terms:
        others = sum(part.get("sum_other_doc_count", 0) for part in parts)
        answer["sum_other_doc_count"] = others + sum(number for _, number in ranked[len(shown) :])
        answer["doc_count_error_upper_bound"] = 0
    return answer


def _added_spans(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    known = [part for part in parts if part["count"]]
    count, total = sum(part["count"] for part in known), sum(part["sum"] for part in known)
    return {
        "count": count,
        "min": min((part["min"] for part in known), default=None),
        "max": max((part["max"] for part in known), default=None),
        "avg": total / count if count else None,
        "sum": total if known else None,
    }
