"""What commands print: a table or plain text for people, one JSON object per line for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def show(item: Mapping[str, Any], *, json_lines: bool, text: str | None = None) -> None:
    """One result."""
    if json_lines:
        _line(item)
    elif text is not None:
        print(text)
    else:
        width = max(map(len, item), default=0)
        for key, value in item.items():
            print(f"{key:{width}}  {_cell(value)}")


def show_all(items: Iterable[Mapping[str, Any]], *, columns: Sequence[str], json_lines: bool) -> None:
    """A list of results."""
    if json_lines:
        for item in items:
            _line(item)
        return
    rows = [[_cell(item.get(column)) for column in columns] for item in items]
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    for row in (list(columns), *rows) if sys.stdout.isatty() else rows:
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _line(item: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(item, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value)) or "-"
    return str(value)
