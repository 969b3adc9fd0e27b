"""Sources to pull from, started for a test: Orthanc (returns counts) and DCMTK's dcmqrscp (does not)."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from connector_kit import send

from treadle.testing.ports import free_port, is_open
from treadle.testing.waiting import wait_until

ENVIRON = {**os.environ, "TCP_NODELAY": "1"}


@dataclass
class Orthanc:
    """One Orthanc; its content survives `kill` and `start`."""

    program: str
    folder: Path
    mover: int
    """Port that C-MOVE to TREADLE goes to."""
    ae_title: str = "ORTHANC"
    port: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)
    options: dict[str, Any] = field(default_factory=dict)
    """More of its configuration."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        db = str(self.folder / "db")
        options = {
            "Name": "T", "StorageDirectory": db, "IndexDirectory": db, "HttpPort": self.http,
            "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "DicomAet": self.ae_title,
            "DicomPort": self.port, "DicomCheckCalledAet": False, "DicomAlwaysAllowStore": True,
            "DicomAlwaysAllowEcho": True, "DicomAlwaysAllowFind": True, "DicomAlwaysAllowGet": True,
            "DicomAlwaysAllowMove": True, "DicomModalities": {"t": ["TREADLE", "127.0.0.1", self.mover]},
            "MaximumPduLength": 131072, "UnknownSopClassAccepted": True, "OverwriteInstances": True,
            "StorageAccessOnFind": "Always", "SyncStorageArea": False, "Plugins": [],
            **self.options,
        }  # fmt: skip
        path = self.folder / "orthanc.json"
        path.write_text(json.dumps(options))
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([self.program, str(path)], env=ENVIRON, stdout=log, stderr=log)
        wait_until(lambda: is_open(self.port) and is_open(self.http), what="Orthanc listens")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def store(self, files: Iterable[Path]) -> None:
        result = send(files, self.port, aec=self.ae_title)
        assert result.returncode == 0, result.stderr

    def remove_all(self) -> None:
        for patient in httpx.get(f"{self.url}/patients").json():
            httpx.delete(f"{self.url}/patients/{patient}").raise_for_status()

    def edit_patients(self, **replace: str) -> None:
        """What "Edit/Correct" at a console does: new values, same UIDs."""
        for patient in httpx.get(f"{self.url}/patients").json():
            order: dict[str, Any] = {
                "Replace": replace, "Force": True, "KeepSource": False, "Synchronous": True,
                "Keep": ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"],
            }  # fmt: skip
            httpx.post(f"{self.url}/patients/{patient}/modify", json=order, timeout=60).raise_for_status()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}"


@dataclass
class Dcmqrscp:
    """One dcmqrscp; its content survives `kill` and `start`."""

    program: str
    folder: Path
    mover: int
    ae_title: str = "QRSCP"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        store = self.folder / "store"
        store.mkdir(parents=True, exist_ok=True)
        path = self.folder / "dcmqrscp.cfg"
        path.write_text(
            f"NetworkTCPPort = {self.port}\nMaxPDUSize = 131072\nMaxAssociations = 16\n"
            f"HostTable BEGIN\ntreadle = (TREADLE, 127.0.0.1, {self.mover})\nHostTable END\n"
            f"AETable BEGIN\n{self.ae_title} {store} RW (200, 1024mb) ANY\nAETable END\n"
        )
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "-c", str(path), "--log-level", "info"], env=ENVIRON, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        wait_until(lambda: is_open(self.port), what="dcmqrscp listens")

    def kill(self) -> None:
        if self.process:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None

    def store(self, files: Iterable[Path]) -> None:
        result = send(files, self.port, aec=self.ae_title)
        assert result.returncode == 0, result.stderr
