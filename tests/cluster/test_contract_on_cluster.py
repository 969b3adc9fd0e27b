"""The gear that checks the whole contract from inside, on nodes of a cluster."""

import sys
from pathlib import Path

import pytest
from login_engine import EngineProcess

sys.path.insert(0, str(Path(__file__).parents[1] / "gears"))
from contract_kit import Run, prepared

from treadle.engine.runtimes.oci import ContainerRuntime
from treadle.engine.runtimes.sandbox import SandboxRuntime

NODES = {"slurm": ("sandbox", "oci"), "sge": ("oci",)}


@pytest.fixture(scope="module")
def contract(site, install_clients, tmp_path_factory) -> tuple[str, str]:
    """Id and version of the gear."""
    folder = tmp_path_factory.mktemp("contract") / "gear"
    return prepared(install_clients, site.server.url, site.server.key, folder)


def test_the_contract_on_a_node(working, site, cluster, contract, tmp_path):
    """In a sandbox or a container, whichever the engine on the login node was told."""
    working(SandboxRuntime())
    working(ContainerRuntime())
    begun: list[tuple[EngineProcess, Run]] = []
    try:
        for kind in NODES[cluster.kind]:
            (tmp_path / kind).mkdir()
            engine = EngineProcess(site, cluster, tmp_path / kind, kind)
            run = Run(site.api, *contract, engine.provider, "contract")
            begun.append((engine, run))
            run.ask()
            engine.start()
        for _, run in begun:
            run.check()
    finally:
        for engine, _ in begun:
            engine.stop()
