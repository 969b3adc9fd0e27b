"""Ways to start a gear: a sandbox over this host's programs, a container, a plain process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from subprocess import Popen
from typing import Any, Protocol

from treadle.engine.errors import EngineError, RunFailed
from treadle.engine.plan import Plan


class Running(Protocol):
    """A gear that was started."""

    process: Popen[bytes]
    """Its end is the gear's end; its stdout and stderr are the gear's."""

    def pids(self) -> list[int]:
        """Processes of the gear on this host; empty when the kernel guards their memory."""

    def folders(self) -> Iterable[Path]:
        """What it can write to."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End all its processes."""

    def out_of_memory(self) -> bool:
        """The kernel ended it for its use of memory."""

    def close(self) -> None:
        """Nothing of it is left on this host but its folder."""


class Runtime(Protocol):
    """Starts gears."""

    name: str
    isolation: str
    images: bool
    """Whether it runs them."""

    def version(self) -> str:
        """For the record of the run."""

    def check(self) -> None:
        """EngineError, and how to mend it, when gears cannot be run this way here."""

    def manifest(self, image: str) -> dict[str, Any]:
        """The manifest in an image."""

    def fetch(self, image: str) -> str:
        """Have the image here: what this runtime calls it."""

    def start(self, plan: Plan) -> Running:
        """Start the gear. RunFailed when that is impossible."""


class Folders:
    """What runtimes that know no images say of them."""

    images = False

    def manifest(self, image: str) -> dict[str, Any]:
        raise EngineError(f"{image} is no folder, and images need --engine oci")

    def fetch(self, image: str) -> str:
        raise RunFailed("capability", f"the image {image} needs an engine of kind oci")
