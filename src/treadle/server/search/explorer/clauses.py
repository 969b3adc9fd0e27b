"""Filters of a search: Elastic-style clauses as a FlyQL tree (search.md 4.2).

The tree is the JSON form of the language (search.md 3); None stands for "everything".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from treadle.server.kit.errors import BadRequest
from treadle.server.search.explorer.request import MOST

Tree = dict[str, Any]
_MISSING = "null"  # the element of `terms` that means: not there
_DEEPEST = 40
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")
_WILD = re.compile(r"[%_*?\\]")
_RANGE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_FORMAT = "Unable to parse filters - invalid format."


class FiltersInvalid(BadRequest):
    """Unable to parse filters - invalid format."""

    code = "filters_invalid"


def read_clauses(filters: Sequence[Any], return_type: str) -> Tree | None:
    """All of these clauses together."""
    return _all([_clause(one, return_type, 0) for one in filters])


def split_ids(filters: Sequence[Any]) -> tuple[list[list[str]], list[Any]]:
    """The lists of ids among the filters, which may be as long as a result, and the other filters."""
    lists, others = [], []
    for one in filters:
        values = one["ids"].get("values") if _is_ids(one) else None
        if not isinstance(values, list) or not values:
            others.append(one)
            continue
        if len(values) > MOST:
            raise _refuse(f"'ids' has more than {MOST:,} values.")
        lists.append([_text(value) for value in values])
    return lists, others


def _is_ids(clause: Any) -> bool:
    return isinstance(clause, Mapping) and set(clause) == {"ids"} and isinstance(clause["ids"], Mapping)


def _refuse(why: str) -> FiltersInvalid:
    return FiltersInvalid(f"{_FORMAT} {why}")


def _clause(clause: Any, return_type: str, depth: int) -> Tree | None:
    if not isinstance(clause, Mapping) or len(clause) != 1:
        raise _refuse("A filter is an object with one clause.")
    [(kind, what)] = clause.items()
    if depth > _DEEPEST:
        raise _refuse("The clauses are nested too deeply.")
    if kind == "match_all":
        return None
    if not isinstance(what, Mapping):
        raise _refuse(f"'{str(kind)[:40]}' needs an object.")
    if kind == "bool":
        return _bool(what, return_type, depth)
    if kind == "exists":
        return _leaf("exists", what.get("field"))
    if kind == "ids":
        return _in(f"{return_type}._id", _texts(what.get("values")))
    make = _ON_FIELD.get(kind)
    if make is None:
        raise _refuse(f"There is no clause '{str(kind)[:40]}'; there are {', '.join(KINDS)}.")
    fields = [(field, value) for field, value in what.items() if field != "boost"]
    if len(fields) != 1:
        raise _refuse(f"'{kind}' names one field.")
    [(field, value)] = fields
    return make(field, value)


def _bool(what: Mapping[str, Any], return_type: str, depth: int) -> Tree | None:
    unknown = set(what) - {"must", "filter", "should", "must_not", "minimum_should_match"}
    if unknown:
        raise _refuse(f"'bool' has no '{min(unknown)[:40]}'.")

    def part(name: str) -> list[Tree | None]:
        given = what.get(name)
        clauses = [] if given is None else given if isinstance(given, list) else [given]
        return [_clause(one, return_type, depth + 1) for one in clauses]

    needed, should, without = part("must") + part("filter"), part("should"), part("must_not")
    least = what.get("minimum_should_match", 0 if needed else 1)
    if least not in (0, 1) or isinstance(least, bool):
        raise _refuse("'minimum_should_match' is 0 or 1.")
    if should and least == 1:
        needed.append(_any(should))
    needed += [_nothing(return_type) if one is None else {"op": "not", "arg": one} for one in without]
    return _all(needed)


def _nothing(return_type: str) -> Tree:
    there = _leaf("exists", f"{return_type}._id")
    return {"op": "and", "args": [there, {"op": "not", "arg": there}]}


def _all(parts: Sequence[Tree | None]) -> Tree | None:
    found = [one for one in parts if one is not None]
    return None if not found else found[0] if len(found) == 1 else {"op": "and", "args": found}


def _any(parts: Sequence[Tree | None]) -> Tree | None:
    found = [one for one in parts if one is not None]
    if len(found) < len(parts) or not found:
        return None
    return found[0] if len(found) == 1 else {"op": "or", "args": found}


def _leaf(op: str, field: Any, **more: Any) -> Tree:
    if not isinstance(field, str) or not field:
        raise _refuse("A clause needs the name of a field.")
    return {"op": op, "field": field.removesuffix(".raw"), **more}


def _value(value: Any) -> dict[str, Any]:
    """A number or boolean as it is, a text in quotes."""
    if isinstance(value, bool):
        return {"text": "true" if value else "false", "quoted": False}
    if isinstance(value, int | float):
        return {"text": repr(value), "quoted": False}
    return {"text": _text(value), "quoted": True}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _refuse("A value is a text, a number or a boolean.")
    return value


def _texts(values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise _refuse("A list of values is needed.")
    return values


def _named(value: Any, *names: str) -> Any:
    """Elastic's long form: {value: v} or {query: v}."""
    if not isinstance(value, Mapping):
        return value
    for name in names:
        if name in value:
            return value[name]
    raise _refuse(f"The value is given as '{names[0]}'.")


