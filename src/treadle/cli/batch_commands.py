"""`treadle batch`: one gear over many containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.connect import locate, segment
from treadle.cli.options import ConfigOption, read_config
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

batch = typer.Typer(help="One gear over many containers.", no_args_is_help=True)

BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="The batch's id.")]
_STATES = ("pending", "running", "complete", "failed", "cancelled")
_COLUMNS = ("_id", "state", *_STATES)
_VERDICTS = ("matched", "ambiguous", "not_matched", "improper_permissions")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(batch, name="batch")


@remote(batch, "propose")
def propose(
    client: Client,
    out: Output,
    gear: Annotated[str, typer.Argument(metavar="GEAR", help="NAME, NAME/VERSION or an id.")],
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="[CONTAINER]...", help="Ids or paths, all of one level.")
    ] = None,
    search: Annotated[
        str | None, typer.Option(metavar="QUERY", help="The sessions that a query finds, instead.")
    ] = None,
    config: ConfigOption = None,
    label: Annotated[str | None, typer.Option(help="What the analyses are called.")] = None,
    tags: Annotated[list[str] | None, typer.Option("--tag", help="A tag for the jobs; repeatable.")] = None,
    priority: Annotated[str, typer.Option(help="low, medium, high or critical.")] = "medium",
    optional: Annotated[
        str, typer.Option(help="Optional inputs: ignored, flexible (filled without doubt) or required.")
    ] = "ignored",
) -> None:
    """Show what a gear could be run on; nothing starts before `treadle batch run`."""
    from treadle.cli.gear_server import find_gear

    body = {
        "gear_id": find_gear(client, gear)["_id"],
        "targets": _targets(client, targets or [], search),
        "config": read_config(config),
        "analysis": {"label": label} if label else None,
        "tags": tags or [],
        "priority": priority,
        "optional_input_policy": optional,
    }
    found = client.post("/batch", body)
    out.show(
        found,
        " ".join(
            [found.get("_id") or "nothing to run:", *(f"{name}={len(found[name])}" for name in _VERDICTS)]
        ),
    )


def _targets(client: Client, names: list[str], search: str | None) -> list[dict[str, str]]:
    if bool(names) == (search is not None):
        raise typer.BadParameter("name containers, or a query by --search")
    if search is not None:
        found = client.post(
            "/dataexplorer/search/nodes", {"return_type": "session", "structured_query": search}
        )
        if not found["nodes"]:
            raise typer.BadParameter("the query finds no session")
        return [{"type": one["level"], "id": one["_id"]} for one in found["nodes"]]
    places = [locate(client, name) for name in names]
    return [{"type": one["container_type"], "id": one["_id"]} for one in places]


@remote(batch, "run")
def run(client: Client, out: Output, batch: BatchArgument) -> None:
    """Start all jobs of a proposal."""
    jobs = client.post(f"/batch/{segment(batch)}/run", {})
    out.show({"_id": batch, "jobs": [one["id"] for one in jobs]}, f"{batch}: {len(jobs)} jobs")


@remote(batch, "list")
def listed(
    client: Client,
    out: Output,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
) -> None:
    """List batches with their jobs counted, the newest first."""
    rows = client.get("/batch", sort="created:desc", limit=limit)
    out.show_all(map(_row, rows), columns=_COLUMNS)


@remote(batch, "status")
def status(client: Client, out: Output, batch: BatchArgument) -> None:
    """Show how far a batch is."""
    found = client.get(f"/batch/{segment(batch)}")
    counts = " ".join(f"{state}={found['counts'][state]}" for state in _STATES)
    out.show(found, f"{batch} {found['state']}: {counts}")


@remote(batch, "cancel")
def cancel(
    client: Client,
    out: Output,
    batch: BatchArgument,
    running: Annotated[bool, typer.Option("--running", help="Also what is under way.")] = False,
) -> None:
    """Cancel the jobs of a batch that wait."""
    done = client.post(f"/batch/{segment(batch)}/cancel?running={'true' if running else 'false'}", {})
    out.show(done, f"{batch}: {done['number_cancelled']} jobs cancelled")


@remote(batch, "retry")
def retry(client: Client, out: Output, batch: BatchArgument) -> None:
    """Start the failed jobs of a batch again."""
    done = client.post(f"/batch/{segment(batch)}/retry", {})
    out.show(done, f"{batch}: {done['number_retried']} jobs started again")


def _row(document: dict[str, Any]) -> dict[str, Any]:
    return {**document["counts"], **document}
