"""Runs as a Process Run Crate 0.5: `ro-crate-metadata.json`, an action for each run (gears.md 11.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from treadle.server.provenance import crate_parts as parts
from treadle.server.provenance.described import Described

METADATA = "ro-crate-metadata.json"


def crate(runs: Sequence[Described], places: Mapping[str, str] = {}) -> dict[str, Any]:
    """The crate's metadata: the run that is asked about, then those before it.

    `places` is where file versions are in the crate; the others are given by their addresses.
    """
    run = runs[0]
    made = parts.begin(run.site, run.title, run.manifest.get("description") or run.title, run.ended)
    made.root_dataset["author"] = parts.agent(made, run)
    return parts.generate(made, [_action(made, one, places) for one in runs])


def _action(made: ROCrate, run: Described, places: Mapping[str, str]) -> ContextEntity:
    record, number = run.record, run.record["job"]["id"]

    def files(some: Sequence[Mapping[str, Any]]) -> list[File]:
        return [parts.file(made, run.file_url(one), one, places.get(one["version_id"])) for one in some]

    options = [
        parts.add(made, f"#{number}-option-{name}", "PropertyValue", name=name, value=value)
        for name, value in record["config"].items()
    ]
    return parts.action(
        made,
        run,
        object=parts.one_or_more([*files(record["inputs"]), *options]),
        result=parts.one_or_more(files(record["outputs"])),
        error=record["failure_reason"],
        subjectOf=parts.add(
            made, f"{run.job_url}/logs/text", "CreativeWork", name="Log", encodingFormat="text/plain"
        ),
    )
