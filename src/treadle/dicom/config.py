"""Options of routing and mapping as frozen values with the documented defaults."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from treadle.dicom.labels import is_group_id
from treadle.dicom.patterns import compile_rule

ThirdSegment = Literal["auto", "subject", "session"]
SplitChoice = Literal["auto", "always", "never"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "third_segment": ("auto", "subject", "session"),
    "session_match": ("uid", "uid_then_label"),
    "timezone_offset_tag": ("use", "ignore"),
    "acquisition_label": ("description", "number_description"),
    "split_by_acquisition_number": ("auto", "always", "never"),
    "acquisition_time": ("documented", "acquisition_first"),
}
_ROUTING_CHOICES = {"third_segment", "session_match"}
_FLAT_NAMES = {
    "routing_field": "field",
    "routing_fields": "fields",
    "routing_patterns": "patterns",
    "routing_defaults": "defaults",
}


@dataclass(frozen=True, kw_only=True)
class RoutingConfig:
    """How a device's routing string is found and read.

    >>> RoutingConfig.from_flat({"routing_field": "PatientComments", "require_prefix": False}).tags
    ('PatientComments',)
    """

    field: str = "PatientID"
    fields: tuple[str, ...] = ()
    forms: tuple[str, ...] = ("uri", "legacy")
    require_prefix: bool = True
    third_segment: ThirdSegment = "auto"
    create_projects: bool = False
    session_match: Literal["uid", "uid_then_label"] = "uid"
    auto_reroute: bool = True
    patterns: tuple[str, ...] = ()
    default_group: str | None = None
    default_project: str | None = None

    def __post_init__(self) -> None:
        for name in _ROUTING_CHOICES:
            _check_choice(name, getattr(self, name))
        unknown = [form for form in self.forms if form not in ("uri", "legacy")]
        if unknown:
            raise ValueError(f"routing.forms: {unknown[0]!r} is not one of uri, legacy")
        if self.default_group is not None and not is_group_id(self.default_group):
            raise ValueError(f"routing.defaults.group: {self.default_group!r} is not a group id")
        for rule in self.patterns:
            compile_rule(rule)

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags to look at, in order: `fields` when given, else `field` alone."""
        return self.fields or (self.field,)

    @classmethod
    def from_flat(cls, flat: Mapping[str, Any]) -> RoutingConfig:
        """Routing options out of a flat option table; mapping options in it are passed over."""
        return cls(**_pick(flat, cls, _routing_names()))


@dataclass(frozen=True, kw_only=True)
class MappingConfig:
    """How header values become container fields.

    >>> MappingConfig.from_flat({"timezone": "Europe/Budapest", "forms": ["uri"]}).timezone
    'Europe/Budapest'
    """

    timezone: str = "UTC"
    timezone_offset_tag: Literal["use", "ignore"] = "use"
    session_label_key: str = "StudyDescription"
    subject_key: str | None = None
    subject_key_wins: bool = False
    acquisition_label: Literal["description", "number_description"] = "description"
    acquisition_time: Literal["documented", "acquisition_first"] = "documented"
    uid_timestamps: bool = False
    split_by_acquisition_number: SplitChoice = "auto"
    acquisition_number_exclude: tuple[str, ...] = ("SIEMENS",)
    decrement_captures: bool = True
    routing: RoutingConfig = field(default_factory=RoutingConfig)

    def __post_init__(self) -> None:
        for name in _CHOICES.keys() - _ROUTING_CHOICES:
            _check_choice(name, getattr(self, name))

    @classmethod
    def from_flat(cls, flat: Mapping[str, Any]) -> MappingConfig:
        """Mapping options, and the routing options they need, out of one flat option table."""
        return cls(**_pick(flat, cls, _mapping_names()), routing=RoutingConfig.from_flat(flat))


def _routing_names() -> set[str]:
    return {option.name for option in fields(RoutingConfig)}


def _mapping_names() -> set[str]:
    return {option.name for option in fields(MappingConfig)} - {"routing"}


def _pick(flat: Mapping[str, Any], cls: type, names: set[str]) -> dict[str, Any]:
    picked: dict[str, Any] = {}
    known = _routing_names() | _mapping_names() | {"defaults"}
    for key, value in flat.items():
        name = _FLAT_NAMES.get(key, key)
        if name not in known:
            near = difflib.get_close_matches(key, sorted(known | _FLAT_NAMES.keys()), n=1)
            raise ValueError(f"unknown option {key!r}" + (f": did you mean {near[0]!r}?" if near else ""))
        if name == "defaults" and cls is RoutingConfig:
            picked |= {"default_group": value.get("group"), "default_project": value.get("project")}
        elif name in names:
            picked[name] = tuple(value) if isinstance(value, list) else value
    return picked


def _check_choice(name: str, value: str) -> None:
    if value not in _CHOICES[name]:
        raise ValueError(f"{name}: {value!r} is not one of {', '.join(_CHOICES[name])}")