def _in(field: str, values: list[Any]) -> Tree:
    there = _leaf("exists", f"{field.partition('.')[0]}._id")
    missing: list[Tree | None] = []
    if _MISSING in values:
        missing = [{"op": "and", "args": [there, {"op": "not", "arg": _leaf("exists", field)}]}]
    given = [_value(one) for one in values if one != _MISSING]
    listed: list[Tree | None] = [_leaf("in", field, values=given)] if given else []
    return _any(listed + missing) or {"op": "and", "args": [there, {"op": "not", "arg": there}]}


def _range(field: str, value: Any) -> Tree:
    limits = value if isinstance(value, Mapping) else {}
    parts: list[Tree | None] = []
    for name, limit in limits.items():
        if name in _RANGE and limit is not None:
            parts.append(_leaf(_RANGE[name], field, value=_limit(limit)))
        elif name not in (*_RANGE, "boost", "format", "time_zone"):
            raise _refuse(f"'range' has no '{str(name)[:40]}'.")
    found = _all(parts)
    if found is None:
        raise _refuse("'range' needs gt, gte, lt or lte.")
    return found


def _limit(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return {"text": value, "quoted": False}
    return _value(value)


def _match(field: str, value: Any) -> Tree:
    words = str(_named(value, "query")).split()
    found = _any([_leaf("contains", field, value={"text": word, "quoted": True}) for word in words])
    if found is None:
        raise _refuse("'match' needs a text.")
    return found


def _like(field: str, pattern: str) -> Tree:
    return _leaf("like", field, value={"text": pattern, "quoted": True})


def _prefix(field: str, value: Any) -> Tree:
    return _like(field, _WILD.sub(r"\\\g<0>", _text(_named(value, "value", "prefix"))) + "%")


def _wildcard(field: str, value: Any) -> Tree:
    """Elastic knows `*` and `?` only: `%` and `_` stand for themselves."""
    return _like(field, re.sub(r"[%_]", r"\\\g<0>", _text(_named(value, "value", "wildcard"))))


def _term(field: str, value: Any) -> Tree:
    return _leaf("=", field, value=_value(_named(value, "value")))


def _regexp(field: str, value: Any) -> Tree:
    return _leaf("=~", field, value={"text": _text(_named(value, "value")), "quoted": True})


def _phrase(field: str, value: Any) -> Tree:
    return _leaf("contains", field, value={"text": _text(_named(value, "query")), "quoted": True})


_ON_FIELD: dict[str, Callable[[str, Any], Tree]] = {
    "match": _match,
    "match_phrase": _phrase,
    "prefix": _prefix,
    "range": _range,
    "regexp": _regexp,
    "term": _term,
    "terms": lambda field, values: _in(field, _texts(values)),
    "wildcard": _wildcard,
}
KINDS = ("bool", "exists", "ids", "match_all", *_ON_FIELD)
