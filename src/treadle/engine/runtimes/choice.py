"""The runtime that an engine was told to use."""

from __future__ import annotations

from collections.abc import Iterable

from treadle.engine.runtimes import Runtime
from treadle.engine.runtimes.oci import ContainerRuntime
from treadle.engine.runtimes.processes import PlainRuntime
from treadle.engine.runtimes.sandbox import SandboxRuntime


def choose(kind: str, *, owner: str = "local", more: Iterable[str] = (), unsafe: bool = False) -> Runtime:
    """`unsafe`: no isolation at all, for gears that one trusts like oneself."""
    if unsafe:
        return PlainRuntime()
    return SandboxRuntime() if kind == "sandbox" else ContainerRuntime(owner=owner, more=more)
