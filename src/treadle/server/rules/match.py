"""Whether a file meets the conditions of a rule (gears.md 9). Pure: nothing is read here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

import regex

OF_CONTAINER = ("container.has-type", "container.has-classification")
LONGEST_PATTERN = 500
_LIMIT_S = 0.1

Condition = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What rules read of a file."""

    name: str
    type: str | None
    modality: str | None
    classification: Mapping[str, Sequence[str]]
    tags: Sequence[str]
    gear_info: Mapping[str, Any]

    @classmethod
    def of(cls, source: Mapping[str, Any]) -> Facts:
        """From a row, or from what a row was."""
        return cls(
            source["name"],
            source["type"],
            source["modality"],
            source["classification"] or {},
            source["tags"] or (),
            source["gear_info"] or {},
        )


@dataclass(frozen=True)
class Around:
    """The container of a file, with all files in it."""

    level: str
    files: Sequence[Facts] = field(default=())


def matches(conditions: Mapping[str, Sequence[Condition]], file: Facts, around: Around) -> bool:
    """All of `all`, one of `any` unless that is empty, none of `not`."""

    def holds(one: Condition) -> bool:
        kind = one["type"]
        values = _OF_FILE[kind](file) if kind in _OF_FILE else _OF_CONTAINER[kind](around)
        return any(_fits(one, value) for value in values if value is not None)

    return (
        all(map(holds, conditions["all"]))
        and (not conditions["any"] or any(map(holds, conditions["any"])))
        and not any(map(holds, conditions["not"]))
    )


def uses_container(conditions: Mapping[str, Sequence[Condition]]) -> bool:
    """Whether the verdict on one file depends on others."""
    return any(one["type"] in OF_CONTAINER for part in ("any", "all", "not") for one in conditions[part])


def bad_patterns(conditions: Iterable[Condition]) -> list[str]:
    """The regular expressions among these that cannot be read."""
    bad = []
    for one in conditions:
        if one.get("regex"):
            try:
                _compiled(one["value"])
            except (regex.error, OverflowError, RecursionError):
                bad.append(one["value"])
    return bad


def _classes(file: Facts) -> Iterable[str]:
    for key, values in file.classification.items():
        for value in values or ():
            yield str(value)
            yield f"{key}: {value}"


_OF_FILE: dict[str, Callable[[Facts], Iterable[str | None]]] = {
    "file.type": lambda file: (file.type,),
    "file.modality": lambda file: (file.modality,),
    "file.name": lambda file: (file.name,),
    "file.classification": _classes,
    "file.tags": lambda file: file.tags,
    "gear.name": lambda file: (file.gear_info.get("name"),),
    "gear.version": lambda file: (file.gear_info.get("version"),),
}
_OF_CONTAINER: dict[str, Callable[[Around], Iterable[str | None]]] = {
    "file.parent_ref.type": lambda around: (around.level,),
    "container.has-type": lambda around: (one.type for one in around.files),
    "container.has-classification": lambda around: (c for one in around.files for c in _classes(one)),
}
CONDITIONS = (*_OF_FILE, *_OF_CONTAINER)


def _fits(one: Condition, value: str) -> bool:
    wanted = str(one["value"])
    if one.get("regex"):
        try:
            return _compiled(wanted).match(value, timeout=_LIMIT_S) is not None
        except TimeoutError:
            return False
    if one["type"] == "file.name":
        return fnmatchcase(value.lower(), wanted.lower())
    return value.lower() == wanted.lower()


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE)
