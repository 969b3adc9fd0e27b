"""`treadle gear run`: run a gear on this machine as the platform would."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.gear_commands import gear
from treadle.cli.options import JsonOption

if TYPE_CHECKING:
    from treadle.engine.local import Request, Result


class Engine(StrEnum):
    """What can run a gear here."""

    SANDBOX = "sandbox"
    OCI = "oci"


def register() -> None:
    """Add the command to `treadle gear`."""
    gear.command()(run)


def run(
    source: Annotated[
        str,
        typer.Argument(
            metavar="DIR|MANIFEST|IMAGE",
            help="A gear's folder, a published manifest, or the reference of a container image.",
        ),
    ],
    given: Annotated[
        list[str] | None, typer.Option("--input", "-i", metavar="NAME=PATH", help="A file input.")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", "-s", metavar="OPTION=VALUE", help="A value of the config.")
    ] = None,
    engine: Annotated[
        Engine | None, typer.Option(help="By default the sandbox for folders, oci for images.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Where the outputs go.")] = Path("output"),
    api_key: Annotated[
        str | None, typer.Option(envvar="FW_API_KEY", help="For gears with an API key input.")
    ] = None,
    destination: Annotated[
        str | None,
        typer.Option(metavar="TYPE/ID", help="Container that the gear is told as its destination."),
    ] = None,
    limits: Annotated[
        list[str] | None, typer.Option("--limit", metavar="NAME=VALUE", help="cpu, memory, disk or time.")
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where fetched gears stay; an engine's serves.", show_default=False),
    ] = None,
    unsafe_no_sandbox: Annotated[
        bool, typer.Option(help="As an ordinary process that can do whatever you can.")
    ] = False,
    json_lines: JsonOption = False,
) -> None:
    """Run a gear on this machine exactly as the platform would; needs no server. Exit code 1 when it fails."""
    from treadle.cli.gear_source import find_source
    from treadle.engine.errors import EngineError
    from treadle.engine.local import config_document, run_here
    from treadle.engine.plan import Folder
    from treadle.engine.runtimes.choice import choose

    found = find_source(source)
    kind = engine or (Engine.OCI if found.image else Engine.SANDBOX)
    runtime = choose(kind.value, unsafe=unsafe_no_sandbox).folders
    runtime.check()
    if output.exists() and any(output.iterdir()):
        raise EngineError(f"{output} is not empty: choose another folder with --output")
    asked = request_of(
        found.manifest or runtime.manifest(source),
        given=given,
        values=values,
        api_key=api_key,
        destination=destination,
    )
    config_document(asked)  # what is missing is told before anything is fetched
    with (
        found.content(cache) as content,
        tempfile.TemporaryDirectory(prefix="treadle-gear-", ignore_cleanup_errors=True) as made,
    ):
        request = replace(asked, content=content, image=found.image, limits=dict(_pairs(limits, "--limit")))
        Path(made).chmod(0o711)  # the sandbox's user has to get through
        result = run_here(runtime, request, Folder(Path(made) / "run"), echo=None if json_lines else _print)
        output.mkdir(parents=True, exist_ok=True)
        for one in result.outputs.files:
            shutil.copyfile(one.path, output / one.name)
    _tell(result, output, json_lines=json_lines)
    raise typer.Exit(1 if result.failure else 0)


def request_of(
    manifest: dict[str, Any],
    *,
    given: list[str] | None,
    values: list[str] | None,
    api_key: str | None,
    destination: str | None,
) -> Request:
    """What somebody typed about a run."""
    from treadle.engine.local import Request
    from treadle.engine.root import Content

    kind_of, _, container = (destination or "").partition("/")
    return Request(
        manifest=manifest,
        content=Content(),
        image=None,
        inputs={name: Path(path) for name, path in _pairs(given, "--input")},
        options={name: _value(manifest, name, text) for name, text in _pairs(values, "--set")},
        key=api_key,
        destination={"type": kind_of, "id": container} if container else None,
    )


def _pairs(words: list[str] | None, option: str) -> list[tuple[str, str]]:
    from treadle.engine.errors import EngineError

    split = [word.partition("=") for word in words or ()]
    for name, equals, _ in split:
        if not equals:
            raise EngineError(f"{option} {name}: write NAME=VALUE")
    return [(name, value) for name, _, value in split]


def _value(manifest: dict[str, Any], name: str, text: str) -> Any:
    """A value as the option's type reads it; text that is no such value is left for the check to name."""
    if manifest["config"].get(name, {}).get("type") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _print(fd: int, text: str) -> None:
    (sys.stdout if fd == 1 else sys.stderr).write(text)


def _tell(result: Result, output: Path, *, json_lines: bool) -> None:
    from treadle.cli.output import show

    said = {
        "success": result.failure is None,
        "failure_reason": str(result.failure) if result.failure else None,
        "exit_code": result.ended.exit_code,
        "elapsed_s": round(result.ended.elapsed_s, 3),
        "outputs": [{"name": one.name, "size": one.size} for one in result.outputs.files],
        "metadata": result.outputs.metadata,
        "warnings": result.outputs.warnings,
    }
    files = ", ".join(one.name for one in result.outputs.files) or "no files"
    text = f"failed: {result.failure}" if result.failure else f"complete; {files} in {output}"
    show(said, json_lines=json_lines, text=text)
