"""Measurement sets as a table: one row per region."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

_STATS = (
    "length_mm",
    "width_mm",
    "area_mm2",
    "perimeter_mm",
    "angle_deg",
    "mean",
    "sd",
    "min",
    "max",
    "median",
    "count",
)
_COLUMNS = (
    "set",
    "version",
    "author",
    "file_id",
    "file_version",
    "sop_uid",
    "frame",
    "region",
    "tool",
    "label",
    "comment",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(document: Mapping[str, Any]) -> bytes:
    """The regions of a set, for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*_COLUMNS, *_STATS, "modality_unit"])
    for region in document["data"].get("rois", []):
        ref, stats = region["ref"], region.get("stats", {})
        said = [
            document["name"],
            document["version"],
            document["author"],
            document["file_ref"]["file_id"],
            document["file_ref"]["version"],
            ref.get("sop_uid", ""),
            ref.get("frame", ""),
            region["id"],
            region["tool"],
            region.get("label", ""),
            region.get("comment", ""),
        ]
        numbers = [stats.get(name, "") for name in _STATS]
        writer.writerow([*map(_harmless, said), *numbers, _harmless(stats.get("modality_unit", ""))])
    return out.getvalue().encode()


def _harmless(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
