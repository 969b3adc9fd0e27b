"""What the peers that are made of daemons share: programs in the foreground, ports, waiting."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path


class Daemons:
    """Programs that this process started and ends, each by its own process id."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = {**os.environ, **environment}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, program: str, *arguments: str) -> None:
        found = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        assert found, f"{program} is not installed"
        with (self._folder / f"{program}.out").open("ab") as out:
            self._running[program] = subprocess.Popen(
                [found, *arguments], env=self._environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )

    def stop(self, program: str) -> None:
        daemon = self._running.pop(program)
        daemon.send_signal(signal.SIGTERM)
        try:
            daemon.wait(10)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def stop_all(self) -> None:
        for program in reversed(list(self._running)):
            self.stop(program)

    def ask(self, *command: str) -> str:
        """What a command of theirs prints; nothing when it fails."""
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout if done.returncode == 0 else ""

    def set_up(self, *command: str) -> None:
        """A command that has to succeed."""
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def free_ports(count: int) -> list[int]:
    """Different ports of 127.0.0.1 that nobody listens on."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [listener.getsockname()[1] for listener in held]
    finally:
        for listener in held:
            listener.close()
