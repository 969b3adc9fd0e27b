"""One mapping of the YAML file: unknown keys are errors that name the nearest known one, values have their kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from typing import Any, TypeVar, cast

from treadle.connector.config import ConfigError
from treadle.connector.config_keys import SECTIONS, Key, Kind, children
from treadle.connector.hours import WorkingHours, parse_hours
from treadle.connector.pull_config import PullConfig
from treadle.dicom.config import MappingConfig, RoutingConfig
from treadle.dicom.optin import OptConfig
from treadle.dicom.tags import check_tag
from treadle.dicom.times import zone

_DURATION = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZE = {"": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40}
_MISSING: Any = object()

Options = TypeVar("Options", MappingConfig, RoutingConfig, OptConfig, PullConfig)


class Section:
    """The mapping called `name` in the file; `table` names its keys in SECTIONS."""

    def __init__(self, values: Any, *, table: str, name: str, without: frozenset[str] = frozenset()) -> None:
        if values is None:
            values = {}
        if not isinstance(values, dict):
            raise ConfigError(f"{name}: must be a mapping of keys and values")
        self.name = name
        self._table = table
        self._values: dict[Any, Any] = values
        self._keys = SECTIONS[table]
        refuse_unknown(name, values, {*self._keys, *children(table)} - without)

    def __contains__(self, key: str) -> bool:
        """Whether something stands at the key."""
        return self._values.get(key) is not None

    def is_off(self, key: str) -> bool:
        """Whether the key says `off`."""
        return self._values.get(key) is False

    def section(self, key: str) -> Section:
        """The mapping under `key`, empty when absent."""
        return Section(self._values.get(key), table=f"{self._table}.{key}", name=f"{self.name}.{key}")

    def given(self) -> dict[str, Any]:
        """What is in the file, by the name of the field it goes to; null where that is allowed."""
        return {
            f"{key}_s" if self._keys[key].kind == "duration" else key: self.get(key, None)
            for key, value in self._values.items()
            if key in self._keys and (value is not None or self._keys[key].may_be_null)
        }

    def changed(self, base: Options) -> Options:
        """`base` with what is in the file."""
        try:
            return replace(base, **cast(Any, self.given()))
        except ValueError as error:
            raise ConfigError(f"{self.name}: {error}") from None

    def need(self, key: str) -> Any:
        """The value of a key that has no default."""
        if key not in self:
            raise ConfigError(f"{self.name}.{key}: a text is needed here")
        return self.get(key)

    def get(self, key: str, default: Any = _MISSING) -> Any:
        """The value of a key; when absent `default`, else what the table says."""
        value = self._values.get(key)
        known = self._keys[key]
        if value is None:
            if default is not _MISSING:
                return default
            value = known.default
            if value is None:
                return None
        try:
            return _READERS[known.kind](value, known)
        except (ValueError, TypeError) as error:
            raise ConfigError(f"{self.name}.{key}: {error}") from None


@dataclass(frozen=True)
class _Quantity:
    """A number with a unit."""

    units: Mapping[str, int]
    words: str

    def __call__(self, value: Any, _known: Key) -> float:
        text = str(value).strip()
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)", text)
        unit = (
            next((unit for unit in (match[2], match[2].upper()) if unit in self.units), None)
            if match
            else None
        )
        if match is None or unit is None:
            raise ValueError(f"{text!r} is not {self.words}")
        return float(match[1]) * self.units[unit]


def refuse_unknown(path: str, values: Mapping[Any, Any], known: set[str]) -> None:
    """ConfigError for a key that is not known, with the nearest one that is."""
    for key in values:
        if key not in known:
            near = get_close_matches(str(key), sorted(known), n=1, cutoff=0)
            name = f"{path}.{key}" if path else str(key)
            raise ConfigError(f"{name}: unknown key; did you mean {near[0]!r}?")


def _text(value: Any, _known: Key) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be a text; write it in quotes: '{value}'")
    return value


def _texts(value: Any, _known: Key) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("must be a list of texts")
    return tuple(value)


def _tag(value: Any, known: Key) -> str:
    return check_tag(_text(value, known))


def _opt_tag(value: Any, known: Key) -> str:
    return "routing" if value == "routing" else _tag(value, known)


def _hours(value: Any, known: Key) -> WorkingHours:
    return parse_hours(_text(value, known))


def _tags(value: Any, known: Key) -> tuple[str, ...]:
    return tuple(map(check_tag, _texts(value, known)))


def _flag(value: Any, _known: Key) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {value!r}")
    return value


def _number(value: Any, _known: Key, *, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise TypeError(f"must be a number, at least {least}")
    return value


def _port(value: Any, _known: Key) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
        raise TypeError(f"{value!r} is not a port")
    return value


def _choice(value: Any, known: Key) -> str:
    if value not in known.choices:
        raise ValueError(f"{value!r} is not one of {', '.join(known.choices)}")
    return str(value)


def _choices(value: Any, known: Key) -> tuple[str, ...]:
    return tuple(_choice(item, known) for item in _texts(value, known))


def _zone(value: Any, known: Key) -> str:
    text = _text(value, known)
    zone(text)
    return text


_READERS: dict[Kind, Callable[[Any, Key], Any]] = {
    "text": _text,
    "texts": _texts,
    "tag": _tag,
    "tags": _tags,
    "opt_tag": _opt_tag,
    "hours": _hours,
    "flag": _flag,
    "number": _number,
    "count": partial(_number, least=0),
    "port": _port,
    "duration": _Quantity(_DURATION, "a duration such as 60s, 15m or 24h"),
    "size": _Quantity(_SIZE, "a size such as 500MiB or 10GiB"),
    "choice": _choice,
    "choices": _choices,
    "zone": _zone,
}
