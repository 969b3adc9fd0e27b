"""Arguments and options that commands of `treadle deid` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FolderArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", exists=True, file_okay=False, help="Folder with the files; not changed."
    ),
]
PROFILE = typer.Option(
    "--profile",
    "-p",
    metavar="P",
    help="A preset (none, minimal, research, ps315-basic) or a profile's file; ps315-basic when left out.",
)
ProjectOption = Annotated[
    str | None,
    typer.Option(
        "--project",
        metavar="GROUP/PROJECT",
        help="Profile and secret of this project on the server, instead of --profile and --secret-file.",
    ),
]
ValuesOption = Annotated[
    Path | None,
    typer.Option(
        "--values",
        metavar="CSV",
        exists=True,
        dir_okay=False,
        help="Values of the profile's {{ variables }}: the row whose subject.label is --subject.",
    ),
]
VaultOption = Annotated[
    Path | None,
    typer.Option(
        "--vault", metavar="FILE", help="Add rows that lead back to patients, sealed to --vault-key."
    ),
]
VaultKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--vault-key", metavar="PEM", exists=True, dir_okay=False, help="The custodian's public key (X25519)."
    ),
]
ProfileArgument = Annotated[str, typer.Argument(metavar="P", help="A preset, or a profile's file.")]
SecretOption = Annotated[
    Path | None,
    typer.Option(
        "--secret-file",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="32 bytes, or 64 hex digits: the same secret gives the same codes. Without it a random one per run.",
    ),
]
SubjectOption = Annotated[
    str | None,
    typer.Option("--subject", metavar="LABEL", help="The subject's label, for profiles that use it."),
]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes; one per core.")
]
