"""`treadle connector` as people run it at the edge: a YAML file, signals, commands, certificates."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from connector_kit import Door, Runs

from treadle.testing.ports import free_port, is_open
from treadle.testing.waiting import wait_until

TREADLE = [sys.executable, "-m", "treadle"]


@dataclass
class Edge(Runs):
    """A connector with its own file; `document` is what stands in it besides server and spool."""

    folder: Path
    door: Door
    document: dict[str, Any] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    patience_s = 15

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def file(self) -> Path:
        return self.folder / "connector.yaml"

    def write(self) -> None:
        """Write the file as `document` says."""
        listen = {"plain": {"host": "127.0.0.1", "port": self.port}, **self.document.get("listen", {})}
        if "tls" in listen:
            listen["tls"] = {"host": "127.0.0.1", "port": self.tls_port, **listen["tls"]}
        known = {
            "server": {"url": self.door.url, "api_key": "${TREADLE_DEVICE_KEY}"},
            "spool": {"path": "spool", "min_free": "0"},
            "defaults": {"push": {"series_quiet": "1s"}},
        }
        self.file.write_text(yaml.safe_dump({**known, **self.document, "listen": listen}))

    def command(self, *words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run `treadle connector WORDS --config FILE`."""
        self.write()
        return subprocess.run(
            [*TREADLE, "connector", *words, "--config", str(self.file)],
            env={**os.environ, "TREADLE_DEVICE_KEY": "key"},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def at_terminal(self, *words: str) -> str:
        """What such a command, which has to succeed, shows on a terminal."""
        self.write()
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [*TREADLE, "connector", *words, "--config", str(self.file)],
            env={**os.environ, "TREADLE_DEVICE_KEY": "key", "TERM": "xterm", "COLUMNS": "120"},
            stdout=subprocess.DEVNULL,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            said = b""
            with suppress(OSError):  # how a terminal says that its last writer has gone
                while piece := os.read(ours, 65536):
                    said += piece
        os.close(ours)
        assert process.returncode == 0, said
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said.decode())

    def lines(self, *words: str) -> list[dict[str, Any]]:
        """What such a command prints with `--json`; it has to succeed."""
        done = self.command(*words, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def start(self) -> None:
        """Run until `stop`."""
        self.write()
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*TREADLE, "connector", "run", "--config", str(self.file)],
                env={**os.environ, "TREADLE_DEVICE_KEY": "key"},
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        wait_until(lambda: self.process.poll() is not None or '"listening"' in self.log(), what="listens")
        assert self.process.poll() is None, self.log()
        port = self.port if self.document.get("listen", {}).get("plain") is not False else self.tls_port
        wait_until(lambda: is_open(port), what="port open")

    @property
    def log_path(self) -> Path:
        return self.folder / "connector.log"

    def events(self, name: str) -> list[dict[str, Any]]:
        """Lines of the log about one event."""
        found = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [line for line in found if line["event"] == name]

    def reload(self) -> None:
        """Write the file anew and send SIGHUP."""
        before = len(self.events("reloaded")) + len(self.events("not reloaded"))
        self.write()
        self.process.send_signal(signal.SIGHUP)
        wait_until(
            lambda: len(self.events("reloaded")) + len(self.events("not reloaded")) > before, what="reload"
        )


@dataclass(frozen=True)
class Certificates:
    """An authority and certificates it has signed, made by openssl."""

    folder: Path

    def make(self) -> None:
        """The authority `ca`, and `server` and `scanner` signed by it."""
        self.authority("ca")
        for name in ("server", "scanner"):
            self.sign(name, by="ca")

    def authority(self, name: str) -> None:
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", str(self.key(name)), "-out", str(self.cert(name)),
        )  # fmt: skip

    def sign(self, name: str, *, by: str) -> None:
        request = self.folder / f"{name}.csr"
        _openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
            "-keyout", str(self.key(name)), "-out", str(request),
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-in", str(request), "-days", "2", "-CAcreateserial",
            "-CA", str(self.cert(by)), "-CAkey", str(self.key(by)), "-out", str(self.cert(name)),
        )  # fmt: skip

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def cert(self, name: str) -> Path:
        return self.folder / f"{name}.pem"


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
