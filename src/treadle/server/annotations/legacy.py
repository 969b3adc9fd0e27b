"""Annotations of older clients, which store their viewer's own form: kept as it came, searched by what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LEGACY = "viewer"


def wrapped(data: Mapping[str, Any], viewer_format: str) -> dict[str, Any]:
    """The stored form."""
    return {"schema": LEGACY, "viewer_format": viewer_format, "data": dict(data)}


def terms_of_legacy(stored: Mapping[str, Any], *, reader: str, created: str) -> list[dict[str, Any]]:
    """What search sees of it: label or location, tool and cached measures."""
    data = stored.get("data")
    if not isinstance(data, dict):
        return []
    cached = data.get("cachedStats")
    stats = cached if isinstance(cached, dict) else {}
    found = {
        "label": data.get("label") or data.get("location"),
        "type": data.get("toolType") or data.get("toolName"),
        "area": stats.get("area"),
        "mean": stats.get("mean"),
        "stddev": stats.get("stdDev"),
        "length": data.get("length") or stats.get("length"),
        "description": data.get("description"),
        "reader": reader,
        "created": created,
    }
    plain = {name: value for name, value in found.items() if isinstance(value, str | int | float) and value}
    return [plain]
