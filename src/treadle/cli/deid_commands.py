"""`treadle deid`: de-identify a folder on this machine, by a profile of its own or that of a server's project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from treadle.cli.deid_options import (
    PROFILE,
    FolderArgument,
    JobsOption,
    ProfileArgument,
    ProjectOption,
    SecretOption,
    SubjectOption,
    ValuesOption,
    VaultKeyOption,
    VaultOption,
)
from treadle.cli.deid_profile import load
from treadle.cli.deid_vault import vault, vault_to
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption

if TYPE_CHECKING:
    from treadle.cli.deid_how import How
    from treadle.cli.deid_people import Vault
    from treadle.cli.deid_run import Outcome

DEFAULT = "ps315-basic"
RECORD = "record.json"  # goes along as `deid` when the files are uploaded


class FolderFirst(TyperGroup):
    """`treadle deid FOLDER` is `treadle deid run FOLDER`; a folder named like a command is given as `./lint`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `run` before what is no command."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


deid = typer.Typer(
    cls=FolderFirst,
    help="De-identify files on this machine: `treadle deid FOLDER --profile P --out DIR`.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    deid.add_typer(vault, name="vault")
    app.add_typer(deid, name="deid")


@deid.command("run")
def run_folder(
    folder: FolderArgument,
    profile: Annotated[str | None, PROFILE] = None,
    project: ProjectOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for de-identified files.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="DIR", help="Folder for reports; DIR of --out with -report."),
    ] = None,
    secret_file: SecretOption = None,
    subject: SubjectOption = None,
    review: Annotated[
        Path | None,
        typer.Option("--review", metavar="DIR", help="Folder for files whose pictures somebody has to see."),
    ] = None,
    values: ValuesOption = None,
    vault_file: VaultOption = None,
    vault_key: VaultKeyOption = None,
    jobs: JobsOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Reports only, and a table of the first file before and after.")
    ] = False,
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """De-identify all files of a folder; `run` may be left out."""
    if out is None and not dry_run:
        raise typer.BadParameter("where to? Give --out DIR, or --dry-run", param_hint="--out")
    if report is None and out is not None:
        report = out.with_name(out.name + "-report")
    if project is not None and (profile or secret_file or values):
        raise typer.BadParameter("profile and secret come from the server", param_hint="--project")
    from treadle.cli.deid_how import of_project, own

    how = (
        own(profile or DEFAULT, secret_file, subject, values=values, json_lines=json_lines)
        if project is None
        else of_project(project, subject, server, api_key, home)
    )
    rows = None if dry_run else vault_to(vault_file, vault_key)
    _work(
        folder,
        how,
        None if dry_run else out,
        report,
        review=None if dry_run else review,
        rows=rows,
        jobs=jobs,
        json_lines=json_lines,
    )


@deid.command()
def check(
    folder: FolderArgument,
    profile: Annotated[str, PROFILE] = DEFAULT,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="DIR", help="Folder for reports.")
    ] = None,
    jobs: JobsOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Try a profile on a folder: nothing but reports is written."""
    from treadle.cli.deid_how import own

    _work(folder, own(profile, json_lines=json_lines), None, report, jobs=jobs, json_lines=json_lines)


@deid.command()
def lint(profile: ProfileArgument, json_lines: JsonOption = False) -> None:
    """Check a profile: errors, and what is allowed but unsafe."""
    from treadle.cli.output import show, show_all

    found = [
        {"line": issue.line, "path": issue.path, "code": issue.code, "message": issue.message}
        for issue in load(profile, json_lines=json_lines).lint()
    ]
    show_all(found, columns=("line", "path", "code", "message"), json_lines=json_lines)
    if not json_lines:
        show({}, json_lines=False, text=f"valid, {len(found)} remarks")


@deid.command()
def explain(
    profile: ProfileArgument,
    tag: Annotated[
        str | None,
        typer.Option("--tag", metavar="TAG", help="0008,1030 or a keyword; all of the table when left out."),
    ] = None,
) -> None:
    """Say what a profile does to an attribute, and which rule says so."""
    from treadle.cli.deid_explain import UnknownTagError, explained, print_rows, tag_of

    loaded = load(profile)
    if tag is None:
        print_rows(loaded)
        return
    try:
        number = tag_of(tag)
    except UnknownTagError as error:
        raise typer.BadParameter(str(error), param_hint="--tag") from None
    done, why = explained(loaded, number)
    print(f"({number >> 16:04X},{number & 0xFFFF:04X}): {done} ({why})")


@deid.command()
def which(
    folder: FolderArgument,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=0, help="Number of a file in a report.")],
) -> None:
    """Print the path of the file that a report gives a number; --out and --report must lie outside the folder."""
    from treadle.cli.deid_files import files_in

    paths = files_in(folder, [])
    if number >= len(paths):
        raise typer.BadParameter(f"the folder has {len(paths)} files", param_hint="NUMBER")
    print(paths[number])


def _work(
    folder: Path,
    how: How,
    out: Path | None,
    report: Path | None,
    *,
    review: Path | None = None,
    rows: Vault | None = None,
    jobs: int | None,
    json_lines: bool,
) -> None:
    from treadle.cli.deid_compare import compare_first
    from treadle.cli.deid_run import NotEmptyError, run
    from treadle.cli.output import show
    from treadle.cli.progress import count
    from treadle.deid import ProfileError

    if out is None and not json_lines:
        compare_first(folder, how.profile, how.context)
    try:
        with count("de-identifying", quiet=json_lines) as progress:
            outcome = run(
                folder,
                how.profile,
                out=out,
                report=report,
                secrets=how.secrets,
                context=how.context,
                jobs=jobs,
                progress=progress,
                vault=rows,
                review=review,
            )
    except NotEmptyError as error:
        raise typer.BadParameter(str(error), param_hint="--out") from None
    except ProfileError as error:  # of the subject map
        raise typer.BadParameter(str(error), param_hint="--profile") from None
    if how.record and report is not None:
        (report / RECORD).write_text(json.dumps(how.record, indent=2) + "\n", "utf-8")
    show(outcome.totals.document(how.profile), json_lines=json_lines, text=_told(outcome, report))
    raise typer.Exit(outcome.exit_status)


def _told(outcome: Outcome, report: Path | None) -> str:
    from treadle.deid import Code

    totals = outcome.totals
    lines = [
        f"{totals.ok} of {totals.files} files de-identified, {totals.rejected} rejected, {totals.skipped} skipped"
    ]
    if outcome.resumed:
        lines[0] += f" ({outcome.resumed} of them before)"
    lines += [f"  {count:6} {code}  {Code(code).sentence}" for code, count in totals.codes.most_common()]
    if report is not None:
        lines.append(f"report: {report / 'report.html'}")
    return "\n".join(lines)
