"""Two runs side by side, by their records: what was the same, what differs, and what follows (gears.md 11.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from treadle.server.jobs.rows import Job

Json = Mapping[str, Any]

# Sections whose equality makes the question the same; the answer is in `state`, `outputs` and `metadata`.
_ASKED = ("gear", "image", "config", "contexts", "inputs")
_ANSWERED = ("state", "outputs", "metadata")


def compare(a: tuple[Job, Json], b: tuple[Job, Json]) -> dict[str, Any]:
    """Sections with what differs in them, and the verdict; files are the same when their contents are."""
    one, other = _sections(a[1]), _sections(b[1])
    sections = {name: _compare(one[name], other[name]) for name in one}
    return {
        "a": _named(a[0]),
        "b": _named(b[0]),
        "verdict": _verdict({name for name, found in sections.items() if not found["same"]}),
        "sections": sections,
    }


def _verdict(different: set[str]) -> str:
    if not different.isdisjoint(_ASKED):
        return "different-inputs"
    return "identical" if different.isdisjoint(_ANSWERED) else "same-inputs-different-outputs"


def _named(target: Job) -> dict[str, Any]:
    return {"id": target.id, "label": target.label, "gear_info": target.gear_info, "state": target.state}


def _sections(record: Json) -> dict[str, dict[str, Any]]:
    gear, run = record["gear"], record["run"]
    return {
        "gear": {name: gear.get(name) for name in ("name", "version", "manifest_sha256")},
        "image": {
            "reference": gear.get("image"),
            "rootfs_hash": gear.get("rootfs_hash"),
            "run": run.get("image"),
        },
        "config": record["config"],
        "contexts": {name: one.get("value") for name, one in record["contexts"].items()},
        "inputs": _contents(record["inputs"], "input"),
        "environment": {
            "command": run.get("command", gear.get("command")),
            "network": run.get("network"),
            **{f"env {name}": value for name, value in (run.get("environment") or {}).items()},
        },
        "engine": {name: run.get(name) for name in ("engine", "runtime", "kernel", "cpu")},
        "state": {"state": record["job"]["state"], "failure_reason": record["failure_reason"]},
        "outputs": _contents(record["outputs"], "name"),
        "metadata": record["metadata"] or {},
    }


def _contents(files: Iterable[Json], key: str) -> dict[str, Any]:
    """Content of each file; its place and version do not matter."""
    return {one[key]: f"v0-sha384-{one['sha384']}" for one in files}


def _compare(a: Json, b: Json) -> dict[str, Any]:
    items = {name: _item(name, a, b) for name in dict.fromkeys([*a, *b])}
    return {"same": all(one["is"] == "same" for one in items.values()), "items": items}


def _item(name: str, a: Json, b: Json) -> dict[str, Any]:
    if name not in b:
        return {"is": "only_a", "a": a[name]}
    if name not in a:
        return {"is": "only_b", "b": b[name]}
    if a[name] == b[name]:
        return {"is": "same", "a": a[name]}
    return {"is": "differs", "a": a[name], "b": b[name]}
