"""Jobs as the clients read them (gears.md 6), and as engines are handed them (7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.server.gears.queries import Gear
from treadle.server.jobs.frozen import BASE
from treadle.server.jobs.networks import Allowed
from treadle.server.jobs.rows import Job
from treadle.server.jobs.states import PRIORITIES
from treadle.server.wire.answer import stamp
from treadle.server.wire.dialect import Client

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def job_doc(target: Job, client: Client) -> dict[str, Any]:
    """One job, its inputs by name."""
    return {**_common(target, client), "inputs": {item["input"]: _reference(item) for item in target.inputs}}


def job_row(target: Job, client: Client) -> dict[str, Any]:
    """One job of a list, its inputs as a list."""
    inputs = [{"input": item["input"], **_reference(item)} for item in target.inputs]
    return {**_common(target, client), "inputs": inputs}


def _reference(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("type", "id", "name", "file_id", "version")}


def _common(target: Job, client: Client) -> dict[str, Any]:
    origin = "system" if client.strict_enums and target.origin_type == "task" else target.origin_type
    return {
        "_id": target.id,
        "id": target.id,
        "gear_id": target.gear_id,
        "gear_info": target.gear_info,
        "rule_id": target.rule_id,
        "role_id": target.role_id,
        "destination": {"type": target.destination_type, "id": target.destination_id},
        "tags": target.tags,
        "priority": PRIORITIES[target.priority],
        "attempt": target.attempt,
        "previous_job_id": target.previous_job_id,
        "created": stamp(target.created_at),
        "modified": stamp(target.modified_at),
        "retried": stamp(target.retried_at),
        "state": target.state,
        "request": None,
        "config": target.config,
        "origin": {"type": origin, "id": target.origin_id},
        "saved_files": [item["name"] for item in target.outputs],
        "outputs": [_output(item) for item in target.outputs],
        "deleted_outputs": [],
        "produced_metadata": target.produced_metadata,
        "batch": target.batch_id,
        "failed_output_accepted": target.failed_output_accepted,
        "profile": target.profile or None,
        "failure_reason": target.failure_reason,
        "related_container_ids": target.related_container_ids,
        "label": target.label,
        "compute_provider_id": target.compute_provider_id,
        "cached_from": target.cached_from,
        "parents": target.parents,
        "transitions": target.transitions,
        "parent_info": None,
    }


def _output(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "_id": item["version_id"],
        "file_id": item["file_id"],
        "version": item["version"],
        "name": item["name"],
        "type": item["type"],
        "size": item["size"],
        "hash": f"v0-sha384-{item['sha384']}",
        "created": item["created"],
        "modified": item["created"],
    }


def claimed_doc(target: Job, gear: Gear | None, allowed: Allowed, client: Client) -> dict[str, Any]:
    """A job as an engine gets it: what to fetch, what to run, where the output goes; and the lease."""
    return {
        **job_doc(target, client),
        "request": request_doc(target, gear),
        "gear": gear.manifest if gear else None,
        "exchange": gear.exchange if gear else None,
        "network": allowed.to(gear),
        "lease": target.lease,
        "lease_until": stamp(target.lease_until),
        "native_id": target.native_id,
        "files": [
            {
                "input": item["input"],
                "name": item["name"],
                "size": item["size"],
                "hash": f"v0-sha384-{item['sha384']}",
                "uri": f"/jobs/{target.id}/inputs/{item['input']}",
            }
            for item in target.inputs
        ],
    }


def request_doc(target: Job, gear: Gear | None) -> dict[str, Any]:
    """The run in the words of older engines."""
    manifest: Mapping[str, Any] = gear.manifest if gear else {}
    exchange = gear.exchange if gear else {}
    flywheel = (manifest.get("custom") or {}).get("flywheel")
    numbers = flywheel if isinstance(flywheel, dict) else {}
    return {
        "inputs": [
            {
                "type": "http",
                "uri": exchange.get("rootfs-url"),
                "location": "/",
                "vu": exchange.get("rootfs-hash"),
            },
            {"type": "scitran", "uri": f"/jobs/{target.id}/config.json", "location": BASE, "vu": None},
            *(
                {
                    "type": "scitran",
                    "uri": f"/jobs/{target.id}/inputs/{item['input']}",
                    "location": f"{BASE}/input/{item['input']}",
                    "vu": f"v0-sha384-{item['sha384']}",
                }
                for item in target.inputs
            ),
        ],
        "target": {
            "command": ["bash", "-c", manifest.get("command") or "./run"],
            "env": {"PATH": PATH, **(manifest.get("environment") or {})},
            "dir": BASE,
            "uid": numbers.get("uid"),
            "gid": numbers.get("gid"),
        },
        "outputs": [
            {
                "type": "scitran",
                "uri": f"/engine?level={target.destination_type}&id={target.destination_id}&job={target.id}",
                "location": f"{BASE}/output",
            }
        ],
    }


def provider_doc(row: Any) -> dict[str, Any]:
    """An engine as a compute provider."""
    return {
        "_id": row.id,
        "label": row.label,
        "provider_class": "compute",
        "provider_type": "local" if row.kind in ("sandbox", "oci", "local") else "static",
        "origin": {"type": "device", "id": row.device_id},
        "config": {**row.config, "kind": row.kind},
        "created": stamp(row.created_at),
        "modified": stamp(row.modified_at),
    }
