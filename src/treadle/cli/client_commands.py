"""Commands that talk to a server: status and ls here, the others from their own modules."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from treadle.cli.admin_commands import admin
from treadle.cli.connect import connect
from treadle.cli.device_commands import devices
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption
from treadle.cli.project_commands import move, projects
from treadle.cli.rights_commands import groups, roles
from treadle.cli.user_commands import keys, users


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(status)
    app.command(name="ls")(ls)
    app.command()(move)
    for name, commands in (
        ("projects", projects),
        ("groups", groups),
        ("users", users),
        ("keys", keys),
        ("roles", roles),
        ("devices", devices),
        ("admin", admin),
    ):
        app.add_typer(commands, name=name)


def status(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Say whether the server answers, its version and who you are there."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        version, me = client.get("/version"), client.get("/users/self")
        show(
            {
                "server": client.server,
                "version": version.get("treadle_release"),
                "contract": version.get("release"),
                "user": me.get("_id"),
                "roles": me.get("roles"),
            },
            json_lines=json_lines,
        )


def ls(
    path: Annotated[str, typer.Argument(help="group/project/subject/session/acquisition")] = "",
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List what lies below a path."""
    from treadle.cli.output import show_all

    parts = [part for part in path.removeprefix("fw://").split("/") if part]
    with connect(server, api_key, home) as client:
        children = client.post("/resolve", {"path": parts})["children"]
        show_all(map(_entry, children), columns=("kind", "name", "size", "_id"), json_lines=json_lines)


def _entry(node: dict[str, Any]) -> dict[str, Any]:
    kind = node.get("container_type") or "file"
    name = node.get("name") if kind == "file" else node.get("label") or node["_id"]
    if kind == "group":
        name = node["_id"]
    return {
        "kind": kind,
        "name": name,
        "size": node.get("size"),
        "_id": node.get("file_id") or node.get("_id"),
    }
