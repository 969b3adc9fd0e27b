"""The pages' examples run against the demonstration site that the pages name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle.testing.server import TreadleServer, start, stop


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TreadleServer]:
    """A site with `psych/Memory`."""
    _process, made = start("--seed-demo", log=Path(tmp_path_factory.mktemp("demo")) / "up.log")
    yield made
    stop(made.pid)
