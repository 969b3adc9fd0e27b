"""`treadle notebook`: a project handed over to Jupyter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.connect import locate
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client


def register(app: typer.Typer) -> None:
    """Add the command."""
    remote(app, "notebook")(notebook)


def notebook(
    client: Client,
    out: Output,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Id or path.")],
    to: Annotated[
        Path | None, typer.Option(help="Where to write it (default: GROUP-PROJECT.ipynb here).")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="A key that changes nothing.")] = False,
) -> None:
    """Write a notebook that begins with a project, and show a key for it that soon ends; it is not in the notebook."""
    from treadle.cli.client import ClientError

    place = locate(client, project, level="project")
    made = client.post(f"/projects/{place['_id']}/notebook", {"read_only": read_only})
    path = to or Path(made["name"])
    text = json.dumps(made["notebook"], indent=1, ensure_ascii=False)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise ClientError(f"cannot write {path}: {error.strerror}") from None
    told = {"path": str(path), **{name: made[name] for name in ("key", "expires", "url")}}
    where = f"\nopen it in {made['url']}" if made["url"] else ""
    out.show(
        told, f"wrote {path}; its key, until {made['expires']}:\nexport TREADLE_API_KEY={made['key']}{where}"
    )
