"""`treadle devices`: connectors and other programs that send data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.connect import confirm, segment
from treadle.cli.options import YesOption
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

devices = typer.Typer(help="Connectors and other devices.", no_args_is_help=True)

DeviceArgument = Annotated[str, typer.Argument(metavar="DEVICE", help="The device's id.")]


@remote(devices, "list")
def list_devices(client: Client, out: Output) -> None:
    """List the devices of this site and how they are."""
    status = client.get("/devices/status")
    found = [
        {**device, "status": status.get(device["_id"], {}).get("status")} for device in client.get("/devices")
    ]
    columns = ("_id", "type", "label", "name", "status", "last_seen")
    out.show_all(found, columns=columns)


@remote(devices, "add")
def add_device(
    client: Client,
    out: Output,
    label: Annotated[str, typer.Argument(help="Name of the device.")],
    kind: Annotated[str, typer.Option("--type", help="Type of the device.")] = "connector",
) -> None:
    """Add a device and print its key, which is shown this once."""
    answer = client.post("/devices", {"label": label, "type": kind})
    out.show(answer)


@remote(devices, "show")
def show_device(
    client: Client,
    out: Output,
    device: DeviceArgument,
) -> None:
    """Show a device, its last errors included."""
    out.show(client.get(f"/devices/{segment(device)}"))


@remote(devices, "key")
def add_key(
    client: Client,
    out: Output,
    device: DeviceArgument,
    label: Annotated[str, typer.Option("--label", help="What the key is for.")] = "",
) -> None:
    """Make a further key for a device and print it, this once; the earlier ones stay."""
    out.show(client.post(f"/devices/{segment(device)}/key", {"label": label}))


@remote(devices, "disable")
def disable_device(
    client: Client,
    out: Output,
    device: DeviceArgument,
) -> None:
    """Refuse what the device sends, until `treadle devices enable`."""
    _switch(client, out, device, disabled=True)


@remote(devices, "enable")
def enable_device(
    client: Client,
    out: Output,
    device: DeviceArgument,
) -> None:
    """Let a disabled device send again."""
    _switch(client, out, device, disabled=False)


@remote(devices, "delete")
def delete_device(
    client: Client,
    out: Output,
    device: DeviceArgument,
    yes: YesOption = False,
) -> None:
    """Remove a device and its keys; what it has sent stays."""
    found = client.get(f"/devices/{segment(device)}")
    confirm(f"Delete the device {found['label']} and its keys?", sure=yes)
    out.show(client.delete(f"/devices/{segment(device)}"), text=f"deleted {device}")


def _switch(client: Client, out: Output, device: str, *, disabled: bool) -> None:
    answer = client.put(f"/devices/{segment(device)}", {"disabled": disabled})
    out.show(answer, text=f"{'disabled' if disabled else 'enabled'} {device}")
