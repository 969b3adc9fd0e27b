"""Sets of characters as sorted, disjoint ranges of code points.

What is a letter, a digit, a blank or the other case is asked of Python once and then written out, so that PostgreSQL,
whatever its locale, agrees.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cache

CharSet = tuple[tuple[int, int], ...]  # first and last code point of each range

LAST = sys.maxunicode
ANY: CharSet = ((0, LAST),)


def of(*characters: str) -> CharSet:
    return union([((ord(character), ord(character)),) for character in characters])


def union(sets: Iterable[CharSet]) -> CharSet:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(pair for ranges in sets for pair in ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def complement(ranges: CharSet) -> CharSet:
    found = []
    start = 0
    for first, last in ranges:
        if first > start:
            found.append((start, first - 1))
        start = last + 1
    if start <= LAST:
        found.append((start, LAST))
    return tuple(found)


def contains(ranges: CharSet, character: str) -> bool:
    code = ord(character)
    at = bisect_right(ranges, (code, LAST)) - 1
    return at >= 0 and code <= ranges[at][1]


@cache
def digits() -> CharSet:
    return _all(str.isdecimal)


@cache
def word() -> CharSet:
    return union([_all(str.isalnum), of("_")])


@cache
def blanks() -> CharSet:
    return _all(str.isspace)


def any_case(ranges: CharSet) -> CharSet:
    """With each character all that differ from it by case only."""
    found = [ranges]
    for group in _cases():
        if any(contains(ranges, character) for character in group):
            found.append(of(*group))
    return union(found)


def _all(test: Callable[[str], bool]) -> CharSet:
    found: list[tuple[int, int]] = []
    for code in range(LAST + 1):
        if test(chr(code)):
            if found and found[-1][1] == code - 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    return tuple(found)


@cache
def _cases() -> tuple[tuple[str, ...], ...]:
    groups: dict[str, list[str]] = {}
    for code in range(LAST + 1):
        character = chr(code)
        if len(folded := character.casefold()) == 1:
            groups.setdefault(folded, []).append(character)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
