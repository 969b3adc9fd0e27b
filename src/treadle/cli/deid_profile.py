"""The profile a command goes by: a preset by name, or a file, perhaps with values for its variables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from treadle.deid import Profile

PRESETS = ("none", "minimal", "research", "ps315-basic")
ALIASES = {"basic": "ps315-basic"}
NOTHING_DONE = 1


def _read(path: str) -> str:
    return Path(path).read_text("utf-8")


def load(
    given: str, *, values: Path | None = None, subject: str | None = None, json_lines: bool = False
) -> Profile:
    """An invalid profile ends the command with all that is wrong in it."""
    from treadle.cli.output import show_all
    from treadle.deid import Profile, ProfileError
    from treadle.deid.profile.template import from_csv

    name = ALIASES.get(given, given)
    if name in PRESETS:
        return Profile.load({"name": name} if name == "none" else {"name": name, "treadle": {"preset": name}})
    path = Path(given)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        names = ", ".join(PRESETS)
        raise typer.BadParameter(
            f"{given}: neither a preset ({names}) nor a file", param_hint="--profile"
        ) from None
    if values is not None and subject is None:
        raise typer.BadParameter("say which row: --subject LABEL", param_hint="--values")
    try:
        row = from_csv(values.read_text("utf-8"), subject or "", source=values.name) if values else None
        return Profile.load(text, variables=row, files=_read)
    except ProfileError as error:
        found = [
            {"line": issue.line, "path": issue.path, "code": issue.code, "message": issue.message}
            for issue in error.errors
        ]
        print(f"treadle: {path.name} is not a valid profile", file=sys.stderr)
        show_all(found, columns=("line", "path", "code", "message"), json_lines=json_lines)
        raise typer.Exit(NOTHING_DONE) from None
