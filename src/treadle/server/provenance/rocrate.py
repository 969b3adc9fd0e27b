"""Runs as a Process Run Crate 0.5: `ro-crate-metadata.json`, an action for each run (gears.md 11.3)."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from treadle.server.kit.clock import now
from treadle.server.provenance.described import Described

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
METADATA = "ro-crate-metadata.json"
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
_DOCKER = "https://w3id.org/ro/terms/workflow-run#DockerImage"
_STATUS = {
    "complete": "CompletedActionStatus",
    "failed": "FailedActionStatus",
    "cancelled": "FailedActionStatus",
}


def crate(runs: Sequence[Described], places: Mapping[str, str] = {}) -> dict[str, Any]:
    """The crate's metadata: the run that is asked about, then those before it.

    `places` is where file versions are in the crate; the others are given by their addresses.
    """
    made, run = ROCrate(version="1.1"), runs[0]
    made.metadata.extra_contexts.append(_TERMS)
    made.name = run.title
    made.description = run.manifest.get("description") or run.title
    made.datePublished = _instant(run.ended)
    made.license = _add(
        made, "#licence", "CreativeWork", name="Licences", description=f"Those of the project at {run.site}."
    )
    made.publisher = _add(made, run.site, "Organization", name=run.site, url=run.site)
    made.root_dataset["author"] = _agent(made, run)
    profile = _add(made, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    made.root_dataset["conformsTo"] = profile
    made.root_dataset["mentions"] = _one_or_more([_action(made, one, places) for one in runs])
    found: dict[str, Any] = made.metadata.generate()
    return found


def _action(made: ROCrate, run: Described, places: Mapping[str, str]) -> ContextEntity:
    record, number = run.record, run.record["job"]["id"]
    options = [
        _add(made, f"#{number}-option-{name}", "PropertyValue", name=name, value=value)
        for name, value in record["config"].items()
    ]
    log = _add(made, f"{run.job_url}/logs/text", "CreativeWork", name="Log", encodingFormat="text/plain")
    return _add(
        made,
        run.job_url,
        "CreateAction",
        name=run.title,
        description=f"{run.title} as job {number}",
        instrument=_gear(made, run),
        object=_one_or_more([*(_file(made, run, one, places) for one in record["inputs"]), *options]),
        result=_one_or_more([_file(made, run, one, places) for one in record["outputs"]]),
        agent=_agent(made, run),
        startTime=_instant(run.started),
        endTime=_instant(run.ended),
        actionStatus=f"http://schema.org/{_STATUS[record['job']['state']]}",
        error=record["failure_reason"],
        containerImage=_image(made, run),
        subjectOf=log,
    )


def _instant(text: str) -> str:
    """As the profile's validator reads ISO 8601: milliseconds and an offset."""
    return datetime.fromisoformat(text).isoformat(timespec="milliseconds")


def _one_or_more(found: list[Any]) -> Any:
    """As RO-Crate 1.1 recommends: a single one is no list."""
    return found[0] if len(found) == 1 else found or None


def _add(made: ROCrate, id: str, kind: str, **properties: Any) -> ContextEntity:
    """The entity of this id; several runs may share it."""
    one = made.get(id) or made.add(ContextEntity(made, id, properties={"@type": kind}))
    for name, value in properties.items():
        if value is not None:
            one[name] = value
    return one


def _agent(made: ROCrate, run: Described) -> ContextEntity:
    return _add(made, f"#agent-{run.agent.replace(' ', '-')}", "Person", name=run.agent)


def _gear(made: ROCrate, run: Described) -> ContextEntity:
    gear, said = run.record["gear"], run.manifest
    return _add(
        made,
        run.gear_url,
        "SoftwareApplication",
        name=said.get("label") or gear["name"],
        softwareVersion=gear["version"],
        description=said.get("description"),
        url=said.get("url") or said.get("source") or run.gear_url,
        identifier=f"sha256:{gear['manifest_sha256']}" if gear.get("manifest_sha256") else None,
    )


def _image(made: ROCrate, run: Described) -> ContextEntity | None:
    image = run.image
    if image is None:
        return None
    return _add(
        made,
        f"#image-{image.reference}",
        "ContainerImage",
        additionalType={"@id": _DOCKER},
        registry=image.registry,
        name=image.name,
        tag=image.tag,
        sha256=image.sha256,
    )


def _file(made: ROCrate, run: Described, one: Mapping[str, Any], places: Mapping[str, str]) -> File:
    place = places.get(one["version_id"])
    id = place or run.file_url(one)
    there = made.get(id)
    if there is not None:
        return there
    about = {
        "name": one["name"],
        "contentSize": str(one["size"]),
        "encodingFormat": mimetypes.guess_type(one["name"])[0] or "application/octet-stream",
        "identifier": f"v0-sha384-{one['sha384']}",
        **(
            {"url": run.file_url(one)}
            if place
            else {"sdDatePublished": now().isoformat(timespec="milliseconds")}
        ),
    }
    return (
        made.add(File(made, dest_path=place, properties=about))
        if place
        else made.add_file(id, fetch_remote=False, properties=about)
    )
