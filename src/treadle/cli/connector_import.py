"""`treadle connector import`: the pipeline of a device, from files instead of from the network."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from treadle.cli.client import ClientError
from treadle.cli.output import show_all
from treadle.connector.config import ConfigError, DeviceConfig
from treadle.connector.config_file import read_devices
from treadle.connector.files import Finder
from treadle.connector.forecast import forecast

_COLUMNS = ("decision", "status", "group", "project", "subject", "session", "files", "series")
_HEADER = 64 << 20  # bytes of a zip's member that hold any header


def import_files(folder: Path, device_id: str, config_file: Path, *, dry_run: bool, json_lines: bool) -> None:
    """Send the files of the folder, or say what would become of them."""
    if not folder.is_dir():
        raise ClientError(f"{folder}: no such folder")
    try:
        device = find_device(config_file, device_id)
    except ConfigError as error:
        raise ClientError(str(error)) from error
    if not dry_run:
        raise ClientError("not built yet: add --dry-run")
    with TemporaryDirectory(prefix="treadle-import-") as scratch:
        finder = Finder(folder, Path(scratch), most=_HEADER)
        _show(finder, device, json_lines=json_lines)
    print(_summary(finder), file=sys.stderr)


def find_device(config_file: Path, device_id: str) -> DeviceConfig:
    """The device of the file; ConfigError when there is none of this id."""
    _, devices = read_devices(config_file)
    found = next((device for device in devices if device.id == device_id), None)
    if found is None:
        known = ", ".join(device.id for device in devices) or "none"
        raise ConfigError(f"no device {device_id!r} in {config_file}; there is: {known}")
    return found


def _show(finder: Finder, device: DeviceConfig, *, json_lines: bool) -> None:
    documents = forecast(finder, device)
    if json_lines:
        show_all(documents, columns=(), json_lines=True)
    else:
        show_all(list(map(_row, documents)), columns=_COLUMNS, json_lines=False)


def _row(document: Mapping[str, Any]) -> dict[str, Any]:
    routing = document["routing"] or {}
    names = [file["file.name"] for file in document["files"]]
    return {
        **routing,
        "decision": document["decision"],
        "files": names,
        "series": document["SeriesInstanceUID"],
    }


def _summary(finder: Finder) -> str:
    passed = ", ".join(f"{count} {what}" for what, count in sorted(finder.passed_over.items()))
    return f"{finder.found} DICOM files" + (f"; passed over: {passed}" if passed else "")
