"""What the writer of a query may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from treadle.flyql.entities import CORE_FIELDS, ENTITIES
from treadle.flyql.words import COMPARISONS, KEYWORDS, SOFT_KEYWORDS

_FAR = 3  # edits; what differs by so many is another word
_LONG = 100  # characters; nobody misspells such a name by an edit or two
_INSIDE = re.compile(r"==|!=|<>|<=|>=|=~|!~|=|<|>")
_OPERATORS = (*COMPARISONS, "IN", "LIKE", "CONTAINS", "EXISTS", "IS", "HAS")


def distance(one: str, other: str) -> int:
    """Edits from one word to the other, neighbours swapped being one; not counted beyond `_FAR`."""
    if abs(len(one) - len(other)) >= _FAR:
        return _FAR
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row[-1], _FAR)


def nearest(text: str, words: Iterable[str]) -> str | None:
    """The word at most two edits away, fewer than the word has characters; case does not count."""
    if len(text) > _LONG:
        return None
    folded = text.lower()
    ranked = [(distance(folded, word.lower()), word) for word in words]
    near = [(edits, word) for edits, word in ranked if edits < min(_FAR, len(word))]
    return min(near, key=lambda pair: pair[0])[1] if near else None


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
    return f"{known}.{path}" if known and path else None


def entity(text: str) -> str | None:
    return nearest(text, ENTITIES)


def soft_keyword(text: str) -> str | None:
    return nearest(text, [*KEYWORDS, *SOFT_KEYWORDS])
