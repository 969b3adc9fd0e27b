"""The pytest plugin: fixture `treadle_server`, options `--treadle-url` and `--treadle-key`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from treadle.testing.server import ServerError, TreadleServer, existing, start, stop
from treadle.testing.shared import started_once, stop_if_started

URL, KEY = "TREADLE_TEST_URL", "TREADLE_TEST_KEY"
_NAME = "treadle-server"
_SHARED = pytest.StashKey[TemporaryDirectory[str]]()
"""Where the processes of a run leave word of their server; held by the one that starts and outlives them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How to test against a server that runs already."""
    group = parser.getgroup("treadle", "a Treadle server for tests")
    group.addoption("--treadle-url", metavar="URL", help=f"Use this server instead of a new one ({URL}).")
    group.addoption("--treadle-key", metavar="KEY", help=f"API key for that server ({KEY}).")
    group.addoption(
        "--treadle-demo", action="store_true", help="Fill the new server with the demonstration hierarchy."
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called by pytest-xdist for each process it is about to start."""
    shared = node.config.stash.setdefault(_SHARED, TemporaryDirectory(prefix="treadle-testing-"))
    node.workerinput["treadle_shared"] = shared.name


def pytest_unconfigure(config: pytest.Config) -> None:
    """The server goes after all that used it; before, one process might be through while another only begins."""
    shared = config.stash.get(_SHARED, None)
    if shared is not None:
        stop_if_started(Path(shared.name), _NAME, _stop)
        shared.cleanup()


@pytest.fixture(scope="session")
def treadle_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TreadleServer]:
    """A Treadle for this test run: the one named by option or environment, else a new one that is removed after."""
    url = request.config.getoption("--treadle-url") or os.environ.get(URL)
    key = request.config.getoption("--treadle-key") or os.environ.get(KEY)
    if url or key:
        if not (url and key):
            pytest.fail("name both --treadle-url and --treadle-key, or neither", pytrace=False)
        yield _found(url, key)
        return
    options = ["--seed-demo"] if request.config.getoption("--treadle-demo") else []
    log = tmp_path_factory.getbasetemp() / f"{_NAME}.log"

    def begin() -> dict[str, Any]:
        _, made = start(*options, log=log)
        return {**asdict(made), "home": str(made.home)}

    worker: dict[str, str] | None = getattr(request.config, "workerinput", None)
    try:
        known = started_once(Path(worker["treadle_shared"]), _NAME, begin) if worker else begin()
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
    yield TreadleServer(**{**known, "home": Path(known["home"])})
    if not worker:
        _stop(known)


def _stop(known: dict[str, Any]) -> None:
    stop(known["pid"])


def _found(url: str, key: str) -> TreadleServer:
    try:
        return existing(url, key)
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
