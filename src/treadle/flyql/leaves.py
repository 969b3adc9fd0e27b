"""Documents as search sees them: single values at dotted paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from treadle.flyql.ast import Field
from treadle.flyql.entities import AGES

Scalar = str | int | float | bool | datetime

_ROI = "info.roi"
SERIES = "header.dicom.SeriesInstanceUID"  # in the info of a file
_MEASUREMENTS = ("ohifViewer", "measurements")
SERIES_OF_DRAWN = ("SeriesInstanceUID", "seriesInstanceUid")  # older viewers wrote either


def searched(entity: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its derived fields, without what is not searched."""
    found = {name: value for name, value in document.items() if name != "permissions"}
    match entity:
        case "subject":
            label, code = found.get("label"), found.get("code")
            found |= {"label": label or code, "code": code or label}
        case "session":
            found |= _ages(found.get("age"))
        case "file":
            found["classification_list"] = [value for _, value in leaves(found.get("classification"))]
            if old := old_regions(found.get("info")):
                found["roi"] = [*(found.get("roi") or ()), *old]
    return found


def leaves(document: object, path: str = "") -> Iterator[tuple[str, Scalar]]:
    """Every value and its path. Arrays are transparent; null, "", [] and {} are no values."""
    for where, value in _walk(document, path):
        if not isinstance(value, Mapping):
            yield where, value


def elements(document: object, path: str) -> Iterator[Mapping[str, Any]]:
    """The objects at the path, also those in arrays; those without any value do not exist."""
    for where, value in _walk(document, ""):
        if where == path and isinstance(value, Mapping) and any(True for _ in leaves(value)):
            yield value


def paths(field: Field) -> tuple[str, ...]:
    """Where the values of a field stand: `id` is `_id`, regions of interest stand in two places."""
    if field.entity and field.path == "id":
        return ("_id",)
    if field.entity == "file" and (field.path == _ROI or field.path.startswith(f"{_ROI}.")):
        return field.path, field.path.removeprefix("info.")
    return (field.path,)


def _walk(document: object, path: str) -> Iterator[tuple[str, Any]]:
    """Objects, each before what is in it, and values; without recursion, as documents may be deep."""
    waiting = [(path, document)]
    while waiting:
        where, value = waiting.pop()
        if isinstance(value, Mapping):
            yield where, value
            waiting.extend((f"{where}.{key}" if where else key, value[key]) for key in reversed(list(value)))
        elif isinstance(value, list | tuple):
            waiting.extend((where, item) for item in reversed(value))
        elif value is not None and value != "":
            yield where, value


def _ages(age: object) -> dict[str, float]:
    if isinstance(age, bool) or not isinstance(age, int | float):
        return {}
    return {name: age / seconds for name, seconds in AGES.items()}


def old_regions(info: object, series: object = None) -> list[dict[str, Any]]:
    """Measurements older viewers left in `info.ohifViewer.measurements.<Tool>[]`; those of a session on one series."""
    tools = info
    for name in _MEASUREMENTS:
        tools = tools.get(name) if isinstance(tools, Mapping) else None
    if not isinstance(tools, Mapping):
        return []
    return [
        region(tool, drawn)
        for tool, drawings in tools.items()
        if isinstance(drawings, list)
        for drawn in drawings
        if isinstance(drawn, Mapping)
        and (series is None or series in [drawn.get(name) for name in SERIES_OF_DRAWN])
    ]


def region(tool: str, drawn: Mapping[str, Any]) -> dict[str, Any]:
    """An old measurement as a region of interest."""
    stats = drawn.get("cachedStats")
    stats = stats if isinstance(stats, Mapping) else {}
    found = {"label": drawn.get("location"), "type": tool, "description": drawn.get("description")}
    found |= {"area": stats.get("area"), "mean": stats.get("mean"), "stddev": stats.get("stdDev")}
    found |= {"length": drawn.get("length")}
    return {name: value for name, value in found.items() if value is not None}
