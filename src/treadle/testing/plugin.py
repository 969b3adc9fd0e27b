"""The pytest plugin: fixture `treadle_server`, options `--treadle-url` and `--treadle-key`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from treadle.testing.server import ServerError, TreadleServer, existing, start, stop
from treadle.testing.shared import shared_between_workers

URL, KEY = "TREADLE_TEST_URL", "TREADLE_TEST_KEY"


def pytest_addoption(parser: pytest.Parser) -> None:
    """How to test against a server that runs already."""
    group = parser.getgroup("treadle", "a Treadle server for tests")
    group.addoption("--treadle-url", metavar="URL", help=f"Use this server instead of a new one ({URL}).")
    group.addoption("--treadle-key", metavar="KEY", help=f"API key for that server ({KEY}).")
    group.addoption(
        "--treadle-demo", action="store_true", help="Fill the new server with the demonstration hierarchy."
    )


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
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    options = ["--seed-demo"] if request.config.getoption("--treadle-demo") else []

    def begin() -> dict[str, object]:
        _, made = start(*options, log=folder / "treadle-server.log")
        return {**asdict(made), "home": str(made.home)}

    try:
        with shared_between_workers(
            folder, "treadle-server", start=begin, stop=lambda known: stop(known["pid"])
        ) as known:
            yield TreadleServer(**{**known, "home": Path(known["home"])})
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)


def _found(url: str, key: str) -> TreadleServer:
    try:
        return existing(url, key)
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
