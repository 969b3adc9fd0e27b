"""What a search asks for: the clients' SearchQuery, checked (search.md 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args
from zoneinfo import ZoneInfo

from treadle.flyql.errors import FlyqlError
from treadle.flyql.parser import parse_field
from treadle.server.kit.errors import BadRequest
from treadle.server.wire.query import read_flag

ReturnType = Literal["file", "acquisition", "session", "analysis", "project", "subject", "collection"]
Counting = Literal["capped", "exact", "none"]

MOST = 10_000
USUAL = 100
_TOO_MANY = "Request would return more than 10,000 results. Please add additional filters."
_MAX_SEARCH_STRING = 1000
_MAX_FACET_FIELDS = 20
_MAX_SITES = 50
MOST_COLUMNS = 60  # of a page that is looked at; an export may have more
# What a saved query may hold: all that does not belong to one call.
SAVED_KEYS = frozenset(
    {
        *("return_type", "structured_query", "search_string", "filters", "all_data", "sort", "size"),
        *("timezone", "sites", "facet_fields", "columns"),
    }
)


@dataclass(frozen=True)
class SearchSort:
    """The order of the results."""

    field: str
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """One search as it was asked for."""

    return_type: ReturnType
    text: str = ""
    search_string: str = ""
    filters: tuple[Any, ...] = ()
    all_data: bool = False
    sort: SearchSort | None = None
    size: int = USUAL
    timezone: str = "UTC"
    cursor: str | None = None
    count: Counting = "capped"
    sites: tuple[str, ...] = ()
    facet_fields: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # wanted beside each result: the values of these fields
    places: bool = False  # wanted beside each result: the cursor behind it


def read_search(
    body: Mapping[str, Any], *, size: str | None = None, return_type: str | None = None
) -> SearchQuery:
    """The search of a body; `size` is the query parameter, which wins, `return_type` the default one."""
    return SearchQuery(
        return_type=_return_type(body.get("return_type") or return_type),
        text=_text(body, "structured_query"),
        search_string=_text(body, "search_string", _MAX_SEARCH_STRING),
        filters=tuple(_list(body, "filters")),
        all_data=_flag(body.get("all_data"), "all_data"),
        sort=_sort(body.get("sort")),
        size=_size(size if size not in (None, "") else body.get("size")),
        timezone=_timezone(_text(body, "timezone") or "UTC"),
        cursor=_text(body, "cursor") or None,
        count=_counting(body.get("count") or "capped"),
        sites=_texts(body, "sites", _MAX_SITES),
        facet_fields=tuple(map(known_field, _texts(body, "facet_fields", _MAX_FACET_FIELDS))),
        columns=_texts(body, "columns", MOST_COLUMNS),
        places=_flag(body.get("places"), "places"),
    )


def _return_type(word: Any) -> ReturnType:
    if word is None:
        raise BadRequest("Must specify return type")
    if word not in get_args(ReturnType):
        raise BadRequest(f"Must specify return type: one of {', '.join(get_args(ReturnType))}.")
    return cast(ReturnType, word)


def _text(body: Mapping[str, Any], name: str, most: int | None = None) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"'{name}' must be a text.")
    if most is not None and len(value) > most:
        raise BadRequest(f"'{name}' has at most {most:,} characters.")
    return value


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadRequest(f"'{name}' must be a list.")
    return value


def _texts(body: Mapping[str, Any], name: str, most: int) -> tuple[str, ...]:
    values = _list(body, name)
    if len(values) > most or not all(isinstance(value, str) for value in values):
        raise BadRequest(f"'{name}' must be a list of at most {most} texts.")
    return tuple(dict.fromkeys(values))


def _flag(value: Any, name: str) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return read_flag(value, name)
    raise BadRequest(f"'{name}' must be true or false.")


def _sort(value: Any) -> SearchSort | None:
    if not value:
        return None
    if not isinstance(value, Mapping) or not isinstance(value.get("field"), str) or not value["field"]:
        raise BadRequest("'sort' is {field, order}, with order 'asc' or 'desc'.")
    order = value.get("order") or "asc"
    if order not in ("asc", "desc"):
        raise BadRequest("The order of 'sort' is 'asc' or 'desc'.")
    return SearchSort(known_field(value["field"]), order == "desc")


def known_field(name: str) -> str:
    """The field of this name, which a sort or a facet is about."""
    try:
        return str(parse_field(name))
    except FlyqlError as error:
        raise BadRequest(f"{error.message}.") from None


def _size(value: Any) -> int:
    if value is None:
        return USUAL
    if value == "all":
        return MOST
    try:
        size = value if isinstance(value, int) and not isinstance(value, bool) else int(str(value))
    except ValueError:
        size = -1
    if size < 0:
        raise BadRequest("'size' must be a whole number from 1 to 10,000, or 'all'.")
    if size > MOST:
        raise BadRequest(_TOO_MANY)
    return max(size, 1)


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name; a folder of names
        raise BadRequest(f"There is no time zone '{name[:60]}'; use a name such as Europe/Berlin.") from None
    return name


def _counting(value: Any) -> Counting:
    if value not in get_args(Counting):
        raise BadRequest(f"'count' is one of: {', '.join(get_args(Counting))}.")
    return cast(Counting, value)
