"""Installs the gear in `contract/` as its author would, asks for a run of it, and looks at what the server has then."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

GEAR = Path(__file__).parent / "contract"
SCAN = "two words, 日本 ö.txt"
PATIENCE_S = 240.0
# Nothing of these is needed in a run.
LEFT_OUT = shutil.ignore_patterns("*pytest*", "pygments*", "__pycache__", "docs", "tzdata*", "pip*")


def build(folder: Path, clients: Path) -> str:
    """Makes the gear's folder: packages for PYTHONPATH, others in a virtual environment; its version."""
    shutil.copytree(GEAR, folder, symlinks=True)
    (folder / "own" / "empty").mkdir()
    version = uuid.uuid4().hex
    manifest = json.loads((GEAR / "manifest.json").read_text("utf-8")) | {"version": version}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    for name in ("geartoolkit", "fwgear"):
        shutil.copytree(_packages(clients / name), folder / "vendor" / name, ignore=LEFT_OUT)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    shutil.copytree(
        _packages(clients / "sdk17"), _packages(folder / "venv"), ignore=LEFT_OUT, dirs_exist_ok=True
    )
    return version


def _packages(environment: Path) -> Path:
    (found,) = environment.glob("lib/python3*/site-packages")
    return found


def prepared(install_clients: Callable[..., Path], server: str, key: str, folder: Path) -> tuple[str, str]:
    """The gear with the toolkits' packages, built in this folder and installed: its id and version."""
    for name in ("geartoolkit", "fwgear", "sdk17"):
        clients = install_clients(name)
    version = build(folder, clients)
    return install(server, key, folder), version


def install(server: str, key: str, folder: Path) -> str:
    """`treadle gear install FOLDER`: the gear's id."""
    environment = {**os.environ, "TREADLE_SERVER": server, "TREADLE_API_KEY": key}
    words = [sys.executable, "-m", "treadle", "gear", "install", str(folder), "--json"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["_id"])


