"""What an engine was told when it was started."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from treadle.engine.plan import Network
from treadle.gears.resources import Resources


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
    gears: tuple[str, ...] = ()
    max_jobs: int = 2
    total: Resources = field(default_factory=machine)
    """For all runs together; `disk` and `time` for each."""
    network: Network = "api"
    """The most a gear gets."""
