"""Asking devices (echo, find, fetch), and what a routing string would do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from treadle.cli.client import ClientError
from treadle.cli.connector import complaining, find_device
from treadle.cli.output import show, show_all
from treadle.connector.config import ConnectorConfig
from treadle.connector.config_file import read_config
from treadle.connector.pull.by_hand import Found
from treadle.connector.pull.by_hand import echo as echo_device
from treadle.connector.pull.by_hand import fetch as fetch_study
from treadle.connector.pull.by_hand import find as find_series
from treadle.dicom.config import RoutingConfig
from treadle.dicom.routing import parse_routing

_FOUND = ("date", "time", "modality", "instances", "routing", "is_wanted", "description", "study", "series")


def echo(file: Path, device: str, *, json_lines: bool) -> None:
    """Ask a device for a sign of life."""
    with complaining():
        took = echo_device(read_config(file), device)
    show(
        {"device": device, "seconds": round(took, 3)},
        json_lines=json_lines,
        text=f"{device} answers ({took:.3f} s)",
    )


def find(file: Path, device: str, *, since: str | None, json_lines: bool) -> None:
    """List the series that a device holds."""
    with complaining():
        found = find_series(read_config(file), device, since=_day(since))
    _show(found, json_lines=json_lines)


def fetch(file: Path, device: str, *, study: str, json_lines: bool) -> None:
    """Have the series of a study retrieved now."""
    with complaining():
        found = fetch_study(read_config(file), device, study)
    _show(found, json_lines=json_lines)


def _show(found: list[Found], *, json_lines: bool) -> None:
    show_all(map(asdict, found), columns=_FOUND, json_lines=json_lines)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ClientError(f"--since {text}: write a day as 2026-01-31") from None


def route(string: str, *, file: Path | None, device: str | None, json_lines: bool) -> None:
    """What a routing string would do: its parts, and where it leads if a server can be asked."""
    config, routing = None, RoutingConfig()
    with complaining():
        if file is not None:
            config = read_config(file)
            routing = config.defaults.mapping.routing
        if device is not None:
            if config is None:
                raise ClientError("--device needs --config FILE")
            routing = find_device(config.devices, device).mapping.routing
    parts = asdict(parse_routing(string, routing))
    preview = _preview(config, string, routing) if config is not None else None
    document = {**parts, "flags": list(parts["flags"]), **({"server": preview} if preview else {})}
    if json_lines:
        show(document, json_lines=True)
        return
    show({key: value for key, value in document.items() if key != "server"}, json_lines=False)
    for key, value in (preview or {}).items():
        if key != "routing":
            print(f"{key}: {value}")


def _preview(config: ConnectorConfig, string: str, routing: RoutingConfig) -> dict[str, Any]:
    """The server's word, or why there is none."""
    import ssl

    options = {
        name: getattr(routing, name)
        for name in ("forms", "require_prefix", "third_segment", "create_projects")
    }
    verify: ssl.SSLContext | bool = True
    if config.ca_file is not None:
        verify = ssl.create_default_context(cafile=str(config.ca_file))
    try:
        response = httpx.post(
            f"{config.server_url}/api/connector/routing/preview",
            json={"string": string, "config": options},
            headers={"Authorization": f"scitran-user {config.api_key.rpartition(':')[2]}"},
            verify=verify,
            timeout=10,
            trust_env=False,
        )
        document: Any = response.json()
    except (httpx.HTTPError, ValueError) as error:
        return {"error": f"{config.server_url} cannot be asked: {type(error).__name__}"}
    if response.status_code != 200 or not isinstance(document, dict):
        return {"error": f"HTTP {response.status_code}: {document}"}
    return document