@dataclass
class Run:
    """One run of the gear in a hierarchy of its own."""

    api: httpx.Client
    gear: str
    version: str
    provider: str
    tag: str
    ids: dict[str, str] = field(default_factory=dict)
    job: str = ""

    def ask(self) -> None:
        """Make the hierarchy and request the job."""
        name = f"contract{uuid.uuid4().hex[:10]}"
        group = self._post("/groups", {"_id": name, "label": name})
        project = self._post("/projects", {"group": group, "label": "P"})
        subject = self._post("/subjects", {"project": project, "label": "S"})
        session = self._post("/sessions", {"subject": {"_id": subject}, "project": project, "label": "E"})
        acquisition = self._post("/acquisitions", {"session": session, "label": "A"})
        self.ids = {"project": project, "subject": subject, "session": session, "acquisition": acquisition}
        context = {"protocol": {"rest": [1, None, "ö"]}}
        self._sent("POST", f"/projects/{project}/info", json={"set": {"context": context}})
        at = f"/acquisitions/{acquisition}/files"
        self._sent("POST", at, files={"file": (SCAN, b"voxels\n", "text/plain")})
        about = {"type": "text", "modality": "MR", "classification": {"Intent": ["Structural"]}}
        self._sent("PUT", f"{at}/{SCAN}", json=about)
        self._sent("PATCH", f"/files/{self._file(SCAN)['file_id']}/tags", json=["first"])
        self._sent("POST", f"{at}/{SCAN}/info", json={"set": {"TR": 2.5, "deep": {"a": [1]}}})
        user = self.api.get("/users/self").json()["_id"]
        expected = {**self.ids, "version": self.version, "user": user, "object": self._object()}
        asked = {
            "gear_id": self.gear,
            "inputs": {"scan": {"type": "acquisition", "id": acquisition, "name": SCAN}},
            "config": {"expected": json.dumps(expected), "speed": 3},
            "compute_provider_id": self.provider,
            "tags": [self.tag],
        }
        self.job = self._post("/jobs/add", asked)

    def _object(self) -> dict[str, Any]:
        file = self._file(SCAN)
        same = (
            "type",
            "mimetype",
            "modality",
            "classification",
            "tags",
            "info",
            "size",
            "version",
            "file_id",
            "origin",
        )
        told = {name: file[name] for name in same}
        return {**told, "zip_member_count": None, "measurements": ["Structural"]}

    def ended(self) -> tuple[dict[str, Any], str]:
        """The job, when it has ended, and its log."""
        until = time.monotonic() + PATIENCE_S
        while (job := self.api.get(f"/jobs/{self.job}").json())["state"] in ("pending", "running"):
            assert time.monotonic() < until, self.log()
            time.sleep(0.2)
        return job, self.log()

    def log(self) -> str:
        return self.api.get(f"/jobs/{self.job}/logs/text").text

    def check(self) -> None:
        """The gear found all as it should be, and all that it left is on the server."""
        job, log = self.ended()
        assert job["state"] == "complete", f"{job['failure_reason']}\n{_not_so(log)}"
        for what, found, wanted in (*self._files(), *self._metadata(), *self._log(log)):
            assert found == wanted, what

    def _files(self) -> Iterator[tuple[str, Any, Any]]:
        held = {file["name"]: file["size"] for file in self._container("acquisition")["files"]}
        made = {"by toolkit.txt": 5, "by fw-gear, ü.txt": 5, "by sdk.txt": 4, "empty": 0, "link": 0}
        yield "files", held, {SCAN: 7, "日本 ö (1).nii.gz": 2, **made}
        yield "origin", self._file("empty")["origin"], {"type": "job", "id": self.job}
        content = self.api.get(f"/acquisitions/{self.ids['acquisition']}/files/日本 ö (1).nii.gz").content
        yield "bytes", content, b"\x1f\x8b"

    def _metadata(self) -> Iterator[tuple[str, Any, Any]]:
        made, scan = self._file("by fw-gear, ü.txt"), self._file(SCAN)
        yield "type", made["type"], "text"
        yield "tags", made["tags"], ["made"]
        yield "info", made["info"], {"n": [1, {"a": None}]}
        yield "tags of the input", sorted(scan["tags"]), ["first", "second"]
        quality = scan["info"]["qc"]["contract"]
        yield "QC", quality["motion"], {"state": "PASS", "worst": 0.5}
        yield "job of the QC", quality["job_info"]["job_id"], self.job
        yield "info of the input", [scan["info"][name] for name in ("TR", "deep")], [2.5, {"a": [1]}]
        yield "version of the input", scan["version"], 1
        acquisition, session = self._container("acquisition"), self._container("session")
        yield "label", acquisition["label"], "A"
        yield "info.by", acquisition["info"]["by"], "fw-gear"
        yield "info by the SDK", acquisition["info"]["by_sdk"], 17
        yield "QC by the SDK", acquisition["info"]["qc"]["contract"]["toolkit"], {"state": "PASS"}
        yield "session", (session["info"], session["tags"]), ({"by": {"toolkit": 1}}, ["toolkit"])
        yield "operator", session["operator"], "O"
        yield "project", self._container("project")["info"]["by"], {"toolkit": 2}

    def _log(self, log: str) -> Iterator[tuple[str, Any, Any]]:
        for part in (
            "the key is ", "***\n", "not UTF-8: \ufffd\ufffd\nwithout an end of line",
            "warning: output/folder: folders are not stored", "warning: output/outside: a link that leads out",
            "the toolkit logs", "network api",
        ):  # fmt: skip
            yield f"{part[:30]!r} in the log", part in log, True
        records = self.api.get(f"/jobs/{self.job}/logs").json()["logs"]
        yield "streams", {record["fd"] for record in records}, {-1, 1, 2}
        # The other stream may come between two pieces of a long line.
        printed = "".join(record["msg"] for record in records if record["fd"] == 1)
        yield "a long line", f"日本 {'x' * 100_000}\n" in printed, True

    def _container(self, level: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/{level}s/{self.ids[level]}").json()
        return found

    def _file(self, name: str) -> dict[str, Any]:
        (found,) = (one for one in self._container("acquisition")["files"] if one["name"] == name)
        return dict(found)

    def _post(self, path: str, document: dict[str, Any]) -> str:
        return str(self._sent("POST", path, json=document)["_id"])

    def _sent(self, method: str, path: str, **content: Any) -> Any:
        answer = self.api.request(method, path, **content)
        assert answer.status_code == 200, answer.text
        return answer.json()


def _not_so(log: str) -> str:
    """What the gear found amiss, or the end of the log."""
    _, found, rest = log.partition("NOT SO")
    return rest[:4000] if found else log[-4000:]
