"""`treadle users` and `treadle keys`."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from treadle.cli.connect import confirm, connect, segment
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption, YesOption

users = typer.Typer(help="People who may log in.", no_args_is_help=True)
keys = typer.Typer(help="API keys: your own, or another user's with --user.", no_args_is_help=True)

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="The user's id, an e-mail address.")]
LabelOption = Annotated[str, typer.Option("--label", help="What the key is for.")]
OwnerOption = Annotated[str | None, typer.Option("--user", help="Whose keys (default: yours).")]
ExpiresOption = Annotated[
    str | None, typer.Option("--expires", metavar="DATE", help="When the key ends, as 2027-01-31.")
]


@users.command("list")
def list_users(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the people of this site."""
    from treadle.cli.output import show_all

    with connect(server, api_key, home) as client:
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
    """Add a person; `treadle users set-password` lets them log in."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        answer = client.post(
            "/users",
            {"_id": email, "email": email, "firstname": firstname, "lastname": lastname, "roles": [role]},
        )
        show(answer, json_lines=json_lines, text=f"added {email}")


@users.command("show")
def show_user(
    user: UserArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Show a person: roles, last login, number of keys."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = client.get(f"/users/{segment(user)}")
        if not json_lines:
            names = ("_id", "firstname", "lastname", "email", "roles", "disabled", "deleted", "lastlogin")
            found = {
                **{name: found.get(name) for name in names},
                "api_keys": len(found.get("api_keys") or ()),
            }
        show(found, json_lines=json_lines)


@users.command("disable")
def disable_user(
    user: UserArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Keep a person from logging in and from using keys, until `treadle users enable`."""
    _change(user, {"disabled": True}, f"disabled {user}", (server, api_key, home), json_lines)


@users.command("enable")
def enable_user(
    user: UserArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Let a disabled person in again."""
    _change(user, {"disabled": False}, f"enabled {user}", (server, api_key, home), json_lines)


@users.command("delete")
def delete_user(
    user: UserArgument,
    yes: YesOption = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Remove a person with all keys and permissions; what they uploaded stays."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        client.get(f"/users/{segment(user)}")
        confirm(f"Delete {user} with all keys and permissions?", sure=yes)
        show(client.delete(f"/users/{segment(user)}"), json_lines=json_lines, text=f"deleted {user}")


@users.command("set-password")
def set_password(
    user: UserArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Set a person's password: asked for twice, or one line on standard input."""
    from treadle.cli.client import ClientError
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        client.get(f"/users/{segment(user)}")
        if sys.stdin.isatty():
            password = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise ClientError("the password is empty")
        client.post(f"/x/users/{segment(user)}/password", {"password": password})
        show({"_id": user, "modified": 1}, json_lines=json_lines, text=f"password of {user} set")


@users.command("make-key")
def make_user_key(
    user: UserArgument,
    label: LabelOption = "made by treadle users",
    expires: ExpiresOption = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Make an API key for a user, shown this once; for the accounts of programs."""
    _make_key(user, label, expires, (server, api_key, home), json_lines)


@keys.command("list")
def list_keys(
    user: OwnerOption = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List keys, without their secrets."""
    from treadle.cli.output import show_all

    with connect(server, api_key, home) as client:
        found = client.get(f"/users/{segment(user) if user else 'self'}")
        columns = ("key", "label", "created", "last_used", "expires_at")
        show_all(found.get("api_keys") or (), columns=columns, json_lines=json_lines)


@keys.command("make")
def make_key(
    label: LabelOption = "made by treadle keys",
    user: OwnerOption = None,
    expires: ExpiresOption = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Make a key, shown this once."""
    _make_key(user, label, expires, (server, api_key, home), json_lines)


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(help="Id of the key, as `treadle keys list` shows it.")],
    user: OwnerOption = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """End a key at once."""
    from treadle.cli.output import show

    path = f"/users/{segment(user) if user else 'self'}/key"
    with connect(server, api_key, home) as client:
        answer = client.delete(f"{path}/{segment(key)}")
        show(answer, json_lines=json_lines, text=f"revoked {key}")


def _change(user: str, change: dict[str, Any], told: str, where: tuple[Any, ...], json_lines: bool) -> None:
    from treadle.cli.output import show

    with connect(*where) as client:
        show(client.put(f"/users/{segment(user)}", change), json_lines=json_lines, text=told)


def _make_key(
    user: str | None, label: str, expires: str | None, where: tuple[Any, ...], json_lines: bool
) -> None:
    from treadle.cli.output import show

    path = f"/users/{segment(user) if user else 'self'}/key"
    with connect(*where) as client:
        made = client.post(path, {"label": label, **({"expires_at": expires} if expires else {})})
        secret = f"{client.key_prefix}{made['unencrypted_secret']}"
        show({**made, "api_key": secret}, json_lines=json_lines, text=secret)
