"""`treadle engine run --kind slurm|sge`: the engine of a cluster, put together from what was typed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from threading import Event

    from treadle.cli.client import Target
    from treadle.engine.api import Api
    from treadle.engine.cluster import ClusterEngine

_CONTAINERS = ("CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF")


def cluster_engine(
    given: dict[str, Any], api: Api, target: Target, node: Sequence[str], how: dict[str, Any], *, stop: Event
) -> ClusterEngine:
    """`node`: words of `run-one` on the nodes, which run the program of this Python from the shared file system."""
    from treadle.engine.cluster import ClusterEngine, Submission
    from treadle.engine.schedulers.sge import GridEngine
    from treadle.engine.schedulers.slurm import Slurm
    from treadle.engine.setup import Setup

    setup = Setup(**given)
    traces = setup.work / "cluster"
    return ClusterEngine(
        api,
        setup,
        Slurm(traces) if setup.kind == "slurm" else GridEngine(traces),
        Submission(
            command=[sys.executable, "-P", "-m", "treadle", "engine", "run-one", *node],
            environment={"TREADLE_SERVER": target.server, "TREADLE_API_KEY": target.key, **_of_containers()},
            **how,
        ),
        stop=stop,
    )


def _of_containers() -> dict[str, str]:
    """Where podman on the nodes finds its configuration, if that was said to us."""
    return {name: os.environ[name] for name in _CONTAINERS if name in os.environ}
