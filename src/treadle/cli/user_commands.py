"""`treadle users` and `treadle keys`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.connect import confirm, locate, segment
from treadle.cli.options import YesOption
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

users = typer.Typer(help="People who may log in.", no_args_is_help=True)
keys = typer.Typer(help="API keys: your own, or another user's with --user.", no_args_is_help=True)

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="The user's id, an e-mail address.")]
LabelOption = Annotated[str, typer.Option("--label", help="What the key is for.")]
OwnerOption = Annotated[str | None, typer.Option("--user", help="Whose keys (default: yours).")]
ScopeProjectOption = Annotated[
    list[str] | None,
    typer.Option("--project", metavar="PROJECT", help="Only for this project (id or path); may be repeated."),
]
ScopeActionOption = Annotated[
    list[str] | None,
    typer.Option("--action", metavar="ACTION", help="Only for this action; may be repeated."),
]
ExpiresOption = Annotated[
    str | None, typer.Option("--expires", metavar="DATE", help="When the key ends, as 2027-01-31.")
]


@remote(users, "list")
def list_users(client: Client, out: Output) -> None:
    """List the people of this site."""
    out.show_all(
        client.every("/users"),
        columns=("_id", "firstname", "lastname", "roles", "disabled"),
    )


@remote(users, "add")
def add_user(
    client: Client,
    out: Output,
    email: Annotated[str, typer.Argument(help="E-mail address, which is also the login name.")],
    firstname: Annotated[str, typer.Option(help="First name.")],
    lastname: Annotated[str, typer.Option(help="Last name.")],
    role: Annotated[str, typer.Option(help="Site role: user, developer or site_admin.")] = "user",
) -> None:
    """Add a person; `treadle users set-password` lets them log in."""
    answer = client.post(
        "/users",
        {"_id": email, "email": email, "firstname": firstname, "lastname": lastname, "roles": [role]},
    )
    out.show(answer, text=f"added {email}")


@remote(users, "show")
def show_user(
    client: Client,
    out: Output,
    user: UserArgument,
) -> None:
    """Show a person: roles, last login, number of keys."""
    found = client.get(f"/users/{segment(user)}")
    if not out.json_lines:
        names = ("_id", "firstname", "lastname", "email", "roles", "disabled", "deleted", "lastlogin")
        found = {
            **{name: found.get(name) for name in names},
            "api_keys": len(found.get("api_keys") or ()),
        }
    out.show(found)


@remote(users, "disable")
def disable_user(
    client: Client,
    out: Output,
    user: UserArgument,
) -> None:
    """Keep a person from logging in and from using keys, until `treadle users enable`."""
    _change(client, out, user, {"disabled": True}, f"disabled {user}")


@remote(users, "enable")
def enable_user(
    client: Client,
    out: Output,
    user: UserArgument,
) -> None:
    """Let a disabled person in again."""
    _change(client, out, user, {"disabled": False}, f"enabled {user}")


@remote(users, "delete")
def delete_user(
    client: Client,
    out: Output,
    user: UserArgument,
    yes: YesOption = False,
) -> None:
    """Remove a person with all keys and permissions; what they uploaded stays."""
    client.get(f"/users/{segment(user)}")
    confirm(f"Delete {user} with all keys and permissions?", sure=yes)
    out.show(client.delete(f"/users/{segment(user)}"), text=f"deleted {user}")


@remote(users, "set-password")
def set_password(
    client: Client,
    out: Output,
    user: UserArgument,
) -> None:
    """Set a person's password: asked for twice, or one line on standard input."""
    from treadle.cli.client import ClientError

    client.get(f"/users/{segment(user)}")
    if sys.stdin.isatty():
        password = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise ClientError("the password is empty")
    client.post(f"/x/users/{segment(user)}/password", {"password": password})
    out.show({"_id": user, "modified": 1}, text=f"password of {user} set")


@remote(users, "make-key")
def make_user_key(
    client: Client,
    out: Output,
    user: UserArgument,
    label: LabelOption = "made by treadle users",
    expires: ExpiresOption = None,
    project: ScopeProjectOption = None,
    action: ScopeActionOption = None,
) -> None:
    """Make an API key for a user, shown this once; for the accounts of programs."""
    _make_key(client, out, user, _key(client, label, expires, project, action))


@remote(keys, "list")
def list_keys(
    client: Client,
    out: Output,
    user: OwnerOption = None,
) -> None:
    """List keys, without their secrets."""
    found = client.get(f"/users/{segment(user) if user else 'self'}")
    columns = ("key", "label", "created", "last_used", "expires_at")
    out.show_all(found.get("api_keys") or (), columns=columns)


@remote(keys, "make")
def make_key(
    client: Client,
    out: Output,
    label: LabelOption = "made by treadle keys",
    user: OwnerOption = None,
    expires: ExpiresOption = None,
    project: ScopeProjectOption = None,
    action: ScopeActionOption = None,
) -> None:
    """Make a key, shown this once."""
    _make_key(client, out, user, _key(client, label, expires, project, action))


@remote(keys, "revoke")
def revoke_key(
    client: Client,
    out: Output,
    key: Annotated[str, typer.Argument(help="Id of the key, as `treadle keys list` shows it.")],
    user: OwnerOption = None,
) -> None:
    """End a key at once."""
    path = f"/users/{segment(user) if user else 'self'}/key"
    answer = client.delete(f"{path}/{segment(key)}")
    out.show(answer, text=f"revoked {key}")


def _change(client: Client, out: Output, user: str, change: dict[str, Any], told: str) -> None:
    out.show(client.put(f"/users/{segment(user)}", change), text=told)


def _key(
    client: Client, label: str, expires: str | None, projects: list[str] | None, actions: list[str] | None
) -> dict[str, Any]:
    """What is said of a new key; restricted to these projects and actions, if there are any."""
    wanted: dict[str, Any] = {"label": label, **({"expires_at": expires} if expires else {})}
    scope: dict[str, Any] = {"actions": actions} if actions else {}
    if projects:
        scope["projects"] = [locate(client, name, level="project")["_id"] for name in projects]
    return {**wanted, "scope": scope} if scope else wanted


def _make_key(client: Client, out: Output, user: str | None, wanted: dict[str, Any]) -> None:
    made = client.post(f"/users/{segment(user) if user else 'self'}/key", wanted)
    secret = f"{client.key_prefix}{made['unencrypted_secret']}"
    out.show({**made, "api_key": secret}, text=secret)
