"""What commands that talk to a server share: the connection, naming a container, asking before deleting."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from treadle.cli.client import Client

_ID = re.compile(r"[0-9a-f]{24}")


def connect(server: str | None, api_key: str | None, home: Path | None) -> Client:
    """The server that is meant (see `find_target`)."""
    from treadle.cli.client import Client, find_target

    return Client(find_target(server, api_key, home))


def locate(client: Client, name: str, *, level: str | None = None) -> dict[str, Any]:
    """The container of an id or of a path of labels (GROUP/PROJECT/...), of this level if one is wanted."""
    from treadle.cli.client import ClientError

    name = name.strip().removeprefix("fw://").strip("/")
    if not name:
        raise ClientError(
            "name a container by its id or by its path, GROUP/PROJECT/SUBJECT/SESSION/ACQUISITION"
        )
    if _ID.fullmatch(name):
        found = client.get(f"/containers/{name}")
    else:
        found = client.post("/resolve", {"path": name.split("/")})["path"][-1]
    kind = found.get("container_type")
    if kind is None:
        raise ClientError(f"'{name}' is a file, not a container")
    if level is not None and kind != level:
        raise ClientError(f"'{name}' is a {kind}, not a {level}")
    return dict(found)


def confirm(question: str, *, sure: bool) -> None:
    """Go on only when a person agrees or has agreed by `--yes`."""
    import typer

    from treadle.cli.client import ClientError

    if sure:
        return
    if not sys.stdin.isatty():
        raise ClientError(f"{question} Add --yes to do it without being asked")
    typer.confirm(question, abort=True, err=True)


def segment(text: str) -> str:
    """The text as one segment of a URL's path."""
    from urllib.parse import quote

    return quote(text, safe="@")
