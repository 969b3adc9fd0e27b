"""`treadle projects` and `treadle move`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from treadle.cli.connect import confirm, connect, locate, segment
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption, YesOption

projects = typer.Typer(help="Projects: who may do what, moving, export and import.", no_args_is_help=True)
permissions = typer.Typer(help="Who has which roles in a project.", no_args_is_help=True)
projects.add_typer(permissions, name="permissions")

ProjectArgument = Annotated[str, typer.Argument(metavar="PROJECT", help="GROUP/PROJECT or the project's id.")]
UserArgument = Annotated[str, typer.Argument(metavar="USER", help="The user's id, an e-mail address.")]
PARENTS = {"project": "group", "subject": "project", "session": "subject", "acquisition": "session"}


@projects.command("list")
def list_projects(
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the projects you may see."""
    from treadle.cli.output import show_all

    with connect(server, api_key, home) as client:
        show_all(client.every("/projects"), columns=("_id", "group", "label"), json_lines=json_lines)


@projects.command("show")
def show_project(
    project: ProjectArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Show a project: what is in it, who may enter."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = client.get(f"/projects/{locate(client, project, level='project')['_id']}")
        if not json_lines:
            counts = found.get("stats", {}).get("number_of", {})
            names = ("_id", "group", "label", "description", "created")
            found = {
                **{name: found.get(name) for name in names},
                **counts,
                "users": [entry["_id"] for entry in found.get("permissions") or ()],
            }
        show(found, json_lines=json_lines)


@projects.command("create")
def create_project(
    project: Annotated[str, typer.Argument(metavar="GROUP/PROJECT", help="Group and label of the project.")],
    description: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Make a project in a group that is there."""
    from treadle.cli.output import show

    group, label = _group_and_label(project)
    with connect(server, api_key, home) as client:
        made = client.post("/projects", {"group": group, "label": label, "description": description or ""})
        show(made, json_lines=json_lines, text=f"created {group}/{label} ({made['_id']})")


@projects.command("delete")
def delete_project(
    project: ProjectArgument,
    yes: YesOption = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Move a project with all it holds to the trash."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = locate(client, project, level="project")
        confirm(f"Delete {found['group']}/{found['label']} with all it holds?", sure=yes)
        answer = client.delete(f"/projects/{found['_id']}")
        show(answer, json_lines=json_lines, text=f"deleted {found['group']}/{found['label']}")


@permissions.command("list")
def list_permissions(
    project: ProjectArgument,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """List the users of a project and their roles."""
    from treadle.cli.output import show_all

    with connect(server, api_key, home) as client:
        found = locate(client, project, level="project")
        labels = {role["_id"]: role["label"] for role in client.every("/roles")}
        entries = [
            {**entry, "roles": [labels.get(role_id, role_id) for role_id in entry["role_ids"]]}
            for entry in client.get(f"/projects/{found['_id']}/permissions")
        ]
        show_all(entries, columns=("_id", "roles"), json_lines=json_lines)


@permissions.command("add")
def add_permission(
    project: ProjectArgument,
    user: UserArgument,
    roles: Annotated[list[str], typer.Argument(metavar="ROLE...", help="Roles by label or id.")],
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Give a user roles in a project, besides those they have."""
    from treadle.cli.output import show
    from treadle.cli.rights_commands import find_role

    with connect(server, api_key, home) as client:
        found = locate(client, project, level="project")
        wanted = [find_role(client, name)["_id"] for name in roles]
        path = f"/projects/{found['_id']}/permissions"
        before = client.find(f"{path}/{segment(user)}")
        if before is None:
            answer = client.post(path, {"_id": user, "role_ids": wanted})
        else:
            together = list(dict.fromkeys([*before["role_ids"], *wanted]))
            answer = client.put(f"{path}/{segment(user)}", {"role_ids": together})
        show(answer, json_lines=json_lines, text=f"{user} has {len(answer['role_ids'])} role(s) in {project}")


@permissions.command("remove")
def remove_permission(
    project: ProjectArgument,
    user: UserArgument,
    roles: Annotated[
        list[str] | None, typer.Argument(metavar="[ROLE]...", help="Roles to take away (default: all).")
    ] = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Take roles away from a user, or the user out of the project."""
    from treadle.cli.client import ClientError
    from treadle.cli.output import show
    from treadle.cli.rights_commands import find_role

    with connect(server, api_key, home) as client:
        found = locate(client, project, level="project")
        path = f"/projects/{found['_id']}/permissions/{segment(user)}"
        before = client.get(path)["role_ids"]
        gone = {find_role(client, name)["_id"] for name in roles or ()}
        if missing := gone - set(before):
            raise ClientError(f"{user} does not have {len(missing)} of these roles in {project}")
        left = [role_id for role_id in before if roles and role_id not in gone]
        answer = client.put(path, {"role_ids": left}) if left else client.delete(path)
        show(answer, json_lines=json_lines, text=f"{user} has {len(left)} role(s) in {project}")


@projects.command("move")
def move_project(
    project: ProjectArgument,
    group: Annotated[str, typer.Argument(metavar="GROUP", help="Id of the group to move it to.")],
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Move a project to another group."""
    with connect(server, api_key, home) as client:
        found = locate(client, project, level="project")
        _move(client, found, locate(client, group, level="group"), json_lines)


@projects.command("copy")
def copy_project(
    project: ProjectArgument,
    target: Annotated[str, typer.Argument(metavar="GROUP/PROJECT", help="Group and label of the copy.")],
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Copy a project by reference: the copy's files share their bytes with the original's."""
    from treadle.cli.output import show

    group, label = _group_and_label(target)
    with connect(server, api_key, home) as client:
        found = locate(client, project, level="project")
        made = client.post(f"/projects/{found['_id']}/copy", {"group_id": group, "project_label": label})
        show(
            made,
            json_lines=json_lines,
            text=f"{target} is being made; its `copy_status` tells when it is done",
        )


def move(
    what: Annotated[str, typer.Argument(help="A project, subject, session or acquisition: id or path.")],
    to: Annotated[str, typer.Argument(help="Its new group, project, subject or session: id or path.")],
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Move a container under another parent, with all it holds."""
    with connect(server, api_key, home) as client:
        _move(client, locate(client, what), locate(client, to), json_lines)


def _move(client: Any, found: dict[str, Any], parent: dict[str, Any], json_lines: bool) -> None:
    from treadle.cli.client import ClientError
    from treadle.cli.output import show

    level, above = found["container_type"], parent["container_type"]
    if above != PARENTS.get(level) and (level, above) != ("session", "project"):
        fitting = PARENTS.get(level)
        hint = f"a {level} is moved to a {fitting}" if fitting else f"a {level} cannot be moved"
        raise ClientError(f"{hint}, not to a {above}" if fitting else hint)
    answer = client.put(f"/{level}s/{found['_id']}", {above: parent["_id"]})
    label = parent.get("label") or parent["_id"]
    show(answer, json_lines=json_lines, text=f"moved {level} {found['label']} to {above} {label}")


@projects.command("export")
def export(
    project: ProjectArgument,
    target: Annotated[Path, typer.Argument(metavar="FOLDER|FILE.zip", help="Where to write it.")],
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Write a project to a folder or zip, with manifest and checksums; run again after a break to go on."""
    from treadle.cli.progress import transfer
    from treadle.cli.project_export import export_project

    with connect(server, api_key, home) as client:
        found = client.get(f"/projects/{locate(client, project, level='project')['_id']}")
        total = found.get("stats", {}).get("number_of", {}).get("bytes")
        with transfer(f"export {found['label']}", total, quiet=json_lines) as advance:
            counts = export_project(client, found, target, advance)
        _report(counts, {"project": found["_id"], "target": str(target)}, "exported", json_lines)


@projects.command("import")
def import_(
    source: Annotated[Path, typer.Argument(metavar="FOLDER|FILE.zip", help="An export, or plain folders.")],
    project: Annotated[
        str, typer.Argument(metavar="GROUP/PROJECT", help="Where to; the project is made if it is not there.")
    ],
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Bring an export or folders SUBJECT/SESSION/ACQUISITION into a project; run again after a break to go on."""
    from treadle.cli.client import ClientError
    from treadle.cli.import_source import open_source
    from treadle.cli.progress import transfer
    from treadle.cli.project_import import Import

    group, label = _group_and_label(project)
    with connect(server, api_key, home) as client, open_source(source) as found:
        if client.find(f"/groups/{segment(group)}") is None:
            raise ClientError(f"there is no group '{group}'; make it with `treadle groups create {group}`")
        there = [one for one in client.every(f"/groups/{segment(group)}/projects") if one["label"] == label]
        made = there[0] if there else client.post("/projects", {"group": group, "label": label})
        try:
            with transfer(f"import {source.name}", found.bytes, quiet=json_lines) as advance:
                counts = Import(client, found, advance).run(made["_id"], described=found.label is not None)
        except OSError as error:
            raise ClientError(f"cannot read {error.filename or source}: {error.strerror}") from error
        _report(counts, {"project": made["_id"], "source": str(source)}, "imported", json_lines)


def _report(counts: dict[str, int], about: dict[str, Any], done: str, json_lines: bool) -> None:
    from treadle.cli.output import show

    text = f"{done} {counts.get('files', 0)} files, {counts.get('bytes', 0)} bytes"
    text += f", {counts.get('containers', 0)} containers"
    if there := counts.get("files_there_already"):
        text += f" ({there} files were there already)"
    if analyses := counts.get("analyses_left_out"):
        text += f"; {analyses} analyses are left out"
    show({**about, **counts}, json_lines=json_lines, text=text)


def _group_and_label(project: str) -> tuple[str, str]:
    from treadle.cli.client import ClientError

    group, _, label = project.strip().removeprefix("fw://").partition("/")
    if not group or not label or "/" in label:
        raise ClientError(f"'{project}' is not GROUP/PROJECT")
    return group, label
