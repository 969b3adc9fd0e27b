"""`treadle search`: a query over all projects; its result as a table or as a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer
from typer.core import TyperGroup

from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

_SHOWN = 100  # rows of a table when nothing is said
_DEFAULT = "query"


class _QueryFirst(TyperGroup):
    """What is not the name of a command is a query: `treadle search 'file.type = dicom'`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts in the command that is meant."""
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


search = typer.Typer(
    cls=_QueryFirst, help="Find objects in all projects: treadle search 'QUERY'.", no_args_is_help=True
)


class ReturnType(StrEnum):
    """What can be searched for."""

    FILE = "file"
    ACQUISITION = "acquisition"
    SESSION = "session"
    ANALYSIS = "analysis"
    SUBJECT = "subject"
    PROJECT = "project"
    COLLECTION = "collection"


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(search, name="search")


@remote(search, _DEFAULT)
def query(
    client: Client,
    out: Output,
    text: Annotated[
        str, typer.Argument(metavar="QUERY", help="e.g. 'subject.sex = male AND file.type = dicom'")
    ],
    return_type: Annotated[
        ReturnType, typer.Option("--type", "-t", help="What is searched for.")
    ] = ReturnType.SESSION,
    columns: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Fields to show, such as subject.label,session.age_years."),
    ] = None,
    format: Annotated[
        Format | None, typer.Option("--format", "-f", help="How the result is written (default: table).")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"Most results (default: {_SHOWN} in a table, else all).")
    ] = None,
    text_search: Annotated[
        str | None, typer.Option("--words", metavar="WORDS", help="Words that occur in any field, too.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write instead of the screen."),
    ] = None,
) -> None:
    """Find what a query describes; an empty one ('') finds everything."""
    kind = format or (Format.NDJSON if out.json_lines else Format.TABLE)
    is_table = kind is Format.TABLE
    body = {
        "query": {
            "return_type": return_type.value,
            "structured_query": text,
            "search_string": text_search or "",
        },
        "format": "ndjson" if is_table else kind.value,
        "columns": [name.strip() for name in columns.split(",") if name.strip()] if columns else None,
        "limit": limit or (_SHOWN if is_table else None),
    }
    with client.download("/dataexplorer/search/export", body=body) as blocks:
        if is_table:
            rows = list(_objects(blocks))
            out.show_all(rows, columns=list(rows[0]) if rows else [])
            return
        if kind is Format.PARQUET and output is None and sys.stdout.isatty():
            raise typer.BadParameter("name a file with --output: Parquet is nothing to read on a screen")
        with _target(output) as target:
            for block in blocks:
                target.write(block)


def _objects(blocks: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        yield from map(json.loads, filter(None, lines))
    if rest:
        yield json.loads(rest)


@contextmanager
def _target(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with path.open("wb") as file:
            yield file
