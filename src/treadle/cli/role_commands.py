"""Commands that run Treadle: up, its roles one by one, and looking after it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.options import ControlOption, DicomOption, HomeOption, HttpOption, JsonOption

config = typer.Typer(help="Settings.")
sample = typer.Typer(help="The sample study.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (up, serve, worker, migrate, doctor):
        app.command()(command)
    app.add_typer(config, name="config")
    app.add_typer(sample, name="sample")


def _flags(home: Path | None, http: str | None = None, dicom: str | None = None) -> dict[str, object]:
    return {"home": home, "http": http, "dicom": dicom}


def up(
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    use_sample: Annotated[
        bool | None,
        typer.Option(
            "--sample/--no-sample", help="Send a generated study to a new home (not if --ephemeral)."
        ),
    ] = None,
    seed_demo: Annotated[
        bool,
        typer.Option(
            "--seed-demo", help="Fill a new home with a demonstration: groups, studies, files, notes."
        ),
    ] = False,
    ephemeral: Annotated[
        bool,
        typer.Option(
            "--ephemeral", help="In a temporary home, removed at the end, on free ports of its own."
        ),
    ] = False,
    json_lines: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output when all is ready.")
    ] = False,
) -> None:
    """Run everything on this machine: database, API, web app, worker and DICOM connector."""
    from treadle.server.kit.loading import loading

    with loading():
        from treadle.cli.up import run

    sample = (
        "demo" if seed_demo else "study" if use_sample or (use_sample is None and not ephemeral) else None
    )
    run(_flags(home, http, dicom), sample=sample, ephemeral=ephemeral, json_lines=json_lines)


def serve(
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    control_fd: ControlOption = None,
) -> None:
    """Run the API and web app alone."""
    from treadle.server.app.supervise.roles import serve as run

    run(_flags(home, http, dicom), control_fd)


def worker(
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    control_fd: ControlOption = None,
) -> None:
    """Run a background worker alone."""
    from treadle.server.app.supervise.roles import work

    work(_flags(home, http, dicom), control_fd)


def migrate(home: HomeOption = None) -> None:
    """Bring the database named by TREADLE_DATABASE_URL to the schema of this release."""
    from treadle.server.app.supervise.roles import migrate as run

    print(run(_flags(home)))


def doctor(
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Check database, blobs, ports, clock and free disk, and say what to fix."""
    from treadle.cli.output import show
    from treadle.server.app.doctor import examine
    from treadle.server.kit.settings import load_settings

    healthy = True
    for finding in examine(load_settings(_flags(home, http, dicom))):
        mark = "ok  " if finding.ok else "FIX "
        show(finding.as_dict(), json_lines=json_lines, text=f"{mark} {finding.check:9} {finding.message}")
        healthy = healthy and finding.ok
    if not healthy:
        raise typer.Exit(1)


@config.command("show")
def config_show(
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Print the effective settings and where each comes from; secrets are masked."""
    import os

    from treadle.cli.output import show_all
    from treadle.server.kit.settings_sources import read

    given = {key: value for key, value in _flags(home, http, dicom).items() if value is not None}
    items = [
        {"key": item.key, "value": item.value, "origin": item.origin, "description": item.description}
        for item in read(given, os.environ).shown()
    ]
    show_all(items, columns=("key", "value", "origin"), json_lines=json_lines)


@sample.command("write")
def sample_write(folder: Annotated[Path, typer.Argument(help="Folder for the DICOM files.")]) -> None:
    """Write the generated sample study as DICOM files."""
    from treadle.cli.sample import write

    print(f"{write(folder)} files in {folder}")


@sample.command("demo")
def sample_demo(
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    control_fd: ControlOption = None,
) -> None:
    """Fill the Treadle that runs on this machine with a demonstration: groups, studies, files, notes, views."""
    from treadle.cli.demo import seed

    print(seed(_flags(home, http, dicom), control_fd), file=sys.stderr)


@sample.command("send")
def sample_send(
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    control_fd: ControlOption = None,
) -> None:
    """Send the generated sample study to the connector of the Treadle that runs on this machine."""
    from treadle.cli.sample_send import send

    count = send(_flags(home, http, dicom), control_fd)
    print(f"{count} instances sent", file=sys.stderr)
