"""The filter grammar of list calls: text -> conditions (api.md 6.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from treadle.server.kit.errors import Invalid

_OPERATORS = ("=|", "=~", "!=", "<=", ">=", "=", "<", ">")
_FIRST_OPERATOR = re.compile(r"=\||=~|!=|<=|>=|=|<|>")
_NAME = re.compile(r"[\w\- ]+(\.[\w\- ]+)*", re.UNICODE)
_OPENING, _CLOSING = "([{", ")]}"
MAX_PATTERN = 500


@dataclass(frozen=True)
class Value:
    """A text to compare with; quoted texts are never read as numbers, times or null."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Condition:
    """One `field op value`; `values` has several only for `=|`."""

    field: str
    operator: str
    values: tuple[Value, ...]

    @property
    def value(self) -> Value:
        """The value of every operator but `=|`."""
        return self.values[0]


def _invalid(why: str) -> Invalid:
    return Invalid(f"Invalid filter: {why}")


def _split(text: str, *, brackets: bool) -> list[str]:
    """Split at commas outside quotes and, if asked, outside brackets."""
    parts, start, depth, quoted, position = [], 0, 0, False, 0
    while position < len(text):
        letter = text[position]
        if letter == "\\":
            position += 1
        elif letter == '"':
            quoted = not quoted
        elif not quoted and brackets and letter in _OPENING:
            depth += 1
        elif not quoted and brackets and letter in _CLOSING:
            depth = max(0, depth - 1)
        elif letter == "," and not quoted and depth == 0:
            parts.append(text[start:position])
            start = position + 1
        position += 1
    if quoted:
        raise _invalid("a quotation mark is not closed.")
    return [*parts, text[start:]]


def _value(text: str) -> Value:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return Value(text[1:-1].replace('\\"', '"'), quoted=True)
    return Value(text)


def _condition(text: str) -> Condition:
    found = _FIRST_OPERATOR.search(text)
    if found is None:
        raise _invalid(f"'{text.strip()[:80]}' has no operator; use one of {' '.join(_OPERATORS)}.")
    name, operator, rest = text[: found.start()].strip(), found[0], text[found.end() :]
    if not _NAME.fullmatch(name):
        raise _invalid(f"'{name[:80]}' is not a field name." if name else "a field name is missing.")
    if operator == "=|":
        inner = rest.strip()
        if not (inner.startswith("[") and inner.endswith("]")):
            raise _invalid(f"'{name}=|' needs a list such as [a,b].")
        items = [item for item in _split(inner[1:-1], brackets=False) if item.strip()]
        return Condition(name, operator, tuple(map(_value, items)))
    value = _value(rest)
    if operator == "=~":
        _check_pattern(value.text)
    return Condition(name, operator, (value,))


def _check_pattern(pattern: str) -> None:
    if len(pattern) > MAX_PATTERN:
        raise _invalid(f"a regular expression has at most {MAX_PATTERN} characters.")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise _invalid(f"bad regular expression: {error}.") from None


def parse_filter(text: str | None) -> tuple[Condition, ...]:
    """The conditions of a filter text, all of which must hold; Invalid (422) says what is wrong."""
    if text is None or not text.strip():
        return ()
    if "\x00" in text:
        raise _invalid("it contains a NUL character.")
    return tuple(_condition(part) for part in _split(text, brackets=True))
