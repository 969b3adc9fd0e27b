"""`treadle roles` and `treadle groups`: who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.connect import confirm, connect, locate, segment
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption, YesOption

if TYPE_CHECKING:
    from treadle.cli.client import Client

roles = typer.Typer(help="Roles: named sets of actions.", no_args_is_help=True)
groups = typer.Typer(help="Groups and their members.", no_args_is_help=True)

RoleArgument = Annotated[str, typer.Argument(metavar="ROLE", help="The role's label or id.")]
GroupArgument = Annotated[str, typer.Argument(metavar="GROUP", help="The group's id.")]
UserArgument = Annotated[str, typer.Argument(metavar="USER", help="The user's id, an e-mail address.")]


def find_role(client: Client, name: str) -> dict[str, Any]:
    """The role of this id or label."""
    from treadle.cli.client import ClientError

    everything = list(client.every("/roles"))
    for found in everything:
        if name == found["_id"] or name.lower() in (
            found["label"].lower(),
            found["default_flywheel_role"] or "",
        ):
            return found
    raise ClientError(
        f"there is no role '{name}'; there are {', '.join(found['label'] for found in everything)}"
    )


@roles.command("list")
def list_roles(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List all roles."""
    from treadle.cli.output import show_all

    with connect(server, api_key, home) as client:
        show_all(client.every("/roles"), columns=("_id", "label", "in_use"), json_lines=json_lines)


@roles.command("show")
def show_role(
    role: RoleArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Show a role and its actions, one per line."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = find_role(client, role)
        text = "\n".join(
            [f"{found['label']} ({found['_id']})", *(f"  {action}" for action in found["actions"])]
        )
        show(found, json_lines=json_lines, text=text)


@roles.command("create")
def create_role(
    label: Annotated[str, typer.Argument(help="Name of the role.")],
    actions: Annotated[list[str] | None, typer.Argument(help="Actions it allows.")] = None,
    like: Annotated[str | None, typer.Option(help="Start from the actions of this role.")] = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Make a role; actions that every role has are added."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        wanted = [*(find_role(client, like)["actions"] if like else ()), *(actions or ())]
        made = client.post("/roles", {"label": label, "actions": list(dict.fromkeys(wanted))})
        show(made, json_lines=json_lines, text=f"created {made['label']} ({made['_id']})")


@roles.command("edit")
def edit_role(
    role: RoleArgument,
    label: Annotated[str | None, typer.Option(help="Another name.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="An action to add; may be repeated.")] = None,
    deny: Annotated[list[str] | None, typer.Option(help="An action to take away; may be repeated.")] = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Change a role, at once for everybody who has it."""
    from treadle.cli.client import ClientError
    from treadle.cli.output import show

    if not (label or allow or deny):
        raise ClientError("name a change: --label, --allow or --deny")
    with connect(server, api_key, home) as client:
        found = find_role(client, role)
        change: dict[str, Any] = {"label": label} if label else {}
        if allow or deny:
            kept = [action for action in found["actions"] if action not in (deny or ())]
            if unknown := sorted(set(deny or ()) - set(found["actions"])):
                raise ClientError(f"{found['label']} does not allow {', '.join(unknown)}")
            change["actions"] = list(dict.fromkeys([*kept, *(allow or ())]))
        changed = client.put(f"/roles/{found['_id']}", change)
        show(changed, json_lines=json_lines, text=f"changed {changed['label']}")


@roles.command("delete")
def delete_role(
    role: RoleArgument,
    yes: YesOption = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Delete a role nobody has."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = find_role(client, role)
        confirm(f"Delete the role {found['label']}?", sure=yes)
        show(client.delete(f"/roles/{found['_id']}"), json_lines=json_lines, text=f"deleted {found['label']}")


@groups.command("list")
def list_groups(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the groups you may see."""
    from treadle.cli.output import show_all

    with connect(server, api_key, home) as client:
        show_all(client.every("/groups"), columns=("_id", "label"), json_lines=json_lines)


@groups.command("create")
def create_group(
    group: Annotated[str, typer.Argument(help="Id of the group: small letters, digits, - and _.")],
    label: Annotated[str | None, typer.Option(help="Name of the group (default: its id).")] = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Make a group."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        made = client.post("/groups", {"_id": group, "label": label or group})
        show(made, json_lines=json_lines, text=f"created {made['_id']}")


@groups.command("delete")
def delete_group(
    group: GroupArgument,
    yes: YesOption = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Delete a group without projects."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = locate(client, group, level="group")
        confirm(f"Delete the group {found['label']}?", sure=yes)
        show(client.delete(f"/groups/{segment(group)}"), json_lines=json_lines, text=f"deleted {group}")


@groups.command("members")
def list_members(
    group: GroupArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List who is in a group, with ro, rw or admin."""
    from treadle.cli.output import show_all

    with connect(server, api_key, home) as client:
        found = client.get(f"/groups/{segment(group)}/permissions")
        show_all(found, columns=("_id", "access"), json_lines=json_lines)


@groups.command("add-member")
def add_member(
    group: GroupArgument,
    user: UserArgument,
    access: Annotated[str, typer.Option(help="ro, rw or admin.")] = "ro",
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Let a user into a group, or change their access."""
    from treadle.cli.output import show

    path = f"/groups/{segment(group)}/permissions"
    with connect(server, api_key, home) as client:
        if client.find(f"{path}/{segment(user)}") is None:
            answer = client.post(path, {"_id": user, "access": access})
        else:
            answer = client.put(f"{path}/{segment(user)}", {"access": access})
        show(answer, json_lines=json_lines, text=f"{user} has {answer['access']} in {group}")


@groups.command("remove-member")
def remove_member(
    group: GroupArgument,
    user: UserArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Take a user out of a group."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        answer = client.delete(f"/groups/{segment(group)}/permissions/{segment(user)}")
        show(answer, json_lines=json_lines, text=f"removed {user} from {group}")
