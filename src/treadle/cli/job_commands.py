"""`treadle job`: runs of gears, watched and steered."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.connect import segment
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

job = typer.Typer(help="Runs of gears.", no_args_is_help=True)

JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")]
_COLUMNS = ("_id", "state", "gear", "label", "priority", "attempt", "created", "failure_reason")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(job, name="job")


@remote(job, "list")
def list_jobs(
    client: Client,
    out: Output,
    filter: Annotated[
        str, typer.Option(help="Conditions, as in state=failed,gear_info.name=NAME,tags=TAG.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
) -> None:
    """List jobs you may see, the oldest first."""
    rows = client.every("/jobs", filter=filter)
    out.show_all(map(_row, itertools.islice(rows, limit)), columns=_COLUMNS)


@remote(job, "show")
def show_job(client: Client, out: Output, job: JobArgument) -> None:
    """Show a job: config, files, times, why it failed."""
    out.show(client.get(f"/jobs/{segment(job)}"))


@remote(job, "logs")
def show_logs(
    client: Client,
    out: Output,
    job: JobArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the job ends.")] = False,
) -> None:
    """Print what a job logged; with --follow, what it logs now."""
    path = f"/jobs/{segment(job)}/logs"
    if not follow:
        for record in client.get(path)["logs"]:
            _print(record, out)
        return
    with client.download(f"{path}/stream") as chunks:
        for name, data in _events(chunks):
            if name == "log":
                for record in data:
                    _print(record, out)
            elif name == "end":
                typer.echo(f"the job is {data['state']}", err=True)
                return


@remote(job, "cancel")
def cancel_job(client: Client, out: Output, job: JobArgument) -> None:
    """Cancel a job that waits or runs."""
    client.put(f"/jobs/{segment(job)}", {"state": "cancelled"})
    out.show(_row(client.get(f"/jobs/{segment(job)}")), f"{job} is cancelled")


@remote(job, "retry")
def retry_job(
    client: Client,
    out: Output,
    job: JobArgument,
    any_state: Annotated[bool, typer.Option("--any-state", help="Also one that did not fail.")] = False,
) -> None:
    """Run a failed job again, as a new job with the same inputs and config."""
    word = "true" if any_state else "false"
    made = client.post(f"/jobs/{segment(job)}/retry?ignoreState={word}", {})
    out.show(made, f"{job} is retried as {made['_id']}")


def _row(document: dict[str, Any]) -> dict[str, Any]:
    gear = document["gear_info"]
    return {**document, "gear": f"{gear['name']} {gear['version']}"}


def _print(record: dict[str, Any], out: Output) -> None:
    if out.json_lines:
        typer.echo(json.dumps(record))
    else:
        typer.echo(record["msg"], nl=False, err=record["fd"] == 2)


def _events(chunks: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    """Name and content of server-sent events."""
    waiting = b""
    for chunk in chunks:
        waiting += chunk
        *whole, waiting = waiting.split(b"\n\n")
        for event in whole:
            fields = dict(line.split(b": ", 1) for line in event.split(b"\n") if b": " in line)
            if b"event" in fields:
                yield fields[b"event"].decode(), json.loads(fields[b"data"])
