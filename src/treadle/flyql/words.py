"""The words of the language, their spelling and the limits of a query."""

from __future__ import annotations

import re

MAX_CHARACTERS = 10_000
MAX_TERMS = 200
MAX_DEPTH = 50
MAX_VALUES = 1_000  # in one IN list

KEYWORDS = ("AND", "OR", "NOT", "IN", "LIKE", "CONTAINS", "EXISTS")
SOFT_KEYWORDS = ("IS", "HAS", "TRUE", "FALSE", "NULL")  # special only where the grammar expects them
COMPARISONS = ("=", "==", "!=", "<>", "<", "<=", ">", ">=", "=~", "!~")

QUOTES = "\"'“”‘’"
BARE = re.compile(rf"[^\s()\[\],{QUOTES}]+")

_ESCAPED = re.compile(rf"\\([n\\{QUOTES}])")


def keyword(text: str) -> str | None:
    """The keyword in upper case; written all upper or all lower, never mixed."""
    upper = text.upper()
    return upper if upper in KEYWORDS and text in (upper, upper.lower()) else None


def soft(text: str, *among: str) -> str | None:
    """Which of these soft keywords the text is, in upper case."""
    upper = text.upper()
    return upper if upper in among and text in (upper, upper.lower()) else None


def is_bare(text: str) -> bool:
    """Whether the text can stand without quotes as a field or a value."""
    return BARE.fullmatch(text) is not None and keyword(text) is None and text not in COMPARISONS


def quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def unescape(inner: str) -> str:
    """What stands between quotes, read: any backslash but those of an escape stays."""
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], inner)
