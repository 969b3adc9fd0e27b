"""The runtime that an engine was told to use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from treadle.engine.runtimes import Runtime
from treadle.engine.runtimes.apptainer import ApptainerRuntime
from treadle.engine.runtimes.oci import ContainerRuntime
from treadle.engine.runtimes.processes import PlainRuntime
from treadle.engine.runtimes.sandbox import SandboxRuntime


def choose(
    kind: str,
    *,
    more: Iterable[str] = (),
    unsafe: bool = False,
    images: Path | None = None,
) -> Runtime:
    """`unsafe`: no isolation at all, for gears that one trusts like oneself. `images`: apptainer's."""
    if unsafe:
        return PlainRuntime()
    if kind == "apptainer" and images is not None:
        return ApptainerRuntime(images, more=more)
    return SandboxRuntime() if kind == "sandbox" else ContainerRuntime(more=more)
