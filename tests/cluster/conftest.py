"""Real clusters of one node: a Slurm and a Grid Engine, each started once."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "peers"))

from compute_site import SECRET, Site
from grid_engine_peer import GridEngine as GridEnginePeer
from slurm_peer import Slurm as SlurmPeer
from tls_front import TlsFront

from treadle.engine.schedulers.contract import MIB, Scheduler
from treadle.engine.schedulers.sge import GridEngine
from treadle.engine.schedulers.slurm import Slurm
from treadle.gears.resources import Resources
from treadle.testing.server import start, stop


@dataclass
class Cluster:
    """A running cluster, and what its scheduler calls things."""

    kind: str
    peer: SlurmPeer | GridEnginePeer
    driver: Callable[[], Scheduler]
    """A new driver, as after a restart of the engine."""
    hold: list[str]
    """Option: submit, but do not start."""
    broken: list[str]
    """Option: the job can be submitted and will never start."""
    too_large: Resources
    """More than the cluster has."""


SHARED_NAME = "shared folder, 100%"
KINDS = {"slurm": ("slurmctld", "slurmd", "munged", "sbatch"), "sge": ("sge_qmaster", "sge_execd", "qsub")}


@pytest.fixture(
    scope="session", params=[pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in KINDS]
)
def cluster(request, program, tmp_path_factory) -> Iterator[Cluster]:
    """Each of the clusters in turn."""
    kind = request.param
    for name in KINDS[kind]:
        program(name)
    if os.geteuid() != 0:
        pytest.skip(f"{kind} runs jobs of several accounts and has to be started by root")
    folder = tmp_path_factory.mktemp(kind)
    peer = SlurmPeer(folder / "peer") if kind == "slurm" else GridEnginePeer(folder / "peer")
    try:
        peer.start()
        yield _slurm(peer, folder) if isinstance(peer, SlurmPeer) else _grid_engine(peer, folder)
    finally:
        peer.stop()


def _slurm(peer: SlurmPeer, folder: Path) -> Cluster:
    failing = peer.ask("sbatch", "--parsable", "--mem=10M", "--output=/dev/null", "--wrap=false").strip()
    # A job of the same account whose name and state would break whoever splits at blanks or bars.
    peer.ask("sbatch", "--hold", "--mem=10M", "--job-name=a | odd name", "--wrap=true")
    return Cluster(
        "slurm",
        peer,
        lambda: Slurm(folder / SHARED_NAME, environment=peer.environment),
        hold=["--hold"],
        broken=[f"--dependency=afterok:{failing}"],
        too_large=Resources(memory=500_000 * MIB),
    )


def _grid_engine(peer: GridEnginePeer, folder: Path) -> Cluster:
    peer.ask("qsub", "-h", "-b", "y", "-N", "a | odd <name> &amp;", "true")
    return Cluster(
        "sge",
        peer,
        lambda: GridEngine(folder / SHARED_NAME, environment=peer.environment),
        hold=["-h"],
        broken=["-wd", "/nowhere"],
        too_large=Resources(cpu=500),
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    """A server that no other tests use."""
    folder = tmp_path_factory.mktemp("site")
    process, server = start(log=folder / "log", environ={"TREADLE_JOBS__DRONE_SECRET": SECRET})
    where = urlsplit(server.url)
    front = TlsFront(folder, (where.hostname or "", where.port or 0))
    headers = {"Authorization": f"scitran-user {server.key}"}
    with httpx.Client(base_url=f"{server.url}/api", headers=headers, timeout=60) as api:
        yield Site(server, front, api)
    front.close()
    stop(process.pid)
