"""The runtimes that an engine was told to use."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from treadle.engine.errors import EngineError
from treadle.engine.runtimes import Runtime
from treadle.engine.runtimes.apptainer import ApptainerRuntime
from treadle.engine.runtimes.oci import ContainerRuntime
from treadle.engine.runtimes.processes import PlainRuntime
from treadle.engine.runtimes.sandbox import SandboxRuntime

_log = logging.getLogger("treadle.engine")


@dataclass(frozen=True, slots=True)
class Runtimes:
    """What runs gears that are folders, and those that are images; often the same."""

    folders: Runtime
    images: Runtime

    def working(self) -> Runtimes:
        """Of two those that work here; EngineError, and how to mend it, when none does."""
        if self.folders is self.images:
            self.folders.check()
            return self
        working, broken = [], []
        for one in (self.folders, self.images):
            try:
                one.check()
                working.append(one)
            except EngineError as why:
                broken.append(f"{one.name}: {why}")
        if not working:
            raise EngineError("; ".join(broken))
        for reason in broken:
            _log.info("not used here: %s", reason)
        return Runtimes(working[0], working[-1])


def choose(
    kind: str,
    *,
    more: Iterable[str] = (),
    unsafe: bool = False,
    images: Path | None = None,
) -> Runtimes:
    """`unsafe`: no isolation at all, for gears that one trusts like oneself. `images`: apptainer's."""
    if kind == "local" and not unsafe:
        return Runtimes(SandboxRuntime(), ContainerRuntime(more=more))
    one = _one(kind, more, unsafe=unsafe, images=images)
    return Runtimes(one, one)


def _one(kind: str, more: Iterable[str], *, unsafe: bool, images: Path | None) -> Runtime:
    if unsafe:
        return PlainRuntime()
    if kind == "apptainer" and images is not None:
        return ApptainerRuntime(images, more=more)
    return SandboxRuntime() if kind == "sandbox" else ContainerRuntime(more=more)
