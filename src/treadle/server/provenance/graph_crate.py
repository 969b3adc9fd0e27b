"""The graph around a file or a run as a crate: the files and runs that the caller sees there, and nothing else.

Options, logs and reasons of failures stay with the runs' own crates: they may tell more than the graph does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from treadle.server.access.guard import Guard
from treadle.server.gears.queries import gears_by_ids
from treadle.server.jobs.tables import provenance
from treadle.server.kit.clock import now
from treadle.server.provenance.described import Described, file_address
from treadle.server.provenance.lineage import Lineage
from treadle.server.store.db import among

Json = Mapping[str, Any]


async def describe(guard: Guard, graph: Lineage, site: str, *, pseudonymised: bool) -> dict[str, Described]:
    """The runs of the graph, by id; of one that has not ended only what the graph itself knows."""
    jobs = {one["id"]: one for one in graph.nodes if one["kind"] == "job"}
    rows = await guard.connection.execute(
        select(provenance.c.job_id, provenance.c.record).where(among(provenance.c.job_id, jobs))
    )
    records: dict[str, Any] = {row.job_id: row.record for row in rows}
    gears = await gears_by_ids(guard.connection, {one["gear_info"]["id"] for one in jobs.values()})
    if jobs:
        contexts = [{**_places(one), "job": {"id": one["id"]}} for one in jobs.values()]
        await guard.record_all("view_job", contexts)
    return {
        id: Described(
            records.get(id) or _not_ended(one),
            gears[one["gear_info"]["id"]].manifest if one["gear_info"]["id"] in gears else {},
            site,
            pseudonymised,
        )
        for id, one in jobs.items()
    }


def title(graph: Lineage) -> str:
    """What the graph is of."""
    root = graph.nodes[0]
    gear = root.get("gear_info", {})
    return str(root["name"]) if root["kind"] == "file" else f"{gear['name']} {gear['version']}"


def graph_crate(graph: Lineage, runs: Mapping[str, Described], site: str) -> dict[str, Any]:
    """The metadata document; an action is joined to those of its files that are in the graph."""
    # Brings a library that the server starts without.
    from treadle.server.provenance import crate_parts as parts  # noqa: PLC0415

    name = f"Lineage of {title(graph)}"
    made = parts.begin(site, name, _description(graph, name), now().isoformat())
    files = {
        one["id"]: parts.file(made, file_address(site, one), _as_recorded(one))
        for one in graph.nodes
        if one["kind"] == "file"
    }
    for one in graph.nodes:
        if one.get("deleted"):
            files[one["id"]]["description"] = "Deleted on the site."
    read, written = defaultdict(list), defaultdict(list)
    for line in graph.edges:
        if line["from"] in files:
            read[line["to"]].append(files[line["from"]])
        else:
            written[line["from"]].append(files[line["to"]])
    actions = {
        id: parts.action(made, run, object=parts.one_or_more(read[id]), result=parts.one_or_more(written[id]))
        for id, run in runs.items()
    }
    if runs:
        agents = {one.id: one for one in (parts.agent(made, run) for run in runs.values())}
        made.root_dataset["author"] = parts.one_or_more(list(agents.values()))
    root = graph.nodes[0]["id"]
    made.root_dataset["about"] = files.get(root) or actions[root]
    return parts.generate(made, list(actions.values()))


def _not_ended(node: Json) -> dict[str, Any]:
    """As a record, which is written at the end."""
    return {
        "job": {"id": node["id"], "state": node["state"]},
        "gear": node["gear_info"],
        "origin": {**node["origin"], "user": None},
        "transitions": node["transitions"],
    }


def _places(node: Json) -> dict[str, Any]:
    return {level: {"id": value} for level, value in node["parents"].items()}


def _as_recorded(node: Json) -> dict[str, Any]:
    return {**node, "sha384": node["hash"].removeprefix("v0-sha384-")}


def _description(graph: Lineage, name: str) -> str:
    said = [f"{name}: what it was made of and what was made of it."]
    if graph.not_shown:
        said.append(
            f"Left out: {graph.not_shown} files or runs that the caller may not see, or deleted for good."
        )
    if graph.truncated:
        said.append(f"Cut off: only the nearest {len(graph.nodes)} files and runs are told of.")
    return " ".join(said)
