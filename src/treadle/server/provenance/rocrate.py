"""A run as a Process Run Crate 0.5: `ro-crate-metadata.json`, its files by reference (gears.md 11.3)."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from treadle.server.provenance.described import Described

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
_DOCKER = "https://w3id.org/ro/terms/workflow-run#DockerImage"
_STATUS = {
    "complete": "CompletedActionStatus",
    "failed": "FailedActionStatus",
    "cancelled": "FailedActionStatus",
}


def crate(run: Described) -> dict[str, Any]:
    """The crate's metadata."""
    made, record = ROCrate(version="1.1"), run.record
    made.metadata.extra_contexts.append(_TERMS)
    made.name = run.title
    made.description = run.manifest.get("description") or run.title
    made.datePublished = run.ended
    made.license = f"The files have the licences of their project at {run.site}."
    profile = _add(made, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    made.root_dataset["conformsTo"] = profile
    inputs = [_file(made, run, one) for one in record["inputs"]]
    options = [
        _add(made, f"#option-{name}", "PropertyValue", name=name, value=value)
        for name, value in record["config"].items()
    ]
    log = _add(made, f"{run.job_url}/logs/text", "CreativeWork", name="Log", encodingFormat="text/plain")
    action = _add(
        made,
        run.job_url,
        "CreateAction",
        name=run.title,
        instrument=_gear(made, run),
        object=[*inputs, *options],
        result=[_file(made, run, one) for one in record["outputs"]],
        agent=_add(made, "#agent", "Person", name=run.agent),
        startTime=run.started,
        endTime=run.ended,
        actionStatus={"@id": f"http://schema.org/{_STATUS[record['job']['state']]}"},
        error=record["failure_reason"],
        containerImage=_image(made, run),
        subjectOf=log,
    )
    made.root_dataset["mentions"] = [action]
    found: dict[str, Any] = made.metadata.generate()
    return found


def _add(made: ROCrate, id: str, kind: str, **properties: Any) -> ContextEntity:
    one = made.add(ContextEntity(made, id, properties={"@type": kind}))
    for name, value in properties.items():
        if value is not None:
            one[name] = value
    return one


def _gear(made: ROCrate, run: Described) -> ContextEntity:
    gear, said = run.record["gear"], run.manifest
    return _add(
        made,
        run.gear_url,
        "SoftwareApplication",
        name=said.get("label") or gear["name"],
        version=gear["version"],
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


def _file(made: ROCrate, run: Described, one: Mapping[str, Any]) -> File:
    about = {
        "name": one["name"],
        "contentSize": str(one["size"]),
        "encodingFormat": mimetypes.guess_type(one["name"])[0] or "application/octet-stream",
        "identifier": f"v0-sha384-{one['sha384']}",
    }
    return made.add_file(run.file_url(one), fetch_remote=False, properties=about)
