"""What the engine adds to a gear that does nothing: from claim to end of its job, in the sandbox of `treadle up`.

Jobs are asked for one after the other; the server's own stamps of `running` and `complete` are compared, so reading
clocks or asking for the state costs nothing. Of this time `sandbox` is from start to end of the gear's process, as the
engine measured it. Run as root or with user namespaces allowed:

    python benchmarks/bench_dispatch.py [--jobs 40]
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import tarfile
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx

from bench_batch import MANIFEST
from bench_sessions import server

IDLE: dict[str, Any] = {**MANIFEST, "name": "idle", "inputs": {}, "command": "true"}


def _gear(client: httpx.Client) -> str:
    ticket = client.post("/gears/prepare-add", json={"category": "utility", "gear": IDLE}).json()["ticket"]
    content, manifest = io.BytesIO(), json.dumps(IDLE).encode()
    with tarfile.open(fileobj=content, mode="w") as tar:
        member = tarfile.TarInfo("manifest.json")
        member.size = len(manifest)
        tar.addfile(member, io.BytesIO(manifest))
    client.put(f"/gears/ticket/{ticket}/rootfs", content=content.getvalue()).raise_for_status()
    return str(client.post("/gears/save", json={"ticket": ticket}).raise_for_status().json()["_id"])


def _run(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    """The job, complete."""
    made = client.post("/jobs/add", json=body).raise_for_status().json()["_id"]
    while (job := client.get(f"/jobs/{made}").json())["state"] != "complete":
        if job["state"] in ("failed", "cancelled"):
            raise SystemExit(f"the job is {job['state']}: {job['failure_reason']}")
        time.sleep(0.3)
    return dict(job)


def _from_to(job: dict[str, Any], begin: str, end: str) -> float:
    """Milliseconds between two states."""
    stamps = (datetime.fromisoformat(job["transitions"][state]) for state in (end, begin))
    return 1000 * float((next(stamps) - next(stamps)).total_seconds())


def _show(name: str, values: Sequence[float]) -> None:
    print(
        f"{name:28} median {statistics.median(values):6.1f} ms, p95 {sorted(values)[int(0.95 * len(values))]:6.1f}"
    )


def main() -> None:
    """Run the gear, show the steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=40)
    count = parser.parse_args().jobs
    with server() as (client, _):
        client.post("/groups", json={"_id": "bench"}).raise_for_status()
        made = client.post("/projects", json={"group": "bench", "label": "p"}).raise_for_status().json()
        body = {"gear_id": _gear(client), "destination": {"type": "project", "id": made["_id"]}}
        _run(client, body)  # unpacks the gear
        jobs = [_run(client, body) for _ in range(count)]
        _show("asked for to claimed", [_from_to(job, "pending", "running") for job in jobs])
        _show("claimed to complete", [_from_to(job, "running", "complete") for job in jobs])
        for step in ("preparation", "elapsed", "upload"):
            name = "sandbox" if step == "elapsed" else step
            _show(f"  of it {name}", [float(job["profile"][f"{step}_time_ms"]) for job in jobs])


if __name__ == "__main__":
    main()
