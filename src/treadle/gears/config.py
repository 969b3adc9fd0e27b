"""The config of a run: given values, the defaults for the rest, each checked against its directive."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator

import jsonschema_rs

from treadle.gears.invocation import derive
from treadle.gears.manifest import Json, mapping


class ConfigError(Exception):
    """A value that its directive refuses; `key` is the option."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


def complete(manifest: Json, given: Json) -> Json:
    """Config of a run: an option without default that was not given is absent, not null. May raise ConfigError."""
    options = manifest["config"]
    for key in given:
        if key not in options:
            raise ConfigError(key, "the gear has no such option")
    config = {
        name: given.get(name, one.get("default"))
        for name, one in options.items()
        if name in given or "default" in one
    }
    schema = derive(manifest)["properties"]["config"]
    for name in schema.get("required", ()):
        if name not in config:
            raise ConfigError(name, "a value is required")
    for name, value in config.items():
        for reason in refusals(options[name], value):
            raise ConfigError(name, reason)
    return config


def bad_defaults(manifest: Json) -> Iterator[tuple[str, str]]:
    """Options whose default breaks their own directive, with the reason."""
    for name, one in mapping(manifest.get("config")).items():
        if isinstance(one, dict) and "default" in one:
            for reason in refusals(one, one["default"]):
                yield name, reason


def refusals(directive: Json, value: object) -> list[str]:
    """Why a directive refuses a value; nothing when it takes it, or is no schema itself."""
    rules = {
        key: rule for key, rule in directive.items() if key not in ("default", "description", "optional")
    }
    rules.pop("id", None)  # a hint for command lines, not the identifier of a schema
    try:
        checker = _checker(json.dumps(rules, sort_keys=True))
        return [error.message for error in checker.iter_errors(value)]
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        return []


@functools.lru_cache(maxsize=4096)
def _checker(rules: str) -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(json.loads(rules))
