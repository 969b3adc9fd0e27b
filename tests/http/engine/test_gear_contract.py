"""A gear that checks the whole contract from inside, under each engine of a single machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "gears"))
from contract_kit import Run, prepared

from treadle.engine.runtimes.oci import ContainerRuntime

pytestmark = pytest.mark.xdist_group("gear contract")


@pytest.fixture(scope="module")
def contract(treadle_server, install_clients, tmp_path_factory) -> tuple[str, str]:
    """Id and version of the gear."""
    folder = tmp_path_factory.mktemp("contract") / "gear"
    return prepared(install_clients, treadle_server.url, treadle_server.key, folder)


def test_the_contract_in_a_sandbox(engine, contract, api):
    run = Run(api, *contract, engine.provider, engine.tag)
    run.ask()
    run.check()


def test_the_contract_in_a_container(working, engine_of, contract, api):
    """The same folder, over the host's programs."""
    working(ContainerRuntime())
    engine = engine_of("oci")
    run = Run(api, *contract, engine.provider, engine.tag)
    run.ask()
    engine.start()
    run.check()
