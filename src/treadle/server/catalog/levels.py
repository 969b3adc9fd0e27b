"""The levels as data: what each has of its own, what it hangs on, what hangs on it (api.md 8, 9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from treadle.server.kit.errors import Invalid, NotFound


class Kind(StrEnum):
    """Form of a field's value."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    OBJECT = "json"
    CHOICE = "choice"


@dataclass(frozen=True)
class FieldRule:
    """One field of a level's document: its form and, for choices, its words."""

    kind: Kind
    words: tuple[str, ...] = ()
    writable: bool = True


@dataclass(frozen=True)
class Level:
    """One level of the hierarchy."""

    name: str
    plural: str
    parent: str | None
    children: tuple[str, ...]
    fields: Mapping[str, FieldRule]
    has_time: bool = False  # uid, timestamp, timezone


_TEXT, _NUMBER, _INTEGER = FieldRule(Kind.TEXT), FieldRule(Kind.NUMBER), FieldRule(Kind.INTEGER)
_OBJECT, _BOOLEAN = FieldRule(Kind.OBJECT), FieldRule(Kind.BOOLEAN)


def _choice(*words: str) -> FieldRule:
    return FieldRule(Kind.CHOICE, words)


_PROJECT = {
    "description": _TEXT,
    "settings": _OBJECT,
    "providers": _OBJECT,
    "editions": _OBJECT,
    "copyable": _BOOLEAN,
    "templates": FieldRule(Kind.OBJECT, writable=False),
    "locked": FieldRule(Kind.OBJECT, writable=False),
}

_SUBJECT = {
    "code": _TEXT,
    "master_code": _TEXT,
    "firstname": _TEXT,
    "lastname": _TEXT,
    "sex": _choice("male", "female", "other", "unknown"),
    "cohort": _choice("Control", "Study"),
    "mlset": _choice("Training", "Testing", "Validation"),
    "type": _choice("human", "animal", "phantom"),
    "race": _TEXT,
    "ethnicity": _TEXT,
    "species": _TEXT,
    "strain": _TEXT,
    "state": _choice("In utero", "Alive", "Dead"),
    "age": _INTEGER,
    "date_of_birth": FieldRule(Kind.DATE),
}

_SESSION = {
    "age": _INTEGER,
    "weight": _NUMBER,
    "operator": _TEXT,
    "satisfies_template": FieldRule(Kind.BOOLEAN, writable=False),
}

_GROUP = {"providers": _OBJECT, "editions": _OBJECT, "settings": _OBJECT}

# Of runs of gears: what made the analysis.
_ANALYSIS = {
    "description": _TEXT,
    "job": FieldRule(Kind.TEXT, writable=False),
    "gear_info": FieldRule(Kind.OBJECT, writable=False),
    "compute_provider_id": FieldRule(Kind.TEXT, writable=False),
}

_ALL = (
    Level("group", "groups", None, ("project",), _GROUP),
    Level("project", "projects", "group", ("subject", "session", "acquisition"), _PROJECT),
    Level("subject", "subjects", "project", ("session", "acquisition"), _SUBJECT),
    Level("session", "sessions", "subject", ("acquisition",), _SESSION, has_time=True),
    Level("acquisition", "acquisitions", "session", (), {"metadata": _OBJECT}, has_time=True),
    Level("analysis", "analyses", None, (), _ANALYSIS),
    Level("collection", "collections", None, (), {"description": _TEXT}),
)

LEVELS: Mapping[str, Level] = MappingProxyType({level.name: level for level in _ALL})
BY_PLURAL: Mapping[str, Level] = MappingProxyType({level.plural: level for level in _ALL})
HIERARCHY = ("group", "project", "subject", "session", "acquisition")


def level_of_plural(plural: str) -> Level:
    """The level that an address names, such as `sessions`."""
    try:
        return BY_PLURAL[plural]
    except KeyError:
        raise NotFound("Not found: there is no such address.") from None


def check_field(level: Level, name: str, value: Any) -> Any:
    """The value of a document field as it is stored; Invalid says what is wrong with it."""
    rule = level.fields[name]
    if value is None:
        return None
    reader = _READERS.get(rule.kind)
    return reader(name, value, rule) if reader else value


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        if len(value) > 10_000:
            raise Invalid(f"'{name}' has at most 10,000 characters.")
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise Invalid(f"'{name}' must be text.")


def _word(name: str, value: Any, words: tuple[str, ...]) -> str | None:
    if value == "":  # the clients cannot read an empty enum value back
        return None
    found = next((word for word in words if str(value).lower() == word.lower()), None)
    if found is None:
        raise Invalid(f"'{name}' must be one of: {', '.join(words)}.")
    return found


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Invalid(f"'{name}' must be a number.")
    try:
        number = float(value)
    except ValueError:
        raise Invalid(f"'{name}' must be a number.") from None
    if not abs(number) < 1e15:
        raise Invalid(f"'{name}' is too large.")
    return number


_READERS: Mapping[Kind, Callable[[str, Any, FieldRule], Any]] = {
    Kind.TEXT: lambda name, value, _rule: _text(name, value),
    Kind.CHOICE: lambda name, value, rule: _word(name, value, rule.words),
    Kind.INTEGER: lambda name, value, _rule: round(_number(name, value)),
    Kind.NUMBER: lambda name, value, _rule: _number(name, value),
    Kind.BOOLEAN: lambda _name, value, _rule: bool(value),
    Kind.DATE: lambda name, value, _rule: _text(name, value)[:10],
}
