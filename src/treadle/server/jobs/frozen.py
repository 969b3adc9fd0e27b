"""What a run is given, frozen when it is asked for: its config.json (gears.md 4.1) but for keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import container
from treadle.server.store.db import among
from treadle.server.store.tables import site_document

BASE = "/flywheel/v0"
NEAREST_FIRST = ("acquisition", "session", "subject", "project", "group")

Json = Mapping[str, Any]


def has(manifest: Json, base: str) -> bool:
    """Whether the gear has an input of this base."""
    return any(one["base"] == base for one in manifest["inputs"].values())


def read_only(manifest: Json) -> bool:
    """Whether every key the gear asks for is for reading only."""
    return all(one.get("read-only") for one in manifest["inputs"].values() if one["base"] == "api-key")


class Contexts:
    """`info.context` of containers and of the site: the nearest value of a name counts."""

    def __init__(self, values: Mapping[str, Json], site: Json) -> None:
        self._values, self._site = values, site

    @classmethod
    async def load(cls, connection: AsyncConnection, destinations: Collection[Container]) -> Contexts:
        """What is set on these containers, on all above them and on the site."""
        ids = {value for one in destinations for value in one.ancestors.values() if value}
        rows = await connection.execute(
            select(container.c.id, container.c.info["context"].label("context")).where(
                among(container.c.id, ids), container.c.info.has_key("context")
            )
        )
        values = {row.id: row.context for row in rows if isinstance(row.context, dict)}
        found = await connection.execute(
            select(site_document.c.document["context"]).where(site_document.c.name == "settings")
        )
        site = found.scalar_one_or_none()
        return cls(values, site if isinstance(site, dict) else {})

    def input(self, name: str, destination: Container) -> dict[str, Any]:
        """The context input of this name for a run with this destination."""
        for level in NEAREST_FIRST:
            held = self._values.get(destination.ancestors.get(f"{level}_id") or "", {})
            if name in held:
                return {"base": "context", "found": True, "value": held[name]}
        if name in self._site:
            return {"base": "context", "found": True, "value": self._site[name]}
        return {"base": "context", "found": False, "value": None}


def config_json(
    job_id: str,
    manifest: Json,
    *,
    options: Json,
    files: Mapping[str, File],
    contexts: Contexts | None,
    destination: tuple[str, str],
    place: Container,
) -> dict[str, Any]:
    """config.json; `place` is the container that contexts are looked up from."""
    inputs: dict[str, Any] = {}
    for name, one in manifest["inputs"].items():
        if one["base"] == "file" and name in files:
            inputs[name] = _file(name, files[name])
        elif one["base"] == "context" and contexts is not None:
            inputs[name] = contexts.input(name, place)
        elif one["base"] == "api-key":
            inputs[name] = {"base": "api-key"}
    config = {
        "config": dict(options),
        "inputs": inputs,
        "destination": {"type": destination[0], "id": destination[1]},
    }
    flywheel = (manifest.get("custom") or {}).get("flywheel")
    if isinstance(flywheel, dict) and flywheel.get("show-job") is True:
        config["job"] = {"id": job_id}
    return config


def _file(name: str, target: File) -> dict[str, Any]:
    return {
        "base": "file",
        "hierarchy": {"type": target.parent_level, "id": target.parent_id},
        "location": {"name": target.name, "path": f"{BASE}/input/{name}/{target.name}"},
        "object": {
            "type": target.type,
            "mimetype": target.mimetype,
            "modality": target.modality,
            "classification": target.classification,
            "tags": target.tags,
            "info": target.info,
            "size": target.size,
            "zip_member_count": target.zip_member_count,
            "version": target.version,
            "file_id": target.file_id,
            "origin": {"type": target.origin_type, "id": target.origin_id},
            # One list of all classifications, as gears written before 2018 read it.
            "measurements": [value for values in target.classification.values() for value in values],
        },
    }


def with_keys(config: Json, key: str | None) -> dict[str, Any]:
    """config.json as the gear gets it: with the job's key in its key inputs."""
    inputs = {
        name: {**one, "key": key} if one["base"] == "api-key" else one
        for name, one in config["inputs"].items()
    }
    return {**config, "inputs": inputs}
