"""`treadle gear new`, `config`, `build`: an author's work, without a server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from treadle.cli.gear_commands import gear
from treadle.cli.options import JsonOption

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The gear's folder.")]


def register() -> None:
    """Add these commands to `treadle gear`."""
    gear.command()(new)
    gear.command()(config)
    gear.command()(build)


def new(
    folder: FolderArgument,
    name: Annotated[str | None, typer.Option(help="Lower-case letters, digits, '-'.")] = None,
    label: Annotated[str | None, typer.Option(help="What people read.")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote it.")] = None,
    category: Annotated[
        str | None, typer.Option(help="utility, analysis, converter, classifier or qa.")
    ] = None,
    input_name: Annotated[str | None, typer.Option("--input", help="The name of its file input.")] = None,
    input_type: Annotated[list[str] | None, typer.Option("--type", help="A file type it takes.")] = None,
    image: Annotated[str | None, typer.Option(help="Its image, when it will have one.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: defaults for what is not given.")
    ] = False,
    json_lines: JsonOption = False,
) -> None:
    """Start a gear: manifest, script, test and a recipe for an image. It validates, runs, and its test passes."""
    from treadle.cli.client import ClientError
    from treadle.cli.gear_server import require_valid
    from treadle.cli.output import show
    from treadle.gears import Document, ManifestError
    from treadle.gears.new import CATEGORIES, Answers, manifest_of, write

    def ask(what: str, given: str | None, default: str) -> str:
        return given if given is not None else default if yes else str(typer.prompt(what, default, err=True))

    word = re.sub(r"[^a-z0-9-]+", "-", folder.resolve().name.lower()).strip("-") or "my-gear"
    called = ask("Name", name, word)
    answers = Answers(
        name=called,
        label=ask("Label", label, called.replace("-", " ").capitalize()),
        author=ask("Author", author, "Unknown"),
        category=ask(f"Category ({', '.join(CATEGORIES)})", category, CATEGORIES[0]),
        input_name=ask("Name of the file input", input_name, "file"),
        input_types=tuple(
            filter(None, input_type or ask("File types it takes, by commas; empty: any", None, "").split(","))
        ),
        image=image,
    )
    if answers.category not in CATEGORIES:
        raise ClientError(f"the category is one of {', '.join(CATEGORIES)}")
    require_valid(Document(manifest_of(answers)), "this would be no gear")
    try:
        written = [str(path) for path in write(folder, answers)]
    except ManifestError as error:
        raise ClientError(f"{folder}: {error}") from None
    then = f"Next: treadle gear run {folder} --input {answers.input_name}=PATH"
    show({"name": called, "files": written}, json_lines=json_lines, text="\n".join([*written, then]))


def config(
    folder: FolderArgument,
    given: Annotated[
        list[str] | None, typer.Option("--input", "-i", metavar="NAME=PATH", help="A file input.")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", "-s", metavar="OPTION=VALUE", help="A value of the config.")
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(envvar="FW_API_KEY", help="For gears with an API key input.")
    ] = None,
    destination: Annotated[
        str | None,
        typer.Option(metavar="TYPE/ID", help="Container that the gear is told as its destination."),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where to write it; otherwise DIR/config.json.")] = None,
) -> None:
    """Write the config.json a run would get: defaults, your values, the inputs. Checked as a run's is."""
    import json

    from treadle.cli.gear_run import request_of
    from treadle.cli.gear_source import read_in_order
    from treadle.engine.local import config_document

    manifest = read_in_order(folder / "manifest.json").manifest
    request = request_of(manifest, given=given, values=values, api_key=api_key, destination=destination)
    document: dict[str, Any] = config_document(request)
    target = output or folder / "config.json"
    target.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    target.chmod(0o600)  # it may hold a key
    print(target)


def build(
    folder: FolderArgument,
    tag: Annotated[str | None, typer.Option(help="Otherwise the image the manifest names.")] = None,
) -> None:
    """Build the image of a gear from its Containerfile, on this machine; nothing is pushed."""
    from treadle.cli.client import ClientError
    from treadle.cli.gear_images import Runtime
    from treadle.cli.gear_server import read_valid

    document = read_valid(folder)
    image = tag or document.image
    if image is None:
        raise ClientError("the manifest names no image (custom.gear-builder.image); give one with --tag")
    runtime = Runtime.find()
    runtime.build(folder, image)
    inside = runtime.manifest(image)
    if inside.manifest != document.manifest:
        raise ClientError(f"{image} was built, but holds another /flywheel/v0/manifest.json than {folder}")
    print(image)
