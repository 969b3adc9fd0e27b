"""Records of runs: shown, exported, compared; and runs repeated (`treadle rerun`)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import typer

from treadle.cli.connect import segment
from treadle.cli.job_commands import JobArgument, job
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

_PAUSE_S = 1.0
_ENDED = ("complete", "failed", "cancelled")
_COLUMNS = ("section", "name", "is", "a", "b")


class Form(StrEnum):
    """Standard forms of a run."""

    ROCRATE = "rocrate"
    PROV = "prov"
    BIDS = "bids"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    remote(app, "rerun")(rerun)
    remote(job, "compare")(compare)
    remote(job, "provenance")(show_provenance)
    remote(job, "export")(export)


def rerun(
    client: Client,
    out: Output,
    job: JobArgument,
    diff: Annotated[bool, typer.Option("--diff", help="Wait for the end and compare the two runs.")] = False,
    engine: Annotated[str, typer.Option(help="Id of the engine (compute provider) to run it.")] = "",
) -> None:
    """Repeat a run on exactly what it was given; with --diff the status is 1 if it gives something else."""
    chosen = f"?compute_provider_id={segment(engine)}" if engine else ""
    made = client.post(f"/jobs/{segment(job)}/rerun{chosen}", {})
    if not made["reproducible"]:
        typer.echo("The gear has an API key and may read more than its record tells.", err=True)
    if not diff:
        out.show(made, f"{job} is repeated as {made['_id']}")
        return
    typer.echo(f"{job} is repeated as {made['_id']}; waiting for its end", err=True)
    while client.get(f"/jobs/{segment(made['_id'])}")["state"] not in _ENDED:
        time.sleep(_PAUSE_S)
    _compare(client, out, job, made["_id"])


def compare(
    client: Client,
    out: Output,
    a: Annotated[str, typer.Argument(metavar="JOB", help="The id of one job.")],
    b: Annotated[str, typer.Argument(metavar="OTHER", help="The id of the other.")],
) -> None:
    """Compare two ended runs; the status is 1 unless they are identical."""
    _compare(client, out, a, b)


def show_provenance(client: Client, out: Output, job: JobArgument) -> None:
    """Show what an ended job ran, with what, for whom, and what came of it."""
    out.show(client.get(f"/jobs/{segment(job)}/provenance"))


def export(
    client: Client,
    out: Output,
    job: JobArgument,
    form: Annotated[
        Form,
        typer.Option("--format", help="Process Run Crate, W3C PROV-JSON, or BIDS dataset_description.json."),
    ] = Form.ROCRATE,
    to: Annotated[Path | None, typer.Option(help="Write it there instead of printing it.")] = None,
    chain: Annotated[
        bool, typer.Option("--chain", help="Tell of all runs that led to this one, too.")
    ] = False,
    with_data: Annotated[
        bool, typer.Option("--with-data", help="A crate as a zip with the files; needs --to.")
    ] = False,
    pseudonymised: Annotated[
        bool, typer.Option("--pseudonymised", help="Do not name who started the run.")
    ] = False,
) -> None:
    """Write down an ended run in a standard form, alone or with the runs and files that it was made of."""
    asked: dict[str, Any] = {"format": form.value, "pseudonymised": pseudonymised, "chain": chain}
    if with_data:
        _save(client, f"/jobs/{segment(job)}/export?{urlencode({**asked, 'with_data': True})}", to)
        return
    found = client.get(f"/jobs/{segment(job)}/export", **asked)
    text = json.dumps(found, indent=None if out.json_lines else 2, ensure_ascii=False)
    if to is None:
        typer.echo(text)
    else:
        to.write_text(f"{text}\n", encoding="utf-8")


def _save(client: Client, path: str, to: Path | None) -> None:
    if to is None:
        raise typer.BadParameter("name the zip to write by --to")
    with client.download(path) as blocks, to.open("wb") as file:
        file.writelines(blocks)


def _compare(client: Client, out: Output, a: str, b: str) -> None:
    found = client.get("/jobs/compare", a=a, b=b)
    if out.json_lines:
        out.show(found)
    else:
        out.show_all(_differences(found["sections"]), columns=_COLUMNS)
        typer.echo(found["verdict"])
    if found["verdict"] != "identical":
        raise typer.Exit(1)


def _differences(sections: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for section, found in sections.items():
        for name, item in found["items"].items():
            if item["is"] != "same":
                yield {"section": section, "name": name, **item}
