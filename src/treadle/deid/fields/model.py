"""Field rules and sections after they were checked: plain immutable values, ready for the actions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Moved:
    """How a date moves besides by the section's increment."""

    format: str | None = None
    override: float | None = None
    jitter_range: int = 0
    jitter_unit: str = "days"
    earliest: str | None = None
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class Jitter:
    """Random change of a number; what is None comes from the section."""

    range: float | None = None
    type: str | None = None
    smallest: float | None = None
    largest: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One field rule: `name`, which is a regular expression when `regex` is set, and one action."""

    name: str
    action: str
    regex: re.Pattern[str] | None = None
    value: Any = None
    insert: bool | None = None
    moved: Moved = Moved()
    jitter: Jitter = Jitter()
    subs: tuple[Sub, ...] = ()
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Sub:
    """One entry of `regex-sub` or `filenames`. `output` alternates text and names, starting with text."""

    pattern: re.Pattern[str]
    output: tuple[str, ...]
    groups: Mapping[str, Rule] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """What the output asks for, in order."""
        return self.output[1::2]

    def fill(self, values: Mapping[str, str]) -> str:
        """The output with values in place of names."""
        return "".join(values[part] if index % 2 else part for index, part in enumerate(self.output))


@dataclass(frozen=True, slots=True)
class Section:
    """One file profile. `rules` are in the order in which they run; `own` are the keys only this type has."""

    kind: str
    rules: tuple[Rule, ...] = ()
    filenames: tuple[Sub, ...] = ()
    file_filter: tuple[str, ...] = ()
    enforce_filter: bool = False
    salt: str | None = None
    hash_digits: int = 16
    date_increment: float | None = None
    date_format: str = "%Y%m%d"
    datetime_format: str = "%Y%m%d%H%M%S.%f"
    jitter_range: float = 2
    jitter_type: str = "float"
    insert: bool = True
    uid_prefix: int = 4
    uid_suffix: int = 1
    uid_root: str | None = None
    secret_key: str | None = None
    nonce: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)
