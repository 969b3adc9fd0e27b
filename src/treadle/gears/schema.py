"""The gear specification as JSON Schema (draft 4): the edition of 2019, and that of 2025 which adds to it."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any, Literal

import jsonschema_rs

Edition = Literal[2019, 2025]
Schema = dict[str, Any]

# For grouping gears; others are taken too.
SUITES = (
    "Conversion",
    "Curation",
    "Quality Assurance",
    "Utility",
    "Export",
    "Report",
    "Image Processing",
    "Other",
)
DRAFT_4 = "http://json-schema.org/draft-04/schema"
REQUIRED = (
    "author",
    "config",
    "description",
    "inputs",
    "label",
    "license",
    "name",
    "source",
    "url",
    "version",
)


@functools.cache
def validator(edition: Edition) -> jsonschema_rs.Draft4Validator:
    """Checks a manifest; addresses are checked as URIs too."""
    return jsonschema_rs.Draft4Validator(schema(edition), validate_formats=True)


def schema(edition: Edition) -> Schema:
    """The whole schema of a manifest."""
    properties: Schema = {
        "name": _text(100, pattern=r"^[a-z0-9\-]+$"),
        "label": _text(100),
        "description": _text(5000),
        "version": _text(100),
        "author": _text(100),
        "maintainer": _text(100),
        "cite": _text(5000),
        "license": {"enum": _data("licenses.txt").split("\n")[:-1]},
        "url": _ADDRESS,
        "source": _ADDRESS,
        "config": {"type": "object", "additionalProperties": _OPTION},
        "inputs": {"type": "object", "additionalProperties": {"anyOf": [_FILE, _CONTEXT, _API_KEY]}},
        "command": {"type": "string"},
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "capabilities": {"type": "array", "items": {"type": "string"}},
        "custom": {"type": "object"},
        "flywheel": {},
    }
    if edition == 2025:
        properties["output_configuration"] = {
            "type": "object",
            "properties": {"enforce_file_version_match": {"type": "boolean"}},
        }
        properties["custom"] = _custom()
        properties["config"] = {"type": "object", "additionalProperties": _TYPED_OPTION}
    return {
        "$schema": DRAFT_4 + "#",
        "title": f"Manifest of a gear ({edition})",
        "type": "object",
        "properties": properties,
        "required": list(REQUIRED),
        "additionalProperties": False,
        "definitions": {"filled": _filled()},
    }


def _filled() -> Schema:
    """Enumerations have values, each once, at any depth: the validator's own idea of draft 4 lets them be empty."""
    found_in = {
        "enum": {"minItems": 1, "uniqueItems": True},
        "items": {"allOf": [_FILLED], "items": _FILLED},
        **dict.fromkeys(("additionalItems", "additionalProperties", "not"), _FILLED),
        **{key: {"items": _FILLED} for key in ("allOf", "anyOf", "oneOf")},
        **{key: {"additionalProperties": _FILLED} for key in _NAMED},
    }
    return {"properties": found_in}


def _text(longest: int, **more: str) -> Schema:
    return {"type": "string", "maxLength": longest, **more}


_ADDRESS: Schema = {"type": "string", "maxLength": 1000, "anyOf": [{"format": "uri"}, {"maxLength": 0}]}
# Where a schema holds others by name.
_NAMED = ("definitions", "dependencies", "patternProperties", "properties")
_FILLED: Schema = {"$ref": "#/definitions/filled"}
_DIRECTIVE: Schema = {"allOf": [{"$ref": DRAFT_4}, _FILLED]}
# A directive is a schema itself. One with a default is never missing, so it cannot be optional.
_OPTION: Schema = {"allOf": [_DIRECTIVE, {"not": {"required": ["default", "optional"]}}]}
_TYPES = ["string", "integer", "number", "boolean", "array"]
_TYPED_OPTION: Schema = {
    "allOf": [_OPTION, {"properties": {"type": {"enum": _TYPES}}, "required": ["type"]}],
}
_FILE: Schema = {
    "type": "object",
    "properties": {
        "base": {"enum": ["file"]},
        "description": {"type": "string"},
        "optional": {"type": "boolean"},
    },
    "required": ["base"],
    "additionalProperties": _DIRECTIVE,
}


def _other_input(base: str, **more: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"base": {"enum": [base]}, "description": {"type": "string"}, **more},
        "required": ["base"],
        "additionalProperties": False,
    }


_CONTEXT = _other_input("context")
_API_KEY = _other_input("api-key", **{"read-only": {"type": "boolean"}})


def _custom() -> Schema:
    words = tomllib.loads(_data("classification.toml"))
    aspects = {
        aspect: {"type": "array", "items": {"type": "string", "enum": values}}
        for aspect, values in words.items()
    }
    known = {
        "flywheel": {
            "classification": {"type": "object", "properties": aspects},
            "suite": {"type": "string"},
            "show-job": {"type": "boolean"},
            "invalid": {"type": "boolean"},
            "module": {"type": "string"},
        },
        "gear-builder": {"category": {"type": "string"}, "image": {"type": "string"}},
    }
    return {
        "type": "object",
        "properties": {key: {"type": "object", "properties": value} for key, value in known.items()},
    }


def _data(name: str) -> str:
    return resources.files("treadle.gears").joinpath(name).read_text(encoding="utf-8")
