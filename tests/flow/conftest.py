"""Lets the flow tests import their helpers, and starts connectors for them."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from connector_kit import Connector, Door


@pytest.fixture
def storescu(program: Callable[[str], str]) -> str:
    """DCMTK's sender."""
    return program("storescu")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """The small server, started."""
    door = Door(tmp_path / "door")
    door.start()
    yield door
    door.kill()


@pytest.fixture
def make_connector(tmp_path: Path, door: Door) -> Iterator[Callable[..., Connector]]:
    """Starts connectors that send to the small server."""
    made: list[Connector] = []

    def make(*, spool: Path | None = None, **options: object) -> Connector:
        connector = Connector(spool or tmp_path / "spool", door.url, dict(options))
        made.append(connector)
        connector.start()
        return connector

    yield make
    for connector in made:
        connector.kill()
        shutil.rmtree(connector.spool, ignore_errors=True)
