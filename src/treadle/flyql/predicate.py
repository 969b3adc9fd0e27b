"""One stored value under one term."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime

from treadle.flyql import literals
from treadle.flyql.ast import Compare, In, Is
from treadle.flyql.entities import NATIVE_DATES
from treadle.flyql.like import compile_like
from treadle.flyql.literals import Clock, Interval, Literal
from treadle.flyql.regex import compile_regex

Predicate = Callable[[str, object], bool]

# What a date literal [start, end) says about an instant.
_IN_TIME: dict[str, Callable[[int, Interval], bool]] = {
    "=": lambda at, interval: interval.start <= at < interval.end,
    "<": lambda at, interval: at < interval.start,
    "<=": lambda at, interval: at < interval.end,
    ">": lambda at, interval: at >= interval.end,
    ">=": lambda at, interval: at >= interval.start,
}
_IN_ORDER = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def predicate(term: Compare | In | Is, clock: Clock) -> Predicate:
    """Whether a stored value, by its full path below the entity, satisfies the term.

    Of `!=` and `!~` this is the positive sense: they hold when no value satisfies it.
    """
    match term:
        case Is(value=said):
            return lambda _, stored: stored is said
        case In(values=values):
            return _one_of([literals.read(value, clock) for value in values], clock)
        case Compare("=~" | "!~", _, value):
            return _of_text(compile_regex(value.text).matches)
        case Compare("like", _, value):
            return _of_text(compile_like(value.text).matches)
        case Compare("contains", _, value):
            needle = fold(value.text)
            return _of_text(lambda stored: needle in fold(stored))
        case Compare(op, _, value):
            return _compared("=" if op == "!=" else op, literals.read(value, clock), clock)


def fold(text: str) -> str:
    """The text without upper and lower case, as CONTAINS and the search box compare it."""
    return text.casefold()


def _of_text(test: Callable[[str], bool]) -> Predicate:
    return lambda _, stored: isinstance(stored, str) and test(stored)


def _compared(op: str, literal: Literal, clock: Clock) -> Predicate:
    in_order, in_time = _IN_ORDER[op], _IN_TIME[op]
    is_text = literal.quoted or (
        literal.number is None and literal.boolean is None and literal.interval is None
    )

    def test(path: str, stored: object) -> bool:
        if isinstance(stored, bool):
            return op == "=" and stored is literal.boolean
        if isinstance(stored, int | float):
            return literal.number is not None and bool(in_order(stored, literal.number))
        if literal.interval is not None and (not literal.quoted or path in NATIVE_DATES):
            at = literals.instant(path, stored, clock)
            if at is not None:
                return in_time(at, literal.interval)
        if not isinstance(stored, str):
            return False
        return bool(in_order(stored, literal.text)) if is_text else op == "=" and stored == literal.text

    return test


def _one_of(among: list[Literal], clock: Clock) -> Predicate:
    """As any of `=`, with one look-up for all literals but dates."""
    texts = {literal.text for literal in among if literal.interval is None}
    numbers = {literal.number for literal in among if literal.number is not None}
    booleans = {literal.boolean for literal in among if literal.boolean is not None}
    dates = [_compared("=", literal, clock) for literal in among if literal.interval is not None]

    def test(path: str, stored: object) -> bool:
        if isinstance(stored, bool):
            return stored in booleans
        if isinstance(stored, int | float):
            return stored in numbers
        if isinstance(stored, str) and stored in texts:
            return True
        return isinstance(stored, str | datetime) and any(date(path, stored) for date in dates)

    return test
