"""What the server keeps of a run besides its results: the profile and the engine's part of the provenance."""

from __future__ import annotations

import functools
import os
import platform
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from treadle import __version__
from treadle.engine.plan import Plan
from treadle.engine.runtimes import Runtime
from treadle.engine.setup import Setup


@dataclass(slots=True)
class Figures:
    """Counted while the job went on; seconds and bytes."""

    input_files: int = 0
    input_bytes: int = 0
    output_files: int = 0
    output_bytes: int = 0
    preparation_s: float = 0.0
    elapsed_s: float = 0.0
    upload_s: float = 0.0


def profile(figures: Figures, setup: Setup, runtime: Runtime) -> dict[str, Any]:
    """As the clients know it."""
    total = figures.preparation_s + figures.elapsed_s + figures.upload_s
    return {
        "total_input_files": figures.input_files,
        "total_input_size_bytes": figures.input_bytes,
        "total_output_files": figures.output_files,
        "total_output_size_bytes": figures.output_bytes,
        "preparation_time_ms": _ms(figures.preparation_s),
        "elapsed_time_ms": _ms(figures.elapsed_s),
        "upload_time_ms": _ms(figures.upload_s),
        "total_time_ms": _ms(total),
        "versions": {"engine": __version__, runtime.name: runtime.version()},
        "executor": {
            "name": setup.name,
            "host": socket.gethostname(),
            "cpu_cores": os.cpu_count(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        },
    }


def run_record(plan: Plan | None, setup: Setup, runtime: Runtime, exit_code: int | None) -> dict[str, Any]:
    """How and where the gear was run."""
    record: dict[str, Any] = {
        "engine": {
            "name": setup.name,
            "version": __version__,
            "kind": setup.kind,
            "host": socket.gethostname(),
        },
        "runtime": {"name": runtime.name, "version": runtime.version(), "isolation": runtime.isolation},
        "kernel": platform.release(),
        "cpu": _cpu_model(),
        "exit_code": exit_code,
    }
    if plan:
        record |= {
            "command": plan.command,
            "environment": plan.environment,
            "image": plan.image,
            "network": plan.network,
            "resources": plan.resources.document(),
        }
    return record


@functools.cache
def _cpu_model() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
