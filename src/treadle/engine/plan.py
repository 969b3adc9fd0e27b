"""One run as the engine sees it: where its folder is, what is started in it, what it may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from treadle.gears.network import Network
from treadle.gears.resources import Resources

# As gears see it; the toolkits have it built in.
BASE = "/flywheel/v0"
# Processes and threads of one run.
MOST_PROCESSES = 4096
# /dev/shm takes at most this part of the memory.
SHARED_MEMORY_PART = 2


@dataclass(frozen=True, slots=True)
class Address:
    """Where a gear finds the API."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Folder:
    """The run's folder on this machine; nothing of another run lies in it."""

    path: Path

    @property
    def base(self) -> Path:
        """What the gear sees as /flywheel/v0."""
        return self.path / "v0"

    @property
    def input(self) -> Path:
        """Read-only for the gear."""
        return self.base / "input"

    @property
    def output(self) -> Path:
        """What the gear leaves here is stored."""
        return self.base / "output"

    @property
    def temporary(self) -> Path:
        """What the gear sees as /tmp."""
        return self.path / "tmp"

    @property
    def log(self) -> Path:
        """Records of the log, one JSON document a line."""
        return self.path / "log.jsonl"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a runtime has to know."""

    name: str
    folder: Folder
    command: str
    environment: dict[str, str]
    resources: Resources = field(default_factory=Resources)
    network: Network = "none"
    api: Address | None = None
    uid: int | None = None
    gid: int | None = None
    image: str | None = None
    """Reference of a container image; None for a gear that is a folder or has a root file system."""
    root: Path | None = None
    """The gear's own root file system, shared by its runs; None when it has an image or uses this host's programs."""
    cores: tuple[int, ...] = ()
    """Processors it stays on; empty for all."""
    processes: int = MOST_PROCESSES
