"""`treadle devices`: connectors and other programs that send data."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from treadle.cli.connect import confirm, connect, segment
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption, YesOption

devices = typer.Typer(help="Connectors and other devices.", no_args_is_help=True)

DeviceArgument = Annotated[str, typer.Argument(metavar="DEVICE", help="The device's id.")]


@devices.command("list")
def list_devices(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the devices of this site and how they are."""
    from treadle.cli.output import show_all

    with connect(server, api_key, home) as client:
        status = client.get("/devices/status")
        found = [
            {**device, "status": status.get(device["_id"], {}).get("status")}
            for device in client.get("/devices")
        ]
        columns = ("_id", "type", "label", "name", "status", "last_seen")
        show_all(found, columns=columns, json_lines=json_lines)


@devices.command("add")
def add_device(
    label: Annotated[str, typer.Argument(help="Name of the device.")],
    kind: Annotated[str, typer.Option("--type", help="Type of the device.")] = "connector",
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Add a device and print its key, which is shown this once."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        answer = client.post("/devices", {"label": label, "type": kind})
        show(answer, json_lines=json_lines)


@devices.command("show")
def show_device(
    device: DeviceArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Show a device, its last errors included."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        show(client.get(f"/devices/{segment(device)}"), json_lines=json_lines)


@devices.command("key")
def add_key(
    device: DeviceArgument,
    label: Annotated[str, typer.Option("--label", help="What the key is for.")] = "",
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Make a further key for a device and print it, this once; the earlier ones stay."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        show(client.post(f"/devices/{segment(device)}/key", {"label": label}), json_lines=json_lines)


@devices.command("disable")
def disable_device(
    device: DeviceArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Refuse what the device sends, until `treadle devices enable`."""
    _switch(device, True, (server, api_key, home), json_lines)


@devices.command("enable")
def enable_device(
    device: DeviceArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Let a disabled device send again."""
    _switch(device, False, (server, api_key, home), json_lines)


@devices.command("delete")
def delete_device(
    device: DeviceArgument,
    yes: YesOption = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Remove a device and its keys; what it has sent stays."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = client.get(f"/devices/{segment(device)}")
        confirm(f"Delete the device {found['label']} and its keys?", sure=yes)
        show(client.delete(f"/devices/{segment(device)}"), json_lines=json_lines, text=f"deleted {device}")


def _switch(device: str, disabled: bool, where: tuple[Any, ...], json_lines: bool) -> None:
    from treadle.cli.output import show

    with connect(*where) as client:
        answer = client.put(f"/devices/{segment(device)}", {"disabled": disabled})
        show(answer, json_lines=json_lines, text=f"{'disabled' if disabled else 'enabled'} {device}")
