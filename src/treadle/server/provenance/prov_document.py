"""Runs as a W3C PROV document: file versions are entities, jobs activities, gears and starters their agents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from prov.constants import PROV_TYPE
from prov.identifier import Namespace, QualifiedName
from prov.model import PROV, ProvDocument, ProvEntity

from treadle.server.provenance.described import Described


def prov_json(runs: Sequence[Described]) -> dict[str, Any]:
    """PROV-JSON; what several runs share is there once."""
    document = ProvDocument()
    space = document.add_namespace("treadle", f"{runs[0].site}/api/")
    for run in runs:
        _write(document, space, run)
    found: dict[str, Any] = json.loads(str(document.unified().serialize(format="json")))
    return found


def _write(document: ProvDocument, space: Namespace, run: Described) -> None:
    record = run.record
    job = document.activity(
        space[f"jobs/{record['job']['id']}"], run.started, run.ended, {"prov:label": run.title}
    )
    gear_name = space[f"gears/{record['gear']['id']}"]
    label = f"{record['gear']['name']} {record['gear']['version']}"
    plan = document.entity(f"{gear_name}-plan", {PROV_TYPE: PROV["Plan"], "prov:label": label})
    gear = document.agent(gear_name, {PROV_TYPE: PROV["SoftwareAgent"], "prov:label": label})
    starter = document.agent(space[f"agents/{_plain(run.agent)}"], {"prov:label": run.agent})
    document.wasAssociatedWith(job, gear, plan)
    document.wasAssociatedWith(job, starter)
    document.actedOnBehalfOf(gear, starter, job)
    read = [_file(document, space["files/"], one) for one in record["inputs"]]
    made = [_file(document, space["files/"], one) for one in record["outputs"]]
    for one in read:
        document.used(job, one)
    for one in made:
        document.wasGeneratedBy(one, job, run.ended)
        for other in read:
            document.wasDerivedFrom(one, other, job)


def _file(document: ProvDocument, folder: QualifiedName, one: Mapping[str, Any]) -> ProvEntity:
    return document.entity(
        f"{folder}{one['file_id']}-v{one['version']}",
        {
            "prov:label": one["name"],
            "treadle:size": one["size"],
            "treadle:hash": f"v0-sha384-{one['sha384']}",
        },
    )


def _plain(text: str) -> str:
    """Letters that a name in PROV may hold."""
    return "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "-" for one in text)
