"""What a profile would do to a stored file: runs in a process of its own, and writes nothing."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from treadle.deid import Code
from treadle.deid.dicom.part10 import joined
from treadle.deid.engine import Parts, looks_like_dicom
from treadle.dicom import quiet
from treadle.server.privacy.engine_process import engine_for
from treadle.server.privacy.orders import Order

MOST_BYTES = 256 << 20
_MOST_ROWS = 3000
_WIDE = 200
_HEAD = 256
assert quiet  # noqa: S101 - imported for what it does


def compare(order: Order, name: str, path: Path, *, rows: bool) -> dict[str, Any]:
    """Status and counts of one file (of a zip its first DICOM member), and each element before and after."""
    try:
        return _compared(order, name, path, rows=rows)
    except MemoryError:
        return _answer(name, "DEID_LIMIT", "", {})


def _compared(order: Order, name: str, path: Path, *, rows: bool) -> dict[str, Any]:
    found = _first(name, path)
    if found is None:
        return _answer(name, "DEID_LIMIT", "", {})
    member, data = found
    parts = engine_for(order).parts(member, data)
    report = parts.result.report
    said = _answer(member, report.error, report.where, report.changes)
    said |= {"warnings": report.warnings, "out": report.out, "pixels": report.pixels}
    if rows and report.error is None and report.kind == "dicom":
        said["rows"] = _rows(data, _output(parts, data))
    return said


def _answer(member: str, error: str | None, where: str, changes: dict[str, int]) -> dict[str, Any]:
    return {
        "member": member,
        "status": "rejected" if error else "ok",
        "error": error,
        "message": Code(error).sentence if error else None,
        "where": where,
        "changes": dict(changes),
        "warnings": [],
        "out": [],
        "pixels": "unchanged",
        "rows": [],
    }


def _first(name: str, path: Path) -> tuple[str, bytes] | None:
    if not zipfile.is_zipfile(path):
        return None if path.stat().st_size > MOST_BYTES else (name, path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist()[:100]:
            if entry.is_dir() or entry.file_size > MOST_BYTES:
                continue
            with archive.open(entry) as file:
                head = file.read(_HEAD)
                if looks_like_dicom(entry.filename, head):
                    return entry.filename, head + file.read(MOST_BYTES)
    return None if path.stat().st_size > MOST_BYTES else (name, path.read_bytes())


def _output(parts: Parts, data: bytes) -> bytes:
    if parts.output is not None:
        return joined(parts.output.pieces, parts.output.data)
    return parts.result.outputs[0][1] if parts.result.outputs else data


def _rows(before: bytes, after: bytes) -> list[dict[str, Any]]:
    old, new = _values(before), _values(after)
    shown = []
    for at in sorted(old.keys() | new.keys())[:_MOST_ROWS]:
        was, now = old.get(at), new.get(at)
        done = "added" if was is None else "removed" if now is None else "kept" if was == now else "changed"
        name = (was or now or ("", ""))[0]
        shown.append(
            {
                "tag": at,
                "name": name,
                "before": was[1] if was else None,
                "after": now[1] if now else None,
                "action": "emptied" if done == "changed" and now and not now[1] else done,
            }
        )
    return shown


def _values(data: bytes) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    _walk(dcmread(io.BytesIO(data), force=True, stop_before_pixels=True), "", found)
    return found


def _walk(dataset: Dataset, prefix: str, found: dict[str, tuple[str, str]]) -> None:
    for tag in dataset.keys():  # noqa: SIM118 - iterating decodes everything at once
        at = f"{prefix}{tag.group:04X},{tag.element:04X}"
        try:
            element: Any = dataset[tag]
        except Exception as error:  # noqa: BLE001 - a broken value is shown as such
            found[at] = ("", type(error).__name__)
            continue
        if element.VR == "SQ":
            for number, item in enumerate(element.value or []):
                _walk(item, f"{at}[{number}].", found)
        else:
            value = element.value
            text = f"{len(value)} bytes" if isinstance(value, bytes) else "" if value is None else str(value)
            found[at] = (
                element.keyword or element.name,
                text if len(text) <= _WIDE else text[: _WIDE - 1] + "…",
            )
