"""The connector's image: runs read-only without rights, receives a study, takes new devices, ends in time.

`scripts/check-connector-image` builds the image and runs this; CONNECTOR_IMAGE names one that is there.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from connector_kit import Door, make_instances, send
from edge_kit import Edge

from treadle.testing.ports import is_open
from treadle.testing.waiting import wait_until

IMAGE = os.environ.get("CONNECTOR_IMAGE", "")
pytestmark = [pytest.mark.peer, pytest.mark.skipif(not IMAGE, reason="CONNECTOR_IMAGE names no image")]


class Box:
    """One container on the host's network, run as the head of the Containerfile says."""

    def __init__(self, podman: str, edge: Edge) -> None:
        self._podman = podman
        self._edge = edge
        self._name = f"connector-{uuid4().hex[:8]}"

    def start(self) -> None:
        self._run(
            "run", "--detach", "--name", self._name, "--network", "host", "--read-only", "--cap-drop", "all",
            "--security-opt", "no-new-privileges", "--env", "TREADLE_DEVICE_KEY=key",
            "--volume", f"{self._edge.file}:/etc/treadle/connector.yaml:ro", IMAGE,
        )  # fmt: skip
        wait_until(lambda: is_open(self._edge.port), what="the connector listens")

    def log(self) -> str:
        done = self._run("logs", self._name)
        return done.stdout + done.stderr

    def hang_up(self) -> None:
        self._run("kill", "--signal", "HUP", self._name)

    def stop(self) -> int:
        self._run("stop", "--time", "15", self._name)
        return int(self._run("inspect", "--format", "{{.State.ExitCode}}", self._name).stdout)

    def remove(self) -> None:
        subprocess.run(
            [self._podman, "rm", "--force", "--volumes", self._name], capture_output=True, check=False
        )

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([self._podman, *words], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture
def edge(tmp_path: Path, door: Door) -> Edge:
    made = Edge(tmp_path, door, {"devices": [{"id": "mr", "ae_title": "MR"}]})
    made.document["spool"] = {"path": "/var/lib/treadle-connector", "min_free": "0"}
    made.write()
    made.file.chmod(0o644)
    return made


@pytest.fixture
def box(program: Callable[[str], str], edge: Edge) -> Iterator[Box]:
    box = Box(program("podman"), edge)
    yield box
    box.remove()


def test_a_study_goes_through_a_container(
    box: Box, edge: Edge, door: Door, storescu: str, tmp_path: Path
) -> None:
    box.start()
    sent = send(make_instances(tmp_path / "a", 3, root="1.2.826.0.1.3680043.10.66"), edge.port, "-aet", "MR")
    assert sent.returncode == 0, sent.stderr
    wait_until(lambda: len(door.sops()) == 3, what="the series arrives")
    edge.document["devices"] = [{"id": "ct", "ae_title": "CT"}]
    edge.write()
    box.hang_up()
    wait_until(lambda: '"reloaded"' in box.log(), what="the file is read again")
    files = make_instances(tmp_path / "b", 1, root="1.2.826.0.1.3680043.10.67")
    wait_until(lambda: send(files, edge.port, "-aet", "CT").returncode == 0, what="the new device is welcome")
    assert send(files, edge.port, "-aet", "MR").returncode != 0
    assert box.stop() == 0
