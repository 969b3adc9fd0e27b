"""Query parameters as the clients send them: booleans in any case, lists repeated or with commas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from treadle.server.kit.errors import Invalid
from treadle.server.wire.filters import Condition, parse_filter

_TRUE, _FALSE = (
    frozenset({"true", "1", "yes", "on"}),
    frozenset({"false", "0", "no", "off", "", "null", "none"}),
)
_LARGEST = 2**31 - 1

DeleteReason = Annotated[str | None, Query(description="why it is deleted")]


def read_flag(text: str | None, name: str, default: bool = False) -> bool:
    """A boolean parameter in any spelling."""
    if text is None:
        return default
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Invalid(f"'{name}' must be true or false, not '{text}'.")


def flag(request: Request, name: str, default: bool = False) -> bool:
    """The boolean query parameter of this name."""
    return read_flag(request.query_params.get(name), name, default)


def read_count(text: str | None, name: str) -> int | None:
    """A whole number >= 0; absent and the word null count as None."""
    if text is None or text.strip().lower() in ("", "null", "none"):
        return None
    try:
        value = int(text)
    except ValueError:
        raise Invalid(f"'{name}' must be a whole number, not '{text[:40]}'.") from None
    if value < 0:
        raise Invalid(f"'{name}' must not be negative.")
    return min(value, _LARGEST)


@dataclass(frozen=True)
class SortKey:
    """One field of a sort."""

    name: str
    descending: bool = False


def parse_sort(text: str | None) -> tuple[SortKey, ...]:
    """`field[:asc|desc]`, comma separated."""
    keys = []
    for part in (text or "").split(","):
        name, _, order = part.strip().partition(":")
        if not name:
            continue
        if order.strip().lower() not in ("", "asc", "desc", "1", "-1"):
            raise Invalid(f"Invalid sort: '{part.strip()}'; write field:asc or field:desc.")
        keys.append(SortKey(name.strip(), order.strip().lower() in ("desc", "-1")))
    return tuple(keys)


@dataclass(frozen=True)
class ListQuery:
    """What a list was asked for (api.md 6.1)."""

    conditions: tuple[Condition, ...] = ()
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    skip: int = 0
    after_id: str | None = None
    exhaustive: bool = False
    include_all_info: bool = False
    join_origin: bool = False


def list_query(
    request: Request,
    filter: Annotated[str | None, Query(description="field op value, comma separated")] = None,
    sort: Annotated[str | None, Query(description="field[:asc|desc], comma separated")] = None,
    limit: Annotated[str | None, Query(description="rows per page; 0 or absent = all")] = None,
    skip: Annotated[str | None, Query(description="rows to leave out")] = None,
    page: Annotated[str | None, Query(description="page number from 1")] = None,
    after_id: Annotated[str | None, Query(description="rows after this id")] = None,
) -> ListQuery:
    """The list parameters of this request, checked."""
    rows = read_count(limit, "limit") or None
    number = read_count(page, "page")
    left_out = read_count(skip, "skip") or 0
    if number:
        left_out += (rows or 0) * (number - 1)
    if after_id and (sort or left_out or number):
        raise Invalid("'after_id' cannot be used together with 'sort', 'skip' or 'page'.")
    joins = request.query_params.getlist("join")
    return ListQuery(
        conditions=parse_filter(filter),
        sort=parse_sort(sort),
        limit=rows,
        skip=min(left_out, _LARGEST),
        after_id=after_id or None,
        exhaustive=flag(request, "exhaustive"),
        include_all_info=flag(request, "include_all_info"),
        join_origin="origin" in joins,
    )


Listing = Annotated[ListQuery, Depends(list_query)]
