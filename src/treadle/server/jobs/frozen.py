"""What a run is given, frozen when it is asked for: its config.json (gears.md 4.1) but for keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.server.catalog.rows import Container, File
from treadle.server.gears.context import Contexts

BASE = "/flywheel/v0"

Json = Mapping[str, Any]


def has(manifest: Json, base: str) -> bool:
    """Whether the gear has an input of this base."""
    return any(one["base"] == base for one in manifest["inputs"].values())


def read_only(manifest: Json) -> bool:
    """Whether every key the gear asks for is for reading only."""
    return all(one.get("read-only") for one in manifest["inputs"].values() if one["base"] == "api-key")


def config_json(
    job_id: str,
    manifest: Json,
    *,
    options: Json,
    files: Mapping[str, File],
    contexts: Contexts | None,
    destination: tuple[str, str],
    place: Container,
    before: Json | None = None,
) -> dict[str, Any]:
    """config.json; `place` is where contexts are looked up, `before` the inputs of the run that this one repeats."""
    inputs: dict[str, Any] = dict(before or {})
    for name, one in manifest["inputs"].items() if before is None else ():
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
