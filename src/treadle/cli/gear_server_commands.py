"""`treadle gear install`, `upload`, `list`, `show`, `enable`, `disable`, `permissions`: gears of a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.gear_commands import gear
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption

if TYPE_CHECKING:
    from treadle.cli.client import Client

CategoryOption = Annotated[
    str | None,
    typer.Option(help="analysis, classifier, converter, qa or utility; for a manifest that names none."),
]
GearArgument = Annotated[str, typer.Argument(metavar="GEAR", help="NAME, NAME/VERSION or an id.")]
_COLUMNS = ("_id", "name", "version", "category", "label", "state")


def register() -> None:
    """Add these commands to `treadle gear`."""
    for command in (install, upload, permissions):
        gear.command()(command)
    gear.command("install-shipped")(install_shipped)
    gear.command("list")(listed)
    gear.command("show")(shown)
    gear.command("enable")(enable)
    gear.command("disable")(disable)


def said(document: dict[str, Any], *, json_lines: bool) -> None:
    """Print a gear: a line, or all of it."""
    from treadle.cli.gear_server import row
    from treadle.cli.output import show

    one = row(document)
    show(document if json_lines else one, json_lines=json_lines)


def install(
    source: Annotated[
        str,
        typer.Argument(metavar="DIR|MANIFEST|IMAGE", help="A gear's folder, a manifest file, or an image."),
    ],
    category: CategoryOption = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Install a gear: a folder is uploaded and runs without an image; a manifest names an image that engines pull; an
    image is installed by its digest."""
    from treadle.cli.connect import connect
    from treadle.cli.gear_server import install_folder, install_image, install_manifest

    path = Path(source)
    with connect(server, api_key, home) as client:
        if path.is_dir():
            installed = install_folder(client, path, category=category)
        elif path.suffix == ".json" or path.is_file():
            installed = install_manifest(client, path, category=category)
        else:
            installed = install_image(client, source, category=category)
        said(installed, json_lines=json_lines)


def install_shipped(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Install the gears that come with Treadle, and the rules that chain them: disabled, in every new project."""
    from treadle.cli import shipped
    from treadle.cli.connect import connect

    with connect(server, api_key, home) as client:
        for one in shipped.install(client):
            said(one, json_lines=json_lines)


def upload(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="A gear's image on this machine.")],
    to: Annotated[
        str, typer.Option("--to", metavar="REPOSITORY", help="Where to push it: example.org/group/name.")
    ],
    category: CategoryOption = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Announce the gear of an image, push the image to a registry, and save the gear by the image's digest."""
    from treadle.cli.connect import connect
    from treadle.cli.gear_images import Runtime
    from treadle.cli.gear_server import require_valid, upload_image

    runtime = Runtime.find()
    document = runtime.manifest(image)
    require_valid(document, image)
    with connect(server, api_key, home) as client:
        saved = upload_image(client, runtime, image, document, repository=to, category=category)
        said(saved, json_lines=json_lines)


def listed(
    name: Annotated[str | None, typer.Argument(help="All versions of this gear.")] = None,
    all_versions: Annotated[
        bool, typer.Option("--all-versions", help="Every version, those put away as well.")
    ] = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the gears that are installed: the newest version of each."""
    from treadle.cli.connect import connect
    from treadle.cli.gear_server import row
    from treadle.cli.output import show_all

    asked: dict[str, Any] = {"include_invalid": True}
    if name is not None:
        asked["filter"] = f'gear.name="{name}"'
    if name is not None or all_versions:
        asked |= {"all_versions": True, "exhaustive": True}
    with connect(server, api_key, home) as client:
        found = client.every("/gears", **asked)
        show_all(found if json_lines else map(row, found), columns=_COLUMNS, json_lines=json_lines)


def shown(
    name: GearArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Show a gear: what it is, what it takes and where its image or folder is."""
    from treadle.cli.connect import connect
    from treadle.cli.gear_server import find_gear, row
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = find_gear(client, name)
    manifest, exchange = found["gear"], found.get("exchange") or {}
    told = {
        **row(found),
        "author": manifest["author"],
        "license": manifest["license"],
        "inputs": [f"{key} ({one['base']})" for key, one in manifest["inputs"].items()],
        "config": list(manifest["config"]),
        "from": exchange.get("rootfs-url"),
        "hash": exchange.get("rootfs-hash"),
        "description": manifest["description"],
    }
    show(found if json_lines else told, json_lines=json_lines)


def enable(
    name: GearArgument, server: ServerOption = None, api_key: KeyOption = None, home: HomeOption = None
) -> None:
    """Let a gear run again; a version that is put away is named NAME/VERSION."""
    _switch(name, server, api_key, home, on=True)


def disable(
    name: GearArgument, server: ServerOption = None, api_key: KeyOption = None, home: HomeOption = None
) -> None:
    """Put a gear away: no new runs; what ran stays readable."""
    _switch(name, server, api_key, home, on=False)


def _switch(name: str, server: str | None, api_key: str | None, home: Path | None, *, on: bool) -> None:
    from treadle.cli.connect import connect
    from treadle.cli.gear_server import find_gear

    with connect(server, api_key, home) as client:
        path = f"/gears/{find_gear(client, name)['_id']}"
        if on:
            client.post(f"{path}/enable", {})
        else:
            client.delete(path)


def permissions(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The gear, all versions of it.")],
    user: Annotated[list[str] | None, typer.Option(help="Permit this user.")] = None,
    project: Annotated[
        list[str] | None, typer.Option(help="Permit this project: id or GROUP/PROJECT.")
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open", help="Forget who is permitted: everybody may run it.")
    ] = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Show or change who may run a gear; permitting somebody closes it to all others."""
    from treadle.cli.connect import connect, segment
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        path = f"/gears/{segment(name)}"
        if open_to_all:
            client.delete(f"{path}/permissions")
        for kind, entry in _permitted(client, user or (), project or ()):
            client.put(f"{path}/permissions/{kind}", {"id": entry})
        series = client.get(f"{path}/series")
    told = {
        "name": series["name"],
        "restricted": series["is_restricted"],
        "users": series["permissions"]["users"],
        "projects": series["permissions"]["projects"],
    }
    show(series if json_lines else told, json_lines=json_lines)


def _permitted(client: Client, users: Any, projects: Any) -> list[tuple[str, str]]:
    from treadle.cli.connect import locate

    found = [locate(client, one, level="project")["_id"] for one in projects]
    return [*(("users", one) for one in users), *(("projects", one) for one in found)]
