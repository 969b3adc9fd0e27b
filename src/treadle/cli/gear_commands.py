"""`treadle gear`: work on gears."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from treadle.cli.options import JsonOption

gear = typer.Typer(help="Work on gears: containers that run on data.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(gear, name="gear")


@gear.command()
def validate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Manifests, or folders that hold a manifest.json.")
    ],
    json_lines: JsonOption = False,
) -> None:
    """Check manifests against the gear specification; needs no server. Exit code 1 when one is invalid."""
    from treadle.cli.output import show

    invalid = False
    for path in files:
        verdict = _verdict(path)
        invalid = invalid or bool(verdict["errors"])
        show(verdict, json_lines=json_lines, text=_sentences(verdict))
    raise typer.Exit(1 if invalid else 0)


def _verdict(path: Path) -> dict[str, Any]:
    from treadle.gears import ManifestError, judge, read

    try:
        document = read(path / "manifest.json" if path.is_dir() else path)
    except ManifestError as error:
        return {
            "path": str(path),
            "valid_2019": False,
            "valid_2025": False,
            "errors": [str(error)],
            "warnings": [],
        }
    found = judge(document)
    said = {
        "path": str(path),
        "kind": document.kind,
        "name": document.manifest.get("name"),
        "version": document.manifest.get("version"),
        "category": document.category,
        "image": document.image,
        "inputs": document.inputs,
        "valid_2019": found.valid_2019,
        "valid_2025": found.valid_2025,
        "errors": list(found.errors),
        "warnings": list(found.warnings),
    }
    if found.invocation_schema_matches is not None:
        said["invocation_schema_matches"] = found.invocation_schema_matches
    return said


def _sentences(verdict: dict[str, Any]) -> str:
    word = "invalid" if verdict["errors"] else "valid"
    lines = [f"{verdict['path']}: {word}"]
    if verdict.get("name"):
        lines[0] += f", gear {verdict['name']} {verdict['version']}"
    lines += [f"  error    {one}" for one in verdict["errors"]]
    lines += [f"  warning  {one}" for one in verdict["warnings"]]
    return "\n".join(lines)
