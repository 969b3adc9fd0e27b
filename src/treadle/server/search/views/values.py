"""Values of a column in the type it asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from treadle.server.search.views.expr import apply
from treadle.server.search.views.plan import Column
from treadle.server.wire.answer import dumps

Converter = Callable[[Any], Any]
_TRUE, _FALSE = frozenset({"true", "yes", "1", "t", "y"}), frozenset({"false", "no", "0", "f", "n"})


class BadValue(ValueError):
    """The value cannot be read as its column's type."""


def converter(column: Column) -> Converter | None:
    """What makes a raw value the column's value; None when nothing is to be done."""
    formula, cast = column.formula, _CASTS.get(column.type or "")
    if formula is None:
        return None if cast is None else lambda value: None if value is None else cast(value)

    def compute(value: Any) -> Any:
        if value is None or value == "":
            return None
        try:
            result = apply(formula, as_number(value))
        except ValueError as error:
            raise BadValue(str(error)) from None
        return result if cast is None else cast(result)

    return compute


def as_number(value: Any) -> int | float:
    """The value as a number; BadValue when it is none."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value if abs(value) < 2**63 else float(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise BadValue("not a number") from None
    if not math.isfinite(number):
        raise BadValue("not a number")
    return number


def _int(value: Any) -> int | None:
    if value == "":
        return None
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    return int(as_number(value))


def _float(value: Any) -> float | None:
    return None if value == "" else float(as_number(value))


def as_text(value: Any) -> str:
    """The value as it stands in a table."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return dumps(value).decode()


def _bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    if word == "" and isinstance(value, str):
        return None
    raise BadValue("neither true nor false")


_CASTS: Mapping[str, Converter] = {"int": _int, "float": _float, "string": as_text, "bool": _bool}
