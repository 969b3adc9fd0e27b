"""Lets the flow tests import their helpers, and starts connectors for them."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from connector_kit import Connector, Door
from edge_kit import Certificates
from fault_kit import Treadle
from pull_peers import Orthanc

from treadle.testing.ports import free_port


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory, program: Callable[[str], str]) -> Certificates:
    """An authority with server and client, and a stranger's client."""
    program("openssl")
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.make()
    made.authority("stranger")
    made.sign("outsider", by="stranger")
    return made


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


@pytest.fixture(scope="module")
def mover() -> int:
    """The port that sources send to when asked to move images to TREADLE."""
    return free_port()


@pytest.fixture(scope="module")
def running_orthanc(
    program: Callable[[str], str], mover: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Orthanc]:
    orthanc = Orthanc(program("Orthanc"), tmp_path_factory.mktemp("orthanc"), mover)
    orthanc.start()
    yield orthanc
    orthanc.kill()


@pytest.fixture
def orthanc(running_orthanc: Orthanc) -> Orthanc:
    """An empty Orthanc."""
    running_orthanc.remove_all()
    return running_orthanc


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
