"""`treadle connector import --dry-run --json`, run in this process."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from treadle.cli.main import app

SHARED = Path(__file__).parents[4] / "shared" / "data"
VECTORS = SHARED / "connector_vectors.json"
_ROUTING = (
    "forms",
    "require_prefix",
    "third_segment",
    "create_projects",
    "field",
    "fields",
    "patterns",
    "defaults",
)


def config_file(
    folder: Path,
    flat: Mapping[str, Any] | None = None,
    *,
    opt: Mapping[str, Any] | None = None,
    deid: Mapping[str, Any] | None = None,
) -> Path:
    """A connector's file with one device `d` that has these options; neither server nor spool."""
    device: dict[str, Any] = {
        "id": "d",
        "ae_title": "D",
        "routing": {},
        "mapping": {},
        "opt": dict(opt or {}),
        "deid": dict(deid or {}),
    }
    for name, value in (flat or {}).items():
        key = name.removeprefix("routing_")
        if key == "timezone":
            device[key] = value
        else:
            device["routing" if key in _ROUTING else "mapping"][key] = value
    path = folder / "connector.yaml"
    path.write_text(yaml.safe_dump({"devices": [device]}), encoding="utf-8")
    return path


def dry_run(folder: Path, config: Path) -> tuple[list[dict[str, Any]], str]:
    """What the command prints: a document for each series, and what it tells people."""
    told, printed = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(told):
        app(
            [
                "connector",
                "import",
                str(folder),
                "--device",
                "d",
                "--config",
                str(config),
                "--dry-run",
                "--json",
            ],
            standalone_mode=False,
        )
    return [json.loads(line) for line in printed.getvalue().splitlines()], told.getvalue()
