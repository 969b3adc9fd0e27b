"""Rows grouped by equal values, the rest accumulated; one group in memory when groups come in order."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Protocol

from treadle.server.search.errors import at
from treadle.server.search.views.plan import Plan
from treadle.server.search.views.values import BadValue, as_number
from treadle.server.wire.answer import dumps

Values = list[Any]
MAX_GROUPS = 100_000
_BATCH = 1000


class _State(Protocol):
    result: Any

    def add(self, value: Any) -> None: ...


class _Count:
    def __init__(self) -> None:
        self.result = 0

    def add(self, _value: Any) -> None:
        self.result += 1


class _Sum:
    def __init__(self) -> None:
        self.result: int | float | None = None

    def add(self, value: Any) -> None:
        self.result = as_number(value) + (self.result or 0)


class _Moments:
    """Mean and standard deviation in one pass without cancellation (Welford)."""

    def __init__(self) -> None:
        self.count, self.mean, self.squares = 0, 0.0, 0.0

    def add(self, value: Any) -> None:
        number = float(as_number(value))
        self.count += 1
        delta = number - self.mean
        self.mean += delta / self.count
        self.squares += delta * (number - self.mean)


class _Mean(_Moments):
    @property
    def result(self) -> float | None:
        return self.mean if self.count else None


class _Deviation(_Moments):
    @property
    def result(self) -> float | None:
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else None


class _Least:
    def __init__(self) -> None:
        self.result: Any = None

    def add(self, value: Any) -> None:
        if self.result is None or self._before(value, self.result):
            self.result = value

    @staticmethod
    def _before(value: Any, other: Any) -> bool:
        try:
            return bool(value < other)
        except TypeError:  # numbers among texts
            return str(value) < str(other)


class _Most(_Least):
    @staticmethod
    def _before(value: Any, other: Any) -> bool:
        return _Least._before(other, value)


_STATES: Mapping[str, Callable[[], Any]] = {
    "count": _Count,
    "sum": _Sum,
    "mean": _Mean,
    "standard_deviation": _Deviation,
    "minimum": _Least,
    "maximum": _Most,
}


class _Group:
    def __init__(
        self, values: Values, grouped: Sequence[bool], states: Sequence[Callable[[], Any] | None]
    ) -> None:
        self._kept = [value if keep else None for value, keep in zip(values, grouped, strict=True)]
        self._states = [make() if make else None for make in states]
        self._errors: list[str] = []

    def add(self, values: Values, names: Sequence[str]) -> None:
        for state, value, name in zip(self._states, values, names, strict=True):
            if state is None or value is None:
                continue
            try:
                state.add(value)
            except BadValue as error:
                self._note(f"{name}: {error}")

    def _note(self, error: str) -> None:
        if error not in self._errors and len(self._errors) < 10:
            self._errors.append(error)

    def row(self) -> tuple[str | None, Values]:
        values = [
            kept if state is None else state.result
            for kept, state in zip(self._kept, self._states, strict=True)
        ]
        return "; ".join(self._errors) or None, values


async def grouped(
    batches: AsyncIterator[list[tuple[str | None, Values]]], plan: Plan, *, in_order: bool
) -> AsyncIterator[list[tuple[str | None, Values]]]:
    """One row for each group; ViewInvalid when groups come in any order and are too many to keep."""
    names = [column.name for column in plan.columns]
    keep = [column.accumulator is None for column in plan.columns]
    by = [index for index, column in enumerate(plan.columns) if column.name in (plan.group_by or ())]
    states = [_STATES[column.accumulator] if column.accumulator else None for column in plan.columns]
    groups: dict[bytes, _Group] = {}
    done: list[tuple[str | None, Values]] = []
    async for rows in batches:
        for _error, values in rows:
            key = dumps([values[index] for index in by])
            group = groups.get(key)
            if group is None:
                if in_order:
                    done += [one.row() for one in groups.values()]
                    groups.clear()
                elif len(groups) >= MAX_GROUPS:
                    raise at(("groupBy",), f"a view has at most {MAX_GROUPS:,} groups of computed values.")
                group = groups[key] = _Group(values, keep, states)
            group.add(values, names)
        if len(done) >= _BATCH:
            yield done
            done = []
    done += [one.row() for one in groups.values()]
    for start in range(0, len(done), _BATCH):
        yield done[start : start + _BATCH]
