"""A server of its own for tests of clusters, with one gear."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass, field
from typing import Any

import httpx
from tls_front import TlsFront

from treadle.testing.server import TreadleServer
from treadle.testing.waiting import wait_until

SECRET = "a-secret-of-this-test-site-only"
RUN = """\
#!/bin/bash
echo "begins in $PWD"
grep -o '"text": "[^"]*"' config.json >output/text.txt
sleep "$FW_CONFIG_SECONDS"
"""
MANIFEST = {
    "name": "counts", "label": "Counts", "description": "Counts.", "version": "1.0.0", "author": "A. Author",
    "license": "Apache-2.0", "url": "", "source": "", "inputs": {}, "command": "bash run.sh",
    "config": {
        "seconds": {"type": "integer", "default": 0},
        "text": {"type": "string", "default": "none"},
    },
}  # fmt: skip


@dataclass
class Site:
    """A running server with a drone secret, behind HTTPS as well."""

    server: TreadleServer
    front: TlsFront
    api: httpx.Client
    gear: str = field(init=False)
    project: str = field(init=False)

    def __post_init__(self) -> None:
        self.gear = self._add_gear()
        group = self.made("/groups", {"_id": "hpc", "label": "HPC"})
        self.project = self.made("/projects", {"group": group, "label": "P"})

    @property
    def credentials(self) -> dict[str, str]:
        """What `settings/credentials.sh` of fw-hpc-client exports."""
        return {
            "SCITRAN_RUNTIME_HOST": "localhost",
            "SCITRAN_RUNTIME_PORT": str(self.front.port),
            "SCITRAN_CORE_DRONE_SECRET": SECRET,
            "REQUESTS_CA_BUNDLE": str(self.front.authority),
            "SSL_CERT_FILE": str(self.front.authority),
            "FLYWHEEL_SDK_SKIP_VERSION_CHECK": "1",
        }

    def made(self, path: str, document: dict[str, Any]) -> str:
        """Id of what was posted."""
        answer = self.api.post(path, json=document)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["_id"])

    def subject(self, label: str) -> str:
        return self.made("/subjects", {"project": self.project, "label": label})

    def request_job(self, subject: str, *tags: str, **more: Any) -> str:
        asked = {
            "gear_id": self.gear,
            "destination": {"type": "subject", "id": subject},
            "tags": tags,
            **more,
        }
        return self.made("/jobs/add", asked)

    def job(self, job: str) -> dict[str, Any]:
        document: dict[str, Any] = self.api.get(f"/jobs/{job}").json()
        return document

    def log(self, job: str) -> str:
        return self.api.get(f"/jobs/{job}/logs/text").text

    def wait_for(self, job: str, *states: str) -> dict[str, Any]:
        """The job's document as soon as it is in one of these states."""
        wait_until(lambda: self.job(job)["state"] in states, f"job {job} is {' or '.join(states)}")
        return self.job(job)

    def files(self, subject: str) -> list[tuple[str, int]]:
        """Names and versions."""
        return [
            (file["name"], file["version"]) for file in self.api.get(f"/subjects/{subject}").json()["files"]
        ]

    def engine(self, label: str) -> tuple[str, str]:
        """Key of a new engine, and the id by which jobs are sent to it alone."""
        key = self.api.post("/devices", json={"label": label, "type": "engine"}).json()["key"]
        headers = {"Authorization": f"scitran-user {key}"}
        said = {"label": label, "kind": "slurm"}
        provider = httpx.put(f"{self.server.url}/api/engine/self", json=said, headers=headers)
        return key, provider.json()["_id"]

    def _add_gear(self) -> str:
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as tar:
            for name, text in (("manifest.json", "{}"), ("run.sh", RUN)):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(text), 0o755
                tar.addfile(entry, io.BytesIO(text.encode()))
        announced = self.api.post("/gears/prepare-add", json={"category": "utility", "gear": MANIFEST})
        ticket = announced.json()["ticket"]
        self.api.put(f"/gears/ticket/{ticket}/rootfs", content=content.getvalue()).raise_for_status()
        return self.made("/gears/save", {"ticket": ticket})
