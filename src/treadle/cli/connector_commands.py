"""`treadle connector`: the DICOM connector of this machine, and trying out what it would do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.options import ControlOption, DicomOption, HomeOption, HttpOption, JsonOption, YesOption

connector = typer.Typer()

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config", metavar="FILE", envvar="TREADLE_CONNECTOR_CONFIG", help="The connector's YAML file."
    ),
]
DeviceArgument = Annotated[str, typer.Argument(metavar="DEVICE", help="A device of the file.")]
SeriesArgument = Annotated[
    str,
    typer.Argument(metavar="SERIES", help="A Series Instance UID, or the id that the device's page shows."),
]
DeviceOption = Annotated[str, typer.Option("--device", metavar="DEVICE", help="A device of that file.")]


RunConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        envvar="TREADLE_CONNECTOR_CONFIG",
        help="The connector's YAML file; without it, settings name server and device key.",
    ),
]


@connector.callback(invoke_without_command=True)
def connector_alone(
    context: typer.Context,
    config_file: RunConfigOption = None,
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
) -> None:
    """The DICOM connector of this machine; without a command, `run`."""
    if context.invoked_subcommand is None:
        run(config_file, home=home, http=http, dicom=dicom)


@connector.command()
def run(
    config_file: RunConfigOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="Ask the pull sources and send what is in the spool, then end.")
    ] = False,
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    control_fd: ControlOption = None,
) -> None:
    """Receive and send in the foreground until SIGTERM; SIGHUP reads the devices of the file again."""
    from treadle.server.kit.loading import loading

    with loading():
        from treadle.cli.connector import run as run_connector

    flags: dict[str, object] = {"home": home, "http": http, "dicom": dicom}
    run_connector(flags, file=config_file, once=once, control_fd=control_fd)


@connector.command("check-config")
def check_config(config_file: ConfigOption, json_lines: JsonOption = False) -> None:
    """Read the file and say what it means; an error names the key."""
    from treadle.cli.connector import check

    check(config_file, json_lines=json_lines)


@connector.command("import")
def import_folder(
    folder: Annotated[Path, typer.Argument(help="Folder with DICOM files, also in zips.")],
    device: DeviceOption,
    config_file: ConfigOption,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would become of each series; needs no server.")
    ] = False,
    json_lines: JsonOption = False,
) -> None:
    """Send the DICOM files of a folder as if the device had sent them."""
    from treadle.cli.connector_import import import_files

    import_files(folder, device, config_file, dry_run=dry_run, json_lines=json_lines)


@connector.command()
def status(config_file: ConfigOption, json_lines: JsonOption = False) -> None:
    """How the connector is, and which series are not on the server."""
    from treadle.cli.connector import status as show_status

    show_status(config_file, json_lines=json_lines)


@connector.command()
def retry(series: SeriesArgument, config_file: ConfigOption, json_lines: JsonOption = False) -> None:
    """Have a series tried again that waits, is held or was abandoned."""
    from treadle.cli.connector import retry as try_again

    try_again(config_file, series, json_lines=json_lines)


@connector.command()
def forget(
    series: SeriesArgument, config_file: ConfigOption, yes: YesOption = False, json_lines: JsonOption = False
) -> None:
    """Forget a series and delete its files here; what is on the server stays."""
    from treadle.cli.connector import forget as drop

    drop(config_file, series, sure=yes, json_lines=json_lines)


@connector.command()
def route(
    string: Annotated[str, typer.Argument(metavar="STRING", help='For instance "fw://group/project".')],
    device: Annotated[
        str | None, typer.Option("--device", metavar="DEVICE", help="Read it as this device's.")
    ] = None,
    config_file: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            envvar="TREADLE_CONNECTOR_CONFIG",
            help="The connector's YAML file; its server tells where the string leads.",
        ),
    ] = None,
    json_lines: JsonOption = False,
) -> None:
    """What a routing string would do."""
    from treadle.cli.connector_ask import route as try_out

    try_out(string, file=config_file, device=device, json_lines=json_lines)


@connector.command()
def echo(device: DeviceArgument, config_file: ConfigOption, json_lines: JsonOption = False) -> None:
    """Ask a device for a sign of life (C-ECHO)."""
    from treadle.cli.connector_ask import echo as ask

    ask(config_file, device, json_lines=json_lines)


@connector.command()
def find(
    device: DeviceArgument,
    config_file: ConfigOption,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Only studies from this day on, 2026-01-31.")
    ] = None,
    json_lines: JsonOption = False,
) -> None:
    """List the series that a device holds (C-FIND)."""
    from treadle.cli.connector_ask import find as ask

    ask(config_file, device, since=since, json_lines=json_lines)


@connector.command()
def fetch(
    device: DeviceArgument,
    study: Annotated[str, typer.Option("--study", metavar="UID", help="Its Study Instance UID.")],
    config_file: ConfigOption,
    json_lines: JsonOption = False,
) -> None:
    """Have the running connector retrieve the series of a study now."""
    from treadle.cli.connector_ask import fetch as ask

    ask(config_file, device, study=study, json_lines=json_lines)
