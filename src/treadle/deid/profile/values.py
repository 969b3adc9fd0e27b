"""Reads the values of a section by the tables in `keys.py`, and says what would be right."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from treadle.deid.profile.issues import Issues, Path, nearest
from treadle.deid.profile.keys import Key

MAX_PATTERN = 10_000
_WANTED = {
    "text": "text; put it in quotes",
    "texts": "text or a list of texts",
    "flag": "true or false",
    "whole": "a whole number",
    "count": "a whole number from 0 on",
    "number": "a number",
    "regex": "a regular expression, as text",
    "format": 'a date format like "%Y%m%d", or "timestamp"',
}
# Directives of strptime; the ones for local words (%c, %x) are as bad an idea as ever, but known.
_DIRECTIVES = set("aAbBcdfGHIjmMpSuUVwWxXyYzZ%")


def mapping(document: Any, path: Path, issues: Issues) -> dict[str, Any]:
    """A mapping with text keys; anything else is an issue and counts as empty. Nothing (`dicom:`) is empty."""
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        issues.add(path, "BAD_TYPE", f"Must be a mapping (`key: value`), not {described(document)}.")
        return {}
    return {str(key): value for key, value in document.items()}


def listing(document: Any, path: Path, issues: Issues) -> list[Any]:
    """A list; anything else is an issue and counts as empty."""
    if document is None:
        return []
    if not isinstance(document, list | tuple):
        issues.add(path, "BAD_TYPE", f"Must be a list (`- ...`), not {described(document)}.")
        return []
    return list(document)


def known_only(document: Mapping[str, Any], keys: Mapping[str, Key], path: Path, issues: Issues) -> None:
    """Every key that the table does not have is an issue, as is each that is missing."""
    for key in document:
        if key not in keys:
            message = f'Unknown key "{key}".{nearest(key, keys)} Known: {", ".join(sorted(keys))}.'
            issues.add((*path, key), "UNKNOWN_KEY", message)
    for key, wanted in keys.items():
        if wanted.required and document.get(key) is None:
            issues.add(path, "MISSING_KEY", f'"{key}" is missing. {wanted.help}')


def value_of(document: Mapping[str, Any], key: str, wanted: Key, path: Path, issues: Issues) -> Any:
    """The checked value of one key: its default when it is absent, null or wrong."""
    value = document.get(key)
    if value is None:
        return wanted.default
    if (problem := _problem(value, wanted)) is None:
        return value
    issues.add((*path, key), problem[0], problem[1])
    return wanted.default


def _problem(value: Any, wanted: Key) -> tuple[str, str] | None:
    fits = _fits(value, wanted.holds)
    if not fits:
        return "BAD_TYPE", f"Must be {_WANTED[wanted.holds]}, not {described(value)}."
    if wanted.choices and value not in wanted.choices:
        return "BAD_VALUE", f"Must be one of {', '.join(wanted.choices)}, not {described(value)}."
    if wanted.holds == "regex":
        return _bad_pattern(value)
    if wanted.holds == "format":
        return _bad_format(value)
    return None


def _fits(value: Any, holds: str) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if holds == "texts":
        return isinstance(value, str) or (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        )
    if holds == "number":
        return number and abs(value) < 1e9  # also refuses infinity and not-a-number
    return {
        "text": isinstance(value, str),
        "regex": isinstance(value, str),
        "format": isinstance(value, str) and value != "",
        "flag": isinstance(value, bool),
        "whole": number and isinstance(value, int),
        "count": number and isinstance(value, int) and 0 <= value < 1000,
        "any": True,
        "special": True,
    }[holds]


def _bad_pattern(text: str) -> tuple[str, str] | None:
    if len(text) > MAX_PATTERN:
        return "BAD_REGEX", f"A regular expression has at most {MAX_PATTERN} characters."
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        return "BAD_REGEX", f"Not a regular expression: {error}."
    return None


def _bad_format(text: str) -> tuple[str, str] | None:
    if text == "timestamp":
        return None
    for directive in re.findall(r"%(.?)", text, flags=re.DOTALL):
        if directive not in _DIRECTIVES or not directive:
            known = " ".join(f"%{letter}" for letter in "YmdHMSfyjbBzZ")
            return "BAD_FORMAT", f"%{directive} is not a date format code. Use {known}."
    try:
        time.strptime("", text)
    except ValueError as error:
        if "does not match" not in str(error):
            return "BAD_FORMAT", f"Not a date format: {error}."
    except (re.error, IndexError, KeyError):
        return "BAD_FORMAT", "Not a date format: a code is there twice."
    return None


def described(value: Any) -> str:
    """A value in an error message: what it is, and itself when it is short."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
