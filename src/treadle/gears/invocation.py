"""The invocation schema: what a run's config and inputs have to fulfil, derived from the manifest."""

from __future__ import annotations

from typing import Any

from treadle.gears.manifest import Json, mapping
from treadle.gears.schema import DRAFT_4

# Words of a manifest that say nothing of the value.
_ABOUT = frozenset({"base", "description", "optional"})
_CONTEXT = {
    "type": "object",
    "properties": {"base": {"type": "string"}, "found": {"type": "boolean"}, "value": {}},
    "required": ["base", "found", "value"],
}


def derive(manifest: Json, *, closed: bool = False) -> Json:
    """The schema of a valid manifest.

    `closed` refuses options the manifest does not declare, as generators since 0.3 write it; the schemas
    stored with published gears are open.
    """
    config = {name: _directive(one) for name, one in manifest["config"].items()}
    inputs = {name: _input(one) for name, one in manifest["inputs"].items()}
    described: dict[str, Json] = {
        "config": _object(config, manifest["config"]),
        "inputs": _object(inputs, manifest["inputs"]),
    }
    if closed:
        described["config"]["additionalProperties"] = False
    return {
        "$schema": DRAFT_4 + "#",
        "title": f"Invocation manifest for {manifest['label']}",
        "type": "object",
        "properties": described,
        "required": ["config", "inputs"],
    }


def same(one: Json, other: Json) -> bool:
    """Equal but for the order in which required names are listed."""
    return bool(_ordered(one) == _ordered(other))


def _directive(one: Json) -> Json:
    return {key: value for key, value in one.items() if key not in _ABOUT}


def _input(one: Json) -> Json:
    if one["base"] == "context":
        return _CONTEXT
    if one["base"] == "api-key":
        return {"type": "object"}
    return {"type": "object", "properties": _directive(one)}


def _object(properties: Json, declared: Json) -> Json:
    required = [name for name, one in declared.items() if not mapping(one).get("optional")]
    described: Json = {"type": "object", "properties": properties}
    if required:
        described["required"] = required
    return described


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(one) for one in value]
    if not isinstance(value, dict):
        return value
    required = value.get("required")
    if isinstance(required, list) and all(isinstance(name, str) for name in required):
        value = {**value, "required": sorted(required)}
    return {key: _ordered(one) for key, one in value.items()}
