"""`treadle connector import`: the pipeline of a device, from files instead of from the network."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import typer

from treadle.cli.client import ClientError
from treadle.cli.connector import complaining, find_device
from treadle.cli.output import show_all
from treadle.connector.api import Api
from treadle.connector.config import ConnectorConfig
from treadle.connector.config_file import read_config, read_devices, read_server
from treadle.connector.files import Finder, count_paths
from treadle.connector.forecast import forecast
from treadle.connector.privacy.rehearsal import Rehearsal
from treadle.connector.receive.limits import Limits

_FORECAST = ("decision", "status", "group", "project", "subject", "session", "files", "series", "reason")
_OUTCOME = ("state", "study", "series", "reason")
_HEADER = 64 << 20  # bytes of a zip's member that hold any header


def import_files(folder: Path, device_id: str, config_file: Path, *, dry_run: bool, json_lines: bool) -> None:
    """Send the files of the folder, or say what would become of them."""
    if not folder.is_dir():
        raise ClientError(f"{folder}: no such folder")
    with complaining(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what headers break is not for the person who types this
        if dry_run:
            _forecast(folder, device_id, config_file, json_lines=json_lines)
        else:
            _send(folder, device_id, read_config(config_file), json_lines=json_lines)


def _forecast(folder: Path, device_id: str, config_file: Path, *, json_lines: bool) -> None:
    _, devices = read_devices(config_file)
    device = find_device(devices, device_id)
    server = read_server(config_file)
    api = Api(url=server[0], api_key=server[1], ca_file=server[2]) if server else None
    rehearsal = Rehearsal(api)
    whole = api is not None or device.deid.profile is not None  # a profile is applied to more than headers
    with TemporaryDirectory(prefix="treadle-import-") as scratch:
        finder = Finder(folder, Path(scratch), most=Limits().max_instance if whole else _HEADER)
        documents: Iterator[Mapping[str, Any]] = forecast(finder, device, rehearsal)
        show_all(
            documents if json_lines else list(map(_row, documents)), columns=_FORECAST, json_lines=json_lines
        )
    if rehearsal.trouble is not None:
        print(
            f"the server was not asked for de-identification profiles: {rehearsal.trouble}", file=sys.stderr
        )
    print(_summary(finder), file=sys.stderr)


def _row(document: Mapping[str, Any]) -> dict[str, Any]:
    routing = document["routing"] or {}
    names = [file["file.name"] for file in document["files"]]
    return {
        **routing,
        "decision": document["decision"],
        "files": names,
        "series": document["SeriesInstanceUID"],
        "reason": document.get("reason"),
    }


def _send(folder: Path, device_id: str, config: ConnectorConfig, *, json_lines: bool) -> None:
    from treadle.cli.progress import count
    from treadle.connector.importing import Watch, bring_in, outcome
    from treadle.connector.main import run_once
    from treadle.connector.spool.layout import Layout
    from treadle.connector.spool.lock import is_running
    from treadle.connector.spool.state import State

    device = find_device(config.devices, device_id)
    logging.getLogger("treadle").addHandler(logging.NullHandler())  # what happened is told below
    layout = Layout(config.spool)
    was_running = is_running(layout)
    with count("Reading", quiet=json_lines) as tell:
        tell(0, count_paths(folder))
        keys, finder = bring_in(
            lambda scratch, most: Finder(folder, scratch, most, on_path=lambda: tell(1, 0)), config, device.id
        )
    print(_summary(finder), file=sys.stderr)
    if was_running:
        print("the connector that runs on this spool sends them", file=sys.stderr)
    troubles: list[str] = []
    with count("Sending", quiet=json_lines) as tell:
        tell(0, len(keys))
        with closing(Watch(config, device.id, keys, tell=lambda more: tell(more, 0))) as watch:
            if was_running:
                watch.wait(Event())
            else:
                _, troubles = run_once(config, watch=watch.look)
    state = State(layout.database)
    rows = [
        {
            "study": key[0],
            "series": key[1],
            "state": "skipped" if series is None else series.state,
            "reason": series.reason if series else None,
        }
        for key, series in zip(keys, outcome(state, device.id, keys), strict=True)
    ]
    state.close()
    show_all(rows, columns=_OUTCOME, json_lines=json_lines)
    _end(rows, troubles)


def _end(rows: Sequence[Mapping[str, Any]], troubles: Sequence[str]) -> None:
    left = [row for row in rows if row["state"] not in ("uploaded", "skipped")]
    if left:
        why = "".join(f"; {trouble}" for trouble in troubles)
        print(f"treadle: {len(left)} of {len(rows)} series are not on the server yet{why}", file=sys.stderr)
        raise typer.Exit(1)


def _summary(finder: Finder) -> str:
    passed = ", ".join(f"{count} {what}" for what, count in sorted(finder.passed_over.items()))
    return f"{finder.found} DICOM files" + (f"; passed over: {passed}" if passed else "")
