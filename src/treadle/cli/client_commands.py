"""Commands that talk to a server: status, projects, users, devices, ls."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption

users = typer.Typer(help="People who may log in.")
devices = typer.Typer(help="Connectors and other devices.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(status)
    app.command()(projects)
    app.command(name="ls")(ls)
    app.add_typer(users, name="users")
    app.add_typer(devices, name="devices")


def _client(server: str | None, key: str | None, home: Any) -> Any:
    from treadle.cli.client import Client, find_target

    return Client(find_target(server, key, home))


def status(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Say whether the server answers, its version and who you are there."""
    from treadle.cli.output import show

    with _client(server, api_key, home) as client:
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


def projects(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the projects you may see."""
    from treadle.cli.output import show_all

    with _client(server, api_key, home) as client:
        show_all(client.every("/projects"), columns=("_id", "group", "label"), json_lines=json_lines)


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
    with _client(server, api_key, home) as client:
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


@users.command("list")
def list_users(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the people of this site."""
    from treadle.cli.output import show_all

    with _client(server, api_key, home) as client:
        show_all(
            client.every("/users"),
            columns=("_id", "firstname", "lastname", "roles", "disabled"),
            json_lines=json_lines,
        )


@users.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="E-mail address, which is also the login name.")],
    firstname: Annotated[str, typer.Option(help="First name.")],
    lastname: Annotated[str, typer.Option(help="Last name.")],
    role: Annotated[str, typer.Option(help="Site role: user, developer or site_admin.")] = "user",
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Add a person."""
    from treadle.cli.output import show

    with _client(server, api_key, home) as client:
        answer = client.post(
            "/users",
            {"_id": email, "email": email, "firstname": firstname, "lastname": lastname, "roles": [role]},
        )
        show(answer, json_lines=json_lines, text=f"added {email}")


@devices.command("list")
def list_devices(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the devices of this site."""
    from treadle.cli.output import show_all

    with _client(server, api_key, home) as client:
        show_all(
            client.get("/devices"),
            columns=("_id", "type", "label", "name", "last_seen"),
            json_lines=json_lines,
        )


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

    with _client(server, api_key, home) as client:
        answer = client.post("/devices", {"label": label, "type": kind})
        show(answer, json_lines=json_lines)
