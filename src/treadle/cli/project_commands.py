"""`treadle projects` and `treadle move`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.connect import confirm, locate, segment
from treadle.cli.options import YesOption
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

projects = typer.Typer(help="Projects: who may do what, moving, export and import.", no_args_is_help=True)
permissions = typer.Typer(help="Who has which roles in a project.", no_args_is_help=True)
projects.add_typer(permissions, name="permissions")

ProjectArgument = Annotated[str, typer.Argument(metavar="PROJECT", help="GROUP/PROJECT or the project's id.")]
UserArgument = Annotated[str, typer.Argument(metavar="USER", help="The user's id, an e-mail address.")]
PARENTS = {"project": "group", "subject": "project", "session": "subject", "acquisition": "session"}


@remote(projects, "list")
def list_projects(client: Client, out: Output) -> None:
    """List the projects you may see."""
    out.show_all(client.every("/projects"), columns=("_id", "group", "label"))


@remote(projects, "show")
def show_project(
    client: Client,
    out: Output,
    project: ProjectArgument,
) -> None:
    """Show a project: what is in it, who may enter."""
    found = client.get(f"/projects/{locate(client, project, level='project')['_id']}")
    if not out.json_lines:
        counts = found.get("stats", {}).get("number_of", {})
        names = ("_id", "group", "label", "description", "created")
        found = {
            **{name: found.get(name) for name in names},
            **counts,
            "users": [entry["_id"] for entry in found.get("permissions") or ()],
        }
    out.show(found)


@remote(projects, "create")
def create_project(
    client: Client,
    out: Output,
    project: Annotated[str, typer.Argument(metavar="GROUP/PROJECT", help="Group and label of the project.")],
    description: Annotated[str | None, typer.Option(help="What it is about.")] = None,
) -> None:
    """Make a project in a group that is there."""
    group, label = _group_and_label(project)
    made = client.post("/projects", {"group": group, "label": label, "description": description or ""})
    out.show(made, text=f"created {group}/{label} ({made['_id']})")


@remote(projects, "delete")
def delete_project(
    client: Client,
    out: Output,
    project: ProjectArgument,
    yes: YesOption = False,
) -> None:
    """Move a project with all it holds to the trash."""
    found = locate(client, project, level="project")
    confirm(f"Delete {found['group']}/{found['label']} with all it holds?", sure=yes)
    answer = client.delete(f"/projects/{found['_id']}")
    out.show(answer, text=f"deleted {found['group']}/{found['label']}")


@remote(permissions, "list")
def list_permissions(
    client: Client,
    out: Output,
    project: ProjectArgument,
) -> None:
    """List the users of a project and their roles."""
    found = locate(client, project, level="project")
    labels = {role["_id"]: role["label"] for role in client.every("/roles")}
    entries = [
        {**entry, "roles": [labels.get(role_id, role_id) for role_id in entry["role_ids"]]}
        for entry in client.get(f"/projects/{found['_id']}/permissions")
    ]
    out.show_all(entries, columns=("_id", "roles"))


@remote(permissions, "add")
def add_permission(
    client: Client,
    out: Output,
    project: ProjectArgument,
    user: UserArgument,
    roles: Annotated[list[str], typer.Argument(metavar="ROLE...", help="Roles by label or id.")],
) -> None:
    """Give a user roles in a project, besides those they have."""
    from treadle.cli.rights_commands import find_role

    found = locate(client, project, level="project")
    wanted = [find_role(client, name)["_id"] for name in roles]
    path = f"/projects/{found['_id']}/permissions"
    before = client.find(f"{path}/{segment(user)}")
    if before is None:
        answer = client.post(path, {"_id": user, "role_ids": wanted})
    else:
        together = list(dict.fromkeys([*before["role_ids"], *wanted]))
        answer = client.put(f"{path}/{segment(user)}", {"role_ids": together})
    out.show(answer, text=f"{user} has {len(answer['role_ids'])} role(s) in {project}")


@remote(permissions, "remove")
def remove_permission(
    client: Client,
    out: Output,
    project: ProjectArgument,
    user: UserArgument,
    roles: Annotated[
        list[str] | None, typer.Argument(metavar="[ROLE]...", help="Roles to take away (default: all).")
    ] = None,
) -> None:
    """Take roles away from a user, or the user out of the project."""
    from treadle.cli.client import ClientError
    from treadle.cli.rights_commands import find_role

    found = locate(client, project, level="project")
    path = f"/projects/{found['_id']}/permissions/{segment(user)}"
    before = client.get(path)["role_ids"]
    gone = {find_role(client, name)["_id"] for name in roles or ()}
    if missing := gone - set(before):
        raise ClientError(f"{user} does not have {len(missing)} of these roles in {project}")
    left = [role_id for role_id in before if roles and role_id not in gone]
    answer = client.put(path, {"role_ids": left}) if left else client.delete(path)
    out.show(answer, text=f"{user} has {len(left)} role(s) in {project}")


@remote(projects, "move")
def move_project(
    client: Client,
    out: Output,
    project: ProjectArgument,
    group: Annotated[str, typer.Argument(metavar="GROUP", help="Id of the group to move it to.")],
) -> None:
    """Move a project to another group."""
    found = locate(client, project, level="project")
    _move(client, out, found, locate(client, group, level="group"))


@remote(projects, "copy")
def copy_project(
    client: Client,
    out: Output,
    project: ProjectArgument,
    target: Annotated[str, typer.Argument(metavar="GROUP/PROJECT", help="Group and label of the copy.")],
) -> None:
    """Copy a project by reference: the copy's files share their bytes with the original's."""
    group, label = _group_and_label(target)
    found = locate(client, project, level="project")
    made = client.post(f"/projects/{found['_id']}/copy", {"group_id": group, "project_label": label})
    out.show(
        made,
        text=f"{target} is being made; its `copy_status` tells when it is done",
    )


def move(
    client: Client,
    out: Output,
    what: Annotated[str, typer.Argument(help="A project, subject, session or acquisition: id or path.")],
    to: Annotated[str, typer.Argument(help="Its new group, project, subject or session: id or path.")],
) -> None:
    """Move a container under another parent, with all it holds."""
    _move(client, out, locate(client, what), locate(client, to))


def _move(client: Client, out: Output, found: dict[str, Any], parent: dict[str, Any]) -> None:
    from treadle.cli.client import ClientError

    level, above = found["container_type"], parent["container_type"]
    if above != PARENTS.get(level) and (level, above) != ("session", "project"):
        fitting = PARENTS.get(level)
        hint = f"a {level} is moved to a {fitting}" if fitting else f"a {level} cannot be moved"
        raise ClientError(f"{hint}, not to a {above}" if fitting else hint)
    answer = client.put(f"/{level}s/{found['_id']}", {above: parent["_id"]})
    label = parent.get("label") or parent["_id"]
    out.show(answer, text=f"moved {level} {found['label']} to {above} {label}")


@remote(projects, "export")
def export(
    client: Client,
    out: Output,
    project: ProjectArgument,
    target: Annotated[Path, typer.Argument(metavar="FOLDER|FILE.zip", help="Where to write it.")],
) -> None:
    """Write a project to a folder or zip, with manifest and checksums; run again after a break to go on."""
    from treadle.cli.progress import transfer
    from treadle.cli.project_export import export_project

    found = client.get(f"/projects/{locate(client, project, level='project')['_id']}")
    total = found.get("stats", {}).get("number_of", {}).get("bytes")
    with transfer(f"export {found['label']}", total, quiet=out.json_lines) as advance:
        counts = export_project(client, found, target, advance)
    _report(out, counts, {"project": found["_id"], "target": str(target)}, "exported")


@remote(projects, "import")
def import_(
    client: Client,
    out: Output,
    source: Annotated[Path, typer.Argument(metavar="FOLDER|FILE.zip", help="An export, or plain folders.")],
    project: Annotated[
        str, typer.Argument(metavar="GROUP/PROJECT", help="Where to; the project is made if it is not there.")
    ],
) -> None:
    """Bring an export or folders SUBJECT/SESSION/ACQUISITION into a project; run again after a break to go on."""
    from treadle.cli.client import ClientError
    from treadle.cli.import_source import open_source
    from treadle.cli.progress import transfer
    from treadle.cli.project_import import Import

    group, label = _group_and_label(project)
    with open_source(source) as found:
        if client.find(f"/groups/{segment(group)}") is None:
            raise ClientError(f"there is no group '{group}'; make it with `treadle groups create {group}`")
        there = [one for one in client.every(f"/groups/{segment(group)}/projects") if one["label"] == label]
        made = there[0] if there else client.post("/projects", {"group": group, "label": label})
        try:
            with transfer(f"import {source.name}", found.bytes, quiet=out.json_lines) as advance:
                counts = Import(client, found, advance).run(made["_id"], described=found.label is not None)
        except OSError as error:
            raise ClientError(f"cannot read {error.filename or source}: {error.strerror}") from error
        _report(out, counts, {"project": made["_id"], "source": str(source)}, "imported")


def _report(out: Output, counts: dict[str, int], about: dict[str, Any], done: str) -> None:
    text = f"{done} {counts.get('files', 0)} files, {counts.get('bytes', 0)} bytes"
    text += f", {counts.get('containers', 0)} containers"
    if there := counts.get("files_there_already"):
        text += f" ({there} files were there already)"
    if analyses := counts.get("analyses_left_out"):
        text += f"; {analyses} analyses are left out"
    out.show({**about, **counts}, text=text)


def _group_and_label(project: str) -> tuple[str, str]:
    from treadle.cli.client import ClientError

    group, _, label = project.strip().removeprefix("fw://").partition("/")
    if not group or not label or "/" in label:
        raise ClientError(f"'{project}' is not GROUP/PROJECT")
    return group, label
