"""An engine on the login node of a test cluster."""

from __future__ import annotations

import os
import signal
import subprocess
import sys


class EngineProcess:
    """The engine on the login node."""

    def __init__(self, site, cluster, folder, node_kind: str = "sandbox") -> None:
        self.name = f"login-{cluster.kind}-{node_kind}-{folder.name}"
        self._key, self.provider = site.engine(self.name)
        self._environment = {
            **os.environ, **cluster.peer.environment, "TREADLE_SERVER": site.server.url, "TREADLE_API_KEY": self._key,
        }  # fmt: skip
        self._folder, self._kind, self._node_kind = folder, cluster.kind, node_kind
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        folder = self._folder
        words = [
            "--kind", self._kind, "--name", self.name, "--max-jobs", "8", "--work", str(folder / "login"),
            "--cache", str(folder / "cache"), "--node-work", str(folder / "node"),
            "--node-kind", self._node_kind,
        ]  # fmt: skip
        with (folder / "engine.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "treadle", "engine", "run", *words],
                env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self._process:
            self._process.send_signal(number)
            self._process.wait(60)
            self._process = None
