"""What the writer of a query may have meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile

from treadle.flyql.ast import Field, Node, fields
from treadle.flyql.entities import CORE_FIELDS, ENTITIES
from treadle.flyql.words import COMPARISONS, KEYWORDS

_FAR = 3  # edits; what differs by so many is another word
_LONG = 100  # characters; nobody misspells such a name by an edit or two
_HINTED = 20  # fields of one query that are compared with all others
_INSIDE = re.compile(r"==|!=|<>|<=|>=|=~|!~|=|<|>")
_OPERATORS = (*COMPARISONS, "IN", "LIKE", "CONTAINS", "EXISTS", "IS", "HAS")


def distance(one: str, other: str) -> int:
    """Edits from one word to the other, neighbours swapped being one; not counted beyond `_FAR`."""
    if abs(len(one) - len(other)) >= _FAR:
        return _FAR
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    one, other = one[same:], other[same:]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(*row, *before) >= _FAR:
            return _FAR
    return min(row[-1], _FAR)


def nearest(text: str, words: Iterable[str]) -> str | None:
    """The word at most two edits away, fewer than either has characters; of such, one of the same letters."""
    if len(text) > _LONG:
        return None
    folded = text.lower()
    ranked = [
        (distance(folded, word.lower()), sorted(folded) != sorted(word.lower()), word) for word in words
    ]
    near = [found for found in ranked if found[0] < min(_FAR, len(text), len(found[2]))]
    return min(near, key=lambda found: found[:2])[2] if near else None


def operator(text: str) -> str | None:
    return nearest(text, _OPERATORS)


def keyword(text: str) -> str | None:
    return nearest(text, KEYWORDS)


def blanks(field: str) -> str | None:
    """For `subject.sex=male`: words are only split at blanks."""
    found = _INSIDE.search(field)
    return f"put blanks around `{found[0]}`" if found else None


def quoted(text: str) -> str:
    return f"quote `{text}`"


def field(text: str, more: Iterable[str] = ()) -> str | None:
    """The nearest field of those that every site has and those given; else with the nearest entity."""
    entity, dot, path = text.partition(".")
    core = [f"{name}.{known}" for name, paths in CORE_FIELDS.items() for known in paths]
    if near := nearest(text, [*core, *more]):
        return near
    if not dot:
        return None
    known = nearest(entity, ENTITIES)
    return f"{known}.{path}" if known and path and known != entity.lower() else None


def entity(text: str) -> str | None:
    return nearest(text, ENTITIES)


@dataclass(frozen=True, slots=True)
class Notice:
    """Nothing wrong, but hardly what was meant."""

    offset: int
    message: str
    suggestion: str | None = None


def unknown_fields(node: Node, known: Callable[[Field], bool], names: Iterable[str] = ()) -> list[Notice]:
    """One notice for each field that no object has; `names` are fields to suggest besides the core ones."""
    names = list(names)
    return [
        Notice(
            found.at,
            f"No object has the field '{found}'",
            field(str(found), names) if number < _HINTED else None,
        )
        for number, found in enumerate(found for found in fields(node) if not known(found))
    ]
