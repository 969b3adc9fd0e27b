"""JSON values by dotted path, as a profile names them; list items by their number (deid.md, section 2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from treadle.deid.fields.model import Rule

MAX_INDEX = 100_000
_MISSING = object()


class JsonRecord:
    """A document under change. `separator` stands between the parts of a path."""

    def __init__(self, document: Any, separator: str = ".") -> None:
        self.document = document
        self.separator = separator

    def places(self, rule: Rule) -> Iterator[str]:
        """The path, or every path that the expression matches from the start."""
        if rule.regex is None:
            yield rule.name
        else:
            yield from [path for path in self.paths() if rule.regex.match(path)]

    def paths(self) -> list[str]:
        """Every path, outer ones first."""
        return list(self._paths(self.document, ""))

    def _paths(self, value: Any, prefix: str) -> Iterator[str]:
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, below in inner:
            yield f"{prefix}{key}"
            yield from self._paths(below, f"{prefix}{key}{self.separator}")

    def get(self, place: str) -> Any:
        """The value; None when it is missing."""
        found = self.document
        for step in place.split(self.separator):
            found = _inner(found, step)
            if found is _MISSING:
                return None
        return found

    read = get

    def put(self, place: str, value: Any) -> None:
        """Set a value; mappings and lists on the way to it are made."""
        *steps, last = place.split(self.separator)
        holder = self.document
        for step, following in pairwise([*steps, last]):
            below = _inner(holder, step)
            if below is _MISSING or not below:
                below = [] if following.isdigit() else {}
                _set(holder, step, below)
            holder = below
        _set(holder, last, value)

    def remove(self, place: str) -> None:
        """Delete a value; items after a deleted one move up."""
        *steps, last = place.split(self.separator)
        holder = self.document
        for step in steps:
            holder = _inner(holder, step)
        if isinstance(holder, dict):
            holder.pop(last, None)
        elif isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
            del holder[int(last)]


def _inner(holder: Any, step: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(step, _MISSING)
    if isinstance(holder, list) and step.isdigit() and int(step) < len(holder):
        return holder[int(step)]
    return _MISSING


def _set(holder: Any, step: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[step] = value
    elif isinstance(holder, list) and step.isdigit() and int(step) < MAX_INDEX:
        holder.extend([None] * (int(step) + 1 - len(holder)))
        holder[int(step)] = value
    else:
        raise ValueError("no place for a value")
