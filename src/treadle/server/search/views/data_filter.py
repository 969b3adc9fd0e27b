"""Filter conditions on values read from files: the same grammar, compared in memory row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from treadle.server.search.errors import at
from treadle.server.wire.filters import Condition, Value

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _equals(found: Any, value: Value) -> bool:
    if value.text == "null" and not value.quoted:
        return found is None or found == ""
    if found is None:
        return False
    if isinstance(found, bool):
        return value.text.lower() == str(found).lower()
    if str(found) == value.text:
        return True
    if value.quoted:
        return False
    left, right = _number(found), _number(value.text)
    return left is not None and left == right


@dataclass(frozen=True)
class DataCondition:
    """One condition on a value from inside a file."""

    condition: Condition
    field: str

    def __post_init__(self) -> None:
        if self.condition.operator == "=~":  # an expression of the caller's could take for ever here
            raise at(("filter",), f"'{self.field}' is read from files and cannot be compared by '=~'.")

    def holds(self, found: Any) -> bool:
        """Whether the value passes."""
        operator = self.condition.operator
        if operator in ("=", "=|"):
            return any(_equals(found, value) for value in self.condition.values)
        if operator == "!=":
            return not _equals(found, self.condition.value)
        if found is None:
            return False
        return self._in_order(found, self.condition.value)

    def _in_order(self, found: Any, value: Value) -> bool:
        left, right = _number(found), _number(value.text)
        compare = _ORDER[self.condition.operator]
        if left is not None and right is not None and not value.quoted:
            return compare(left, right)
        return compare(str(found), value.text)
