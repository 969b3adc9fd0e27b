"""What crates are made of: the root, actions, gears, images, people and files as entities (gears.md 11.3)."""

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

_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
_DOCKER = "https://w3id.org/ro/terms/workflow-run#DockerImage"
_STATUS = {
    "pending": "PotentialActionStatus",
    "running": "ActiveActionStatus",
    "complete": "CompletedActionStatus",
    "failed": "FailedActionStatus",
    "cancelled": "FailedActionStatus",
}


def begin(site: str, name: str, description: str, published: str) -> ROCrate:
    """A crate without anything in it."""
    made = ROCrate(version="1.1")
    made.metadata.extra_contexts.append(_TERMS)
    made.name = name
    made.description = description
    made.datePublished = instant(published)
    made.license = add(
        made, "#licence", "CreativeWork", name="Licences", description=f"Those of the project at {site}."
    )
    made.publisher = add(made, site, "Organization", name=site, url=site)
    return made


def generate(made: ROCrate, actions: Sequence[ContextEntity]) -> dict[str, Any]:
    """The metadata document: a crate of the profile, where it tells of runs."""
    if actions:
        made.root_dataset["conformsTo"] = add(
            made, _PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
        )
        made.root_dataset["mentions"] = one_or_more(actions)
    found: dict[str, Any] = made.metadata.generate()
    return found


def instant(text: str) -> str:
    """As the profile's validator reads ISO 8601: milliseconds and an offset."""
    return datetime.fromisoformat(text).isoformat(timespec="milliseconds")


def one_or_more(found: Sequence[Any]) -> Any:
    """As RO-Crate 1.1 recommends: a single one is no list."""
    return found[0] if len(found) == 1 else list(found) or None


def add(made: ROCrate, id: str, kind: str, **properties: Any) -> ContextEntity:
    """The entity of this id; several runs may share it."""
    one = made.get(id) or made.add(ContextEntity(made, id, properties={"@type": kind}))
    for name, value in properties.items():
        if value is not None:
            one[name] = value
    return one


def action(made: ROCrate, run: Described, **properties: Any) -> ContextEntity:
    """A run: what ran, for whom, when and how it ended; the rest, such as its files, as `properties`."""
    state = run.record["job"]["state"]
    return add(
        made,
        run.job_url,
        "CreateAction",
        name=run.title,
        description=f"{run.title} as job {run.record['job']['id']}",
        instrument=_gear(made, run),
        agent=agent(made, run),
        startTime=instant(run.started) if state != "pending" else None,
        endTime=instant(run.ended) if state not in ("pending", "running") else None,
        actionStatus=f"http://schema.org/{_STATUS[state]}",
        containerImage=_image(made, run),
        **properties,
    )


def agent(made: ROCrate, run: Described) -> ContextEntity:
    """Who asked for a run."""
    return add(made, f"#agent-{run.agent.replace(' ', '-')}", "Person", name=run.agent)


def _gear(made: ROCrate, run: Described) -> ContextEntity:
    gear, said = run.record["gear"], run.manifest
    return add(
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
    return add(
        made,
        f"#image-{image.reference}",
        "ContainerImage",
        additionalType={"@id": _DOCKER},
        registry=image.registry,
        name=image.name,
        tag=image.tag,
        sha256=image.sha256,
    )


def file(made: ROCrate, address: str, one: Mapping[str, Any], place: str | None = None) -> File:
    """A file version, by its address or where it lies in the crate."""
    if known := made.get(place or address):
        return known
    about = {
        "name": one["name"],
        "contentSize": str(one["size"]),
        "encodingFormat": mimetypes.guess_type(one["name"])[0] or "application/octet-stream",
        "identifier": f"v0-sha384-{one['sha384']}",
        "version": str(one["version"]),
    }
    if place:
        return made.add(File(made, dest_path=place, properties={**about, "url": address}))
    seen = {"sdDatePublished": now().isoformat(timespec="milliseconds")}
    return made.add_file(address, fetch_remote=False, properties={**about, **seen})
