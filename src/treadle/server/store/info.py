"""Custom metadata: key rules and the three ways of writing (api.md 7)."""

from __future__ import annotations

import math
from typing import Any

import orjson
from sqlalchemy import ColumnElement, cast, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text

from treadle.server.kit.errors import BadRequest, Invalid, TooLarge

MAX_DEPTH = 100
MAX_SIZE = 16 << 20


def clean_key(key: str) -> str:
    """A key as it is stored: `.` becomes `_`, `$` becomes `-`."""
    return key.replace(".", "_").replace("$", "-")


def clean_info(value: Any, depth: int = 0) -> Any:
    """The value with cleaned keys at every depth; what JSON cannot hold becomes null."""
    if depth > MAX_DEPTH:
        raise Invalid(f"'info' is nested more than {MAX_DEPTH} levels deep.")
    if isinstance(value, dict):
        return {clean_key(str(key)): clean_info(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_info(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def info_object(value: Any) -> dict[str, Any]:
    """A whole info document from a request."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid("'info' must be an object.")
    if len(orjson.dumps(value)) > MAX_SIZE:
        raise TooLarge(f"'info' has at most {MAX_SIZE >> 20} MiB.")
    cleaned: dict[str, Any] = clean_info(value)
    return cleaned


def updated_info(column: ColumnElement[Any], body: dict[str, Any]) -> ColumnElement[Any]:
    """SQL for the column after `{set, delete, replace}`: one atomic step, so that no writer is lost."""
    if "replace" in body and ("set" in body or "delete" in body):
        raise BadRequest("'replace' cannot be combined with 'set' or 'delete'.")
    if "replace" in body:
        return _json(info_object(body["replace"]))
    if "set" not in body and "delete" not in body:
        raise Invalid("Send 'set', 'delete' or 'replace'.")
    result = column
    for key in _keys(body.get("delete")):
        result = result.op("-")(clean_key(key))
        path = [clean_key(part) for part in key.split(".")]
        if len(path) > 1:
            result = result.op("#-")(cast(path, ARRAY(Text)))
    if body.get("set"):
        result = result.op("||")(_json(info_object(body["set"])))
    return func.coalesce(result, _json({}))


def _json(value: dict[str, Any]) -> ColumnElement[Any]:
    return cast(value, JSONB)


def _keys(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise Invalid("'delete' must be a list of keys.")
    return value
