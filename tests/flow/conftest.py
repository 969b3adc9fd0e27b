"""Lets the flow tests import their helpers, and starts connectors for them."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from connector_kit import Connector, Door, free_port
from fault_kit import Treadle


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

    def make(*, spool: Path | None = None, port: int | None = None, **options: object) -> Connector:
        connector = Connector(spool or tmp_path / "spool", door.url, dict(options), port=port or free_port())
        made.append(connector)
        connector.start()
        return connector

    yield make
    for connector in made:
        connector.kill()
        shutil.rmtree(connector.spool, ignore_errors=True)


@pytest.fixture
def make_treadle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Treadle]]:
    """Starts a whole server; `home` is a new one unless told, the rest are settings."""
    made: list[Treadle] = []

    def make(*, home: Path | None = None, **environ: str) -> Treadle:
        treadle = Treadle(home or tmp_path_factory.mktemp("up") / "home", environ)
        made.append(treadle)
        treadle.start_ready()
        return treadle

    yield make
    for treadle in made:
        treadle.close()


@pytest.fixture
def treadle(make_treadle: Callable[..., Treadle]) -> Treadle:
    """A whole server on a new home."""
    return make_treadle()
