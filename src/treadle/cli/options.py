"""Options several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Folder for everything Treadle keeps (TREADLE_HOME)."),
]
HttpOption = Annotated[
    str | None, typer.Option("--http", metavar="HOST:PORT", help="Where the web app and API listen.")
]
DicomOption = Annotated[
    str | None, typer.Option("--dicom", metavar="HOST:PORT", help="Where the DICOM connector listens.")
]
ControlOption = Annotated[
    int | None, typer.Option("--control-fd", hidden=True, help="Pipe of the supervisor.")
]
ServerOption = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", envvar="TREADLE_SERVER", help="The server to talk to."),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        metavar="KEY",
        envvar="TREADLE_API_KEY",
        help="API key, bare or in the form of admin.json.",
        show_envvar=True,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON object per line on standard output, nothing else.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The gear's options as a JSON object.")
]


def read_config(path: Path | None) -> dict[str, Any]:
    """The options in this file, none without one."""
    import json

    if path is None:
        return {}
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise typer.BadParameter(f"{path} is no file with a JSON object: {error}") from None
