"""The profile format as JSON schema, so that editors complete and check while somebody types."""

from __future__ import annotations

from typing import Any

from treadle.deid.fields.metadata import LEVELS
from treadle.deid.presets.options import OPTIONS
from treadle.deid.profile.flywheel import LEVEL
from treadle.deid.profile.keys import ACTION_KEYS, FLAG_ACTIONS, KINDS, SUB, TOP, Key, default_of, keys_of
from treadle.deid.profile.sections import REGEX_KINDS
from treadle.deid.profile.treadle import INNER, SAFE, TREADLE

Schema = dict[str, Any]

_TYPES: dict[str, Schema] = {
    "text": {"type": "string"},
    "texts": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "flag": {"type": "boolean"},
    "whole": {"type": "integer"},
    "count": {"type": "integer", "minimum": 0},
    "number": {"type": "number"},
    "regex": {"type": "string", "format": "regex"},
    "format": {"type": "string", "minLength": 1},
    "special": {},
}
_RECTANGLE: Schema = {
    "anyOf": [
        {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4},
        {"enum": ["all", "from:SequenceOfUltrasoundRegions"]},
    ]
}
_PIXELS = {
    "type": "object",
    "properties": {
        "pixels": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"when": {"type": "string"}, "remove": _RECTANGLE, "keep": _RECTANGLE},
                "required": ["when"],
                "additionalProperties": False,
            },
        },
        "detect": {},
    },
    "additionalProperties": False,
}


def schema() -> Schema:
    """The whole document (JSON Schema 2020-12)."""
    special = {
        "flywheel": _object({level: _level() for level in LEVELS}),
        "treadle": _treadle(),
    }
    properties = {key: special.get(key) or _value(wanted) for key, wanted in TOP.items()}
    properties |= {kind: _section(kind) for kind in KINDS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "De-identification profile",
        **_object(properties),
        "$defs": {
            "rule": _rule(may_regex=False),
            "rule-or-regex": _rule(may_regex=True),
            "sub": _sub(),
        },
    }


def _object(properties: dict[str, Schema], required: list[str] | None = None) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": required} if required else {})


def _list(reference: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/$defs/{reference}"}}


def _value(wanted: Key, default: Any = None) -> Schema:
    found = dict(_TYPES[wanted.holds])
    if wanted.help:
        found["description"] = wanted.help.replace("`", "")
    if wanted.choices:
        found["enum"] = list(wanted.choices)
    default = wanted.default if default is None else default
    return found if default is None or default == [] else found | {"default": default}


def _section(kind: str) -> Schema:
    keys = keys_of(kind)
    rules = _list("rule-or-regex" if kind in REGEX_KINDS else "rule")
    special = {"fields": rules, "filenames": _list("sub"), "alter_pixels": _PIXELS}
    properties = {
        key: special.get(key) or _value(wanted, default_of(kind, key)) for key, wanted in keys.items()
    }
    found = _object(properties, [key for key, wanted in keys.items() if wanted.required])
    return found | {"type": ["object", "null"]}


def _rule(*, may_regex: bool) -> Schema:
    """One rule: a name (or expression), one action, and the keys that go with that action."""
    targets = ["name", "regex"] if may_regex else ["name"]
    names = {target: {"type": ["string", "integer"] if target == "name" else "string"} for target in targets}
    branches = [_object({**names}, ["name"])]
    for action, keys in ACTION_KEYS.items():
        value: Schema = {"const": True, "description": FLAG_ACTIONS.get(action, "").replace("`", "")}
        if action == "replace-with":
            value = {"description": "The new value.", "not": {"type": "null"}}
        elif action == "regex-sub":
            value = {"type": "array", "items": {"$ref": "#/$defs/sub"}, "minItems": 1}
        own = {key: _value(wanted) for key, wanted in keys.items()}
        branches += [
            _object({target: names[target], action: value, **own}, [target, action]) for target in targets
        ]
    return {"anyOf": branches}


def _sub() -> Schema:
    properties = {key: _value(wanted) for key, wanted in SUB.items()}
    return _object(properties | {"groups": _list("rule")}, ["input-regex", "output"])


def _level() -> Schema:
    return _object(
        {key: _value(wanted) for key, wanted in LEVEL.items()} | {"fields": _list("rule-or-regex")}
    )


def _treadle() -> Schema:
    inner = {
        name: _object({key: _value(wanted) for key, wanted in keys.items()}) for name, keys in INNER.items()
    }
    safe = _object({key: _value(wanted) for key, wanted in SAFE.items()}, list(SAFE))
    inner["private"]["properties"]["add"] = {"type": "array", "items": safe}
    top = {key: _value(wanted) for key, wanted in TREADLE.items()}
    options = {"type": "array", "items": {"enum": list(OPTIONS)}, "description": "Options of PS3.15 Annex E."}
    return _object(top | inner | {"options": options})
