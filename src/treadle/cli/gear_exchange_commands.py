"""`treadle gear exchange`: gears from catalogues."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from treadle.cli.gear_commands import gear
from treadle.cli.gear_server_commands import CategoryOption
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption, YesOption

exchange = typer.Typer(help="Gears from catalogues: folders of manifests, read in by an administrator.")
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The gear.")]
VersionArgument = Annotated[str | None, typer.Argument(help="This version; otherwise the newest.")]
_COLUMNS = ("name", "version", "installed", "category", "suite", "label", "source")


def register() -> None:
    """Add these commands to `treadle gear`."""
    gear.add_typer(exchange, name="exchange", no_args_is_help=True)


@exchange.command()
def sync(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A folder or git work tree of manifests.")],
    name: Annotated[str | None, typer.Option(help="The catalogue's name; otherwise the folder's.")] = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Read a catalogue in, as it is now; what it no longer has is forgotten. Nothing gets installed."""
    from treadle.cli.connect import connect, segment
    from treadle.cli.gear_exchange import read_catalogue
    from treadle.cli.output import show

    found = read_catalogue(source, name)
    body = {"gears": found.gears, "address": found.address, "commit": found.commit}
    with connect(server, api_key, home) as client:
        said = client.put(f"/x/exchange/sources/{segment(found.name)}", body)
    told = {"source": found.name, **said, "commit": found.commit, "unreadable": found.unreadable}
    lines = [f"{found.name}: {said['gears']} gears, {said['removed']} removed"]
    lines += [
        f"  refused     {one['name']} {one['version']}: {one['findings'][0]}" for one in said["refused"]
    ]
    lines += [f"  unreadable  {one}" for one in found.unreadable]
    show(told, json_lines=json_lines, text="\n".join(lines))


@exchange.command()
def search(
    words: Annotated[list[str] | None, typer.Argument(help="In name, label, description, author.")] = None,
    name: Annotated[str | None, typer.Option(help="All versions of this gear.")] = None,
    category: Annotated[str | None, typer.Option(help="Of this category.")] = None,
    suite: Annotated[str | None, typer.Option(help="Of this suite.")] = None,
    upgradeable: Annotated[bool, typer.Option("--upgradeable", help="Newer than what is installed.")] = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Search the catalogues: the newest version of each gear, and the one that is installed."""
    from treadle.cli.connect import connect
    from treadle.cli.output import show_all

    asked: dict[str, Any] = {"q": " ".join(words or ()), "name": name, "category": category, "suite": suite}
    asked["upgradeable"] = upgradeable
    with connect(server, api_key, home) as client:
        found = _every(client, _given(**asked))
    show_all(found, columns=_COLUMNS, json_lines=json_lines)


@exchange.command("show")
def shown(
    name: NameArgument,
    version: VersionArgument = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Show a gear of a catalogue."""
    from treadle.cli.connect import connect, segment
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = client.get(f"/x/exchange/{segment(name)}", **_given(version=version))
    manifest, address = found["gear"], found["exchange"] or {}
    told = {
        **{key: manifest.get(key) for key in ("name", "version", "label", "author", "maintainer", "license")},
        **{key: manifest.get(key) for key in ("url", "source")},
        "category": found["category"],
        "image": address.get("rootfs-url"),
        "findings": found["findings"],
        "description": manifest.get("description"),
    }
    show(found if json_lines else told, json_lines=json_lines)


@exchange.command()
def install(
    name: NameArgument,
    version: VersionArgument = None,
    category: CategoryOption = None,
    prefetch: Annotated[
        bool, typer.Option("--prefetch", help="Also pull the image to this machine.")
    ] = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Install a gear of a catalogue. Its image is pulled when an engine first runs it."""
    from treadle.cli.connect import connect
    from treadle.cli.gear_server_commands import said

    with connect(server, api_key, home) as client:
        made = _install(client, name, version, category)
        if prefetch:
            _pull(made)
        said(made, json_lines=json_lines)


@exchange.command()
def upgrade(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="These; otherwise all.")
    ] = None,
    yes: YesOption = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Install the newest version of what is installed, where a catalogue has a newer one; older ones stay."""
    from treadle.cli.connect import confirm, connect
    from treadle.cli.gear_server_commands import said

    with connect(server, api_key, home) as client:
        newer = [one for one in _every(client, {"upgradeable": True}) if not names or one["name"] in names]
        if newer:
            listed = ", ".join(f"{one['name']} {one['installed']} -> {one['version']}" for one in newer)
            confirm(f"Upgrade {listed}?", sure=yes)
        for one in newer:
            said(_install(client, one["name"], one["version"], None), json_lines=json_lines)


def _install(client: Any, name: str, version: str | None, category: str | None) -> dict[str, Any]:
    from treadle.cli.connect import segment

    made = client.post(f"/x/exchange/{segment(name)}/install", {"version": version, "category": category})
    return dict(client.get(f"/gears/{made['_id']}"))


def _given(**asked: Any) -> dict[str, Any]:
    return {key: value for key, value in asked.items() if value}


def _every(client: Any, asked: dict[str, Any]) -> list[dict[str, Any]]:
    from treadle.cli.client import PAGE

    found: list[dict[str, Any]] = []
    while page := client.get("/x/exchange", **asked, limit=PAGE, skip=len(found)):
        found += page
        if len(page) < PAGE:
            break
    return found


def _pull(document: dict[str, Any]) -> None:
    from treadle.cli.client import ClientError
    from treadle.cli.gear_images import Runtime
    from treadle.gears import Document

    image = Document(document["gear"], exchange=document.get("exchange")).reference
    if not image:
        raise ClientError(
            "the gear is installed; it has no image to pull, the engine that runs it first fetches it"
        )
    Runtime.find().pull(image)
