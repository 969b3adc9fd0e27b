"""Commands that talk to a server: status and ls here, the others from their own modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.admin_commands import admin
from treadle.cli.device_commands import devices
from treadle.cli.project_commands import move, projects
from treadle.cli.remote import Output, remote
from treadle.cli.rights_commands import groups, roles
from treadle.cli.user_commands import keys, users

if TYPE_CHECKING:
    from treadle.cli.client import Client


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for name, command in (("status", status), ("ls", ls), ("move", move)):
        remote(app, name)(command)
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


def status(client: Client, out: Output) -> None:
    """Say whether the server answers, its version and who you are there."""
    version, me = client.get("/version"), client.get("/users/self")
    out.show(
        {
            "server": client.server,
            "version": version.get("treadle_release"),
            "contract": version.get("release"),
            "user": me.get("_id"),
            "roles": me.get("roles"),
        },
    )


def ls(
    client: Client,
    out: Output,
    path: Annotated[str, typer.Argument(help="group/project/subject/session/acquisition")] = "",
) -> None:
    """List what lies below a path."""
    parts = [part for part in path.removeprefix("fw://").split("/") if part]
    children = client.post("/resolve", {"path": parts})["children"]
    out.show_all(map(_entry, children), columns=("kind", "name", "size", "_id"))


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
