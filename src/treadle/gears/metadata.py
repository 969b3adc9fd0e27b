"""`.metadata.json`: what a gear says about containers and files, checked before any of it counts."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from treadle.gears.manifest import Json

MOST_BYTES = 16 << 20
NAME = ".metadata.json"
LEVELS = ("project", "subject", "session", "acquisition", "analysis")


class MetadataError(Exception):
    """Why the document cannot be applied: a JSON pointer and a sentence."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer
        self.reason = reason


def parse(raw: bytes) -> tuple[Json, list[str]]:
    """The document without its nulls and without keys that nobody knows, and a warning for each such key.

    A null means "leave alone", except within `info`, where it is a value. May raise MetadataError.
    """
    if len(raw) > MOST_BYTES:
        raise MetadataError("", f"larger than {MOST_BYTES >> 20} MiB")
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise MetadataError("", f"not JSON: {error.msg} in line {error.lineno}") from None
    except UnicodeDecodeError:
        raise MetadataError("", "not UTF-8 text") from None
    except (RecursionError, ValueError) as error:
        raise MetadataError("", f"not JSON that can be read: {str(error)[:100]}") from None
    for wrong in _validator().iter_errors(document):
        raise MetadataError("".join(f"/{step}" for step in wrong.instance_path), _short(wrong.message))
    warnings: list[str] = []
    return {
        level: value if level not in LEVELS else dict(_known(level, value, f"/{level}", warnings))
        for level, value in document.items()
        if value is not None
    }, warnings


def _known(level: str, said: Json, pointer: str, warnings: list[str]) -> Iterator[tuple[str, Any]]:
    for key, value in said.items():
        if key not in _LEVELS[level]:
            warnings.append(f"{pointer}/{key}: no such field, ignored")
        elif value is None:
            continue
        elif level == "session" and key == "subject":
            yield key, dict(_known("subject", value, f"{pointer}/subject", warnings))
        elif key == "files":
            yield key, [{name: one for name, one in file.items() if one is not None} for file in value]
        else:
            yield key, value


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:140]} … {message[-140:]}"


@functools.cache
def _validator() -> jsonschema_rs.Draft4Validator:
    levels = {level: _or_null({"type": "object", "properties": fields}) for level, fields in _LEVELS.items()}
    return jsonschema_rs.Draft4Validator(
        {
            "type": "object",
            "properties": {**levels, "type": _TEXT, "upload_metadata_type": _TEXT},
            "additionalProperties": False,
        }
    )


def _or_null(rules: Json) -> Json:
    return (
        {"anyOf": [rules, {"type": "null"}]}
        if "enum" in rules
        else {**rules, "type": [rules["type"], "null"]}
    )


def _choice(*values: str) -> Json:
    return {"enum": [*values, None]}


_TEXT = _or_null({"type": "string"})
_LABEL = _or_null({"type": "string", "minLength": 1})
_NUMBER = _or_null({"type": "number"})
_WHOLE = _or_null({"type": "integer"})
_OBJECT = _or_null({"type": "object"})
_TAGS = _or_null({"type": "array", "items": {"type": "string"}})
_TIME = _or_null({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d"})
_PERSON = _or_null({"type": "string", "maxLength": 64, "pattern": "^[^/]*$"})

_FILE: Json = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "type": _TEXT,
        "mimetype": _TEXT,
        "modality": _or_null({"type": "string", "pattern": "^[ 0-9a-zA-Z_-]{2,64}$"}),
        "classification": _or_null(
            {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
        ),
        "tags": _TAGS,
        "info": _OBJECT,
        "size": _WHOLE,
        "zip_member_count": _WHOLE,
        "deid_log_id": _or_null({"type": "string", "pattern": "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"}),
        "deid_log_skip_reason": _choice("unsupported_type", "manual_override"),
        "upload_metadata_type": _TEXT,
    },
    "required": ["name"],
    "additionalProperties": False,
}
_FILES = _or_null({"type": "array", "items": _FILE})

_SUBJECT: Json = {
    "label": _or_null({"type": "string", "minLength": 1, "maxLength": 64}),
    "code": _TEXT,
    "master_code": _TEXT,
    "info": _OBJECT,
    "age": _WHOLE,
    "firstname": _PERSON,
    "lastname": _PERSON,
    "sex": _choice("male", "female", "other", "unknown"),
    "race": _choice(
        "American Indian or Alaska Native",
        "Asian",
        "Native Hawaiian or Other Pacific Islander",
        "Black or African American",
        "White",
        "More Than One Race",
        "Unknown or Not Reported",
    ),
    "ethnicity": _choice("Not Hispanic or Latino", "Hispanic or Latino", "Unknown or Not Reported"),
    "files": _FILES,
}
_SHARED: Json = {"label": _LABEL, "info": _OBJECT, "tags": _TAGS, "files": _FILES}
_WHEN: Json = {"uid": _TEXT, "timestamp": _TIME, "timezone": _TEXT}

_LEVELS: dict[str, Json] = {
    "project": _SHARED,
    "subject": {**_SUBJECT, "tags": _TAGS},
    "session": {
        **_SHARED,
        **_WHEN,
        "operator": _TEXT,
        "age": _WHOLE,
        "weight": _NUMBER,
        "subject": _or_null({"type": "object", "properties": _SUBJECT}),
    },
    "acquisition": {**_SHARED, **_WHEN, "metadata": _OBJECT, "measurement": _TEXT},
    "analysis": {**_SHARED, "timestamp": _TIME},
}
