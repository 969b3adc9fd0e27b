"""`treadle roles` and `treadle groups`: who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.connect import confirm, locate, segment
from treadle.cli.options import YesOption
from treadle.cli.remote import Output, remote

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


@remote(roles, "list")
def list_roles(client: Client, out: Output) -> None:
    """List all roles."""
    out.show_all(client.every("/roles"), columns=("_id", "label", "in_use"))


@remote(roles, "show")
def show_role(
    client: Client,
    out: Output,
    role: RoleArgument,
) -> None:
    """Show a role and its actions, one per line."""
    found = find_role(client, role)
    text = "\n".join([f"{found['label']} ({found['_id']})", *(f"  {action}" for action in found["actions"])])
    out.show(found, text=text)


@remote(roles, "create")
def create_role(
    client: Client,
    out: Output,
    label: Annotated[str, typer.Argument(help="Name of the role.")],
    actions: Annotated[list[str] | None, typer.Argument(help="Actions it allows.")] = None,
    like: Annotated[str | None, typer.Option(help="Start from the actions of this role.")] = None,
) -> None:
    """Make a role; actions that every role has are added."""
    wanted = [*(find_role(client, like)["actions"] if like else ()), *(actions or ())]
    made = client.post("/roles", {"label": label, "actions": list(dict.fromkeys(wanted))})
    out.show(made, text=f"created {made['label']} ({made['_id']})")


@remote(roles, "edit")
def edit_role(
    client: Client,
    out: Output,
    role: RoleArgument,
    label: Annotated[str | None, typer.Option(help="Another name.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="An action to add; may be repeated.")] = None,
    deny: Annotated[list[str] | None, typer.Option(help="An action to take away; may be repeated.")] = None,
) -> None:
    """Change a role, at once for everybody who has it."""
    from treadle.cli.client import ClientError

    if not (label or allow or deny):
        raise ClientError("name a change: --label, --allow or --deny")
    found = find_role(client, role)
    change: dict[str, Any] = {"label": label} if label else {}
    if allow or deny:
        kept = [action for action in found["actions"] if action not in (deny or ())]
        if unknown := sorted(set(deny or ()) - set(found["actions"])):
            raise ClientError(f"{found['label']} does not allow {', '.join(unknown)}")
        change["actions"] = list(dict.fromkeys([*kept, *(allow or ())]))
    changed = client.put(f"/roles/{found['_id']}", change)
    out.show(changed, text=f"changed {changed['label']}")


@remote(roles, "delete")
def delete_role(
    client: Client,
    out: Output,
    role: RoleArgument,
    yes: YesOption = False,
) -> None:
    """Delete a role nobody has."""
    found = find_role(client, role)
    confirm(f"Delete the role {found['label']}?", sure=yes)
    out.show(client.delete(f"/roles/{found['_id']}"), text=f"deleted {found['label']}")


@remote(groups, "list")
def list_groups(client: Client, out: Output) -> None:
    """List the groups you may see."""
    out.show_all(client.every("/groups"), columns=("_id", "label"))


@remote(groups, "create")
def create_group(
    client: Client,
    out: Output,
    group: Annotated[str, typer.Argument(help="Id of the group: small letters, digits, - and _.")],
    label: Annotated[str | None, typer.Option(help="Name of the group (default: its id).")] = None,
) -> None:
    """Make a group."""
    made = client.post("/groups", {"_id": group, "label": label or group})
    out.show(made, text=f"created {made['_id']}")


@remote(groups, "delete")
def delete_group(
    client: Client,
    out: Output,
    group: GroupArgument,
    yes: YesOption = False,
) -> None:
    """Delete a group without projects."""
    found = locate(client, group, level="group")
    confirm(f"Delete the group {found['label']}?", sure=yes)
    out.show(client.delete(f"/groups/{segment(group)}"), text=f"deleted {group}")


@remote(groups, "members")
def list_members(
    client: Client,
    out: Output,
    group: GroupArgument,
) -> None:
    """List who is in a group, with ro, rw or admin."""
    found = client.get(f"/groups/{segment(group)}/permissions")
    out.show_all(found, columns=("_id", "access"))


@remote(groups, "add-member")
def add_member(
    client: Client,
    out: Output,
    group: GroupArgument,
    user: UserArgument,
    access: Annotated[str, typer.Option(help="ro, rw or admin.")] = "ro",
) -> None:
    """Let a user into a group, or change their access."""
    path = f"/groups/{segment(group)}/permissions"
    if client.find(f"{path}/{segment(user)}") is None:
        answer = client.post(path, {"_id": user, "access": access})
    else:
        answer = client.put(f"{path}/{segment(user)}", {"access": access})
    out.show(answer, text=f"{user} has {answer['access']} in {group}")


@remote(groups, "remove-member")
def remove_member(
    client: Client,
    out: Output,
    group: GroupArgument,
    user: UserArgument,
) -> None:
    """Take a user out of a group."""
    answer = client.delete(f"/groups/{segment(group)}/permissions/{segment(user)}")
    out.show(answer, text=f"removed {user} from {group}")
