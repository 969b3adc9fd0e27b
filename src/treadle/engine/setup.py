"""What an engine was told when it was started."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from treadle.gears.network import Network
from treadle.gears.resources import Resources

# What each kind can start.
_RUNS = {
    "sandbox": ("sandbox",),
    "local": ("sandbox",),
    "oci": ("oci", "sandbox"),
    "apptainer": ("apptainer", "oci"),
}


def machine() -> Resources:
    """All processors and three quarters of the memory of this machine."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Resources(cpu=cores, memory=memory * 3 // 4, disk=1 << 50, time=1 << 40)


@dataclass(frozen=True, slots=True)
class Setup:
    """The engine's name, its place on this machine, what it takes and what it gives."""

    name: str
    kind: str
    work: Path
    """Folders of runs; one engine at a time."""
    cache: Path
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    gears: tuple[str, ...] = ()
    max_jobs: int = 2
    total: Resources = field(default_factory=machine)
    """For all runs together; `disk` and `time` for each."""
    network: Network = "api"
    """The most a gear gets."""
    node: str | None = None
    """Of a cluster's engine: how the nodes run gears."""
    images: bool = False
    """Found out here: images can be run too."""

    @property
    def capabilities(self) -> list[str]:
        """What gears may ask of it; `oci` for those that are images, `sandbox` for those that are folders."""
        words = ("networking", self.kind, *_RUNS[self.node or self.kind], *(("oci",) if self.images else ()))
        return list(dict.fromkeys(words))

    def wish(self, *, jobs: int, wait_s: float) -> dict[str, Any]:
        """What it asks the server for."""
        white = {"tag": list(self.tags), "gear-name": list(self.gears)}
        return {
            "whitelist": {key: words for key, words in white.items() if words},
            "blacklist": {"tag": list(self.without_tags)},
            "capabilities": self.capabilities,
            "return": {"jobs": jobs},
            "wait": wait_s,
        }

    def document(self) -> dict[str, Any]:
        """As the server shows it to people."""
        total = {"cpu": self.total.cpu, "memory": self.total.memory, "gpu": self.total.gpu}
        return {
            "label": self.name,
            "kind": self.kind,
            "capabilities": self.capabilities,
            "config": {"max_jobs": self.max_jobs, **total},
        }


def default_folder() -> Path:
    """Where engines that are told no other place keep their things."""
    return Path("/var/lib/treadle-engine") if os.geteuid() == 0 else Path.home() / ".treadle-engine"
