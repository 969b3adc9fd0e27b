"""`treadle connector`: the DICOM connector of this machine, and trying out what it would do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.options import ControlOption, DicomOption, HomeOption, HttpOption, JsonOption

connector = typer.Typer(help="The DICOM connector of this machine.", no_args_is_help=True)

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config", metavar="FILE", envvar="TREADLE_CONNECTOR_CONFIG", help="The connector's YAML file."
    ),
]
DeviceOption = Annotated[str, typer.Option("--device", metavar="DEVICE", help="A device of that file.")]


@connector.command()
def run(
    config_file: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            envvar="TREADLE_CONNECTOR_CONFIG",
            help="The connector's YAML file; without it, settings name server and device key.",
        ),
    ] = None,
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    control_fd: ControlOption = None,
) -> None:
    """Receive and send in the foreground until SIGTERM; SIGHUP reads the devices of the file again."""
    from treadle.cli.connector import run as run_connector

    flags: dict[str, object] = {"home": home, "http": http, "dicom": dicom}
    run_connector(flags, file=config_file, control_fd=control_fd)


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
