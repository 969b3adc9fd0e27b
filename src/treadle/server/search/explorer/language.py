"""From a search to its syntax tree, with mistakes told where they are (search.md 2, 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from treadle.flyql.ast import Field, In, Node, Value, both
from treadle.flyql.errors import FlyqlError, TreeError
from treadle.flyql.parser import parse
from treadle.flyql.tree import from_tree
from treadle.server.search.explorer.clauses import FiltersInvalid, read_clauses, split_ids
from treadle.server.search.explorer.errors import QueryInvalid
from treadle.server.search.explorer.request import SearchQuery


def tree_of(asked: SearchQuery) -> Node | None:
    """Text and filters of the search together; None when it has neither."""
    parts = [_of_text(asked.text), _of_filters(asked.filters, asked.return_type)]
    found = [part for part in parts if part is not None]
    return both(found) if found else None


def errors_of(asked: SearchQuery) -> list[dict[str, Any]]:
    """What is wrong with the text of the search; its filters are refused."""
    _of_filters(asked.filters, asked.return_type)
    return text_errors(asked.text) if asked.text.strip() else []


def text_errors(text: str) -> list[dict[str, Any]]:
    """What is wrong with the text of a query."""
    try:
        parse(text)
    except FlyqlError as error:
        return [error.wire()]
    return []


def _of_text(text: str) -> Node | None:
    if not text.strip():
        return None
    try:
        return parse(text)
    except FlyqlError as error:
        raise QueryInvalid(error.told, errors=[error.wire()]) from None


def _of_filters(filters: Sequence[Any], return_type: str) -> Node | None:
    """The filters as one tree; long lists of ids are not held to the limits of a text."""
    lists, others = split_ids(filters)
    parts: list[Node] = [
        In(Field(return_type, "_id"), tuple(Value(one, quoted=True) for one in ids)) for ids in lists
    ]
    tree = read_clauses(others, return_type)
    if tree is not None:
        try:
            parts.append(from_tree(tree))
        except TreeError as error:
            raise FiltersInvalid(f"Unable to parse filters - invalid format. {error.message}") from None
    return both(parts) if parts else None
