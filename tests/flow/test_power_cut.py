"""Power cuts at random moments, on a disk that forgets what was not synced: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import hashlib
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import soak
from connector_kit import Connector, Door
from fault_archive import members, read_archive
from fault_kit import Treadle
from fault_scanner import SUCCESS, Scanner, Slice, growing, send, slices
from power_kit import VolatileDisk, kill_tree

from treadle.testing.ports import free_port
from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.slow, pytest.mark.timeout(300 * soak.TIMES)]

SPOOL_CUTS, HOME_CUTS = 8 * soak.TIMES, 3 * soak.TIMES
EACH = 20


@pytest.fixture
def disk(tmp_path_factory: pytest.TempPathFactory, program: Callable[[str], str]) -> Iterator[VolatileDisk]:
    """An empty disk, powered."""
    program("fusermount3")
    folder = tmp_path_factory.mktemp("power")
    with VolatileDisk(folder / "disk", folder / "state").powered() as disk:
        yield disk


@pytest.fixture
def connector(disk: VolatileDisk, door: Door) -> Iterator[Connector]:
    """A connector with its spool on the disk, not started."""
    connector = Connector(disk.path / "spool", door.url)
    yield connector
    kill_tree(connector.process)


@pytest.fixture
def treadle(disk: VolatileDisk) -> Iterator[Treadle]:
    """A whole server with its home on the disk."""
    treadle = Treadle(disk.path / "home", {"TREADLE_UPLOADS__MIN_FREE_BYTES": "0"})
    treadle.start_ready()
    yield treadle
    kill_tree(treadle.process)


def test_a_spool_survives_power_cuts(disk: VolatileDisk, connector: Connector, door: Door) -> None:
    rng = random.Random(soak.seed(4))
    acked: set[str] = set()
    sent: dict[str, str] = {}
    for number in range(SPOOL_CUTS):
        connector.start()
        images = slices(number // 3, 1, range(number % 3 * EACH, (number % 3 + 1) * EACH), pixels=96)
        sent |= {image.sop: image.digest for image in images}
        answered = _send(images, connector.port, acked, enough=rng.randint(1, EACH))
        time.sleep(rng.choice([0, rng.uniform(0, 0.02), rng.uniform(0, 2.5)]))  # storing, or sending on
        disk.cut()
        kill_tree(connector.process)
        answered()
        disk.unmount()
        disk.mount()
        connector.port = free_port()
    connector.start()
    wait_until(lambda: acked <= set(door.sops()), what="everything acknowledged is in the archive")
    assert len(door.sops()) == len(set(door.sops()))
    for file in door.files():
        found = dict(members(door.zip_of(file["versions"][-1])))
        assert found == {sop: sent[sop] for sop in found}
    assert connector.stop() == 0
    print(f"{SPOOL_CUTS} power cuts: {len(acked)} instances acknowledged, 0 lost, 0 doubled")


def _send(images: list[Slice], port: int, acked: set[str], *, enough: int) -> Callable[[], None]:
    """Send in the background, noting what is acknowledged; returns when so many are. Call the answer to join."""
    is_enough = threading.Event()
    count = itertools.count(1)

    def note(image: Slice, status: int) -> None:
        if status == SUCCESS:
            acked.add(image.sop)
            if next(count) >= enough:
                is_enough.set()

    sender = threading.Thread(target=lambda: send(images, port, on_status=note))
    sender.start()
    assert is_enough.wait(30)
    return sender.join


def test_a_whole_home_survives_power_cuts(disk: VolatileDisk, treadle: Treadle) -> None:
    rng = random.Random(soak.seed(8))
    project = treadle.make_project()
    images = list(growing(1, series=2, size=28 * HOME_CUTS))
    scanner = Scanner(images, treadle.dicom, pause_s=0.01)
    scanner.start()
    uploaded: dict[str, str] = {}
    for number in range(HOME_CUTS):
        scanner.allowed = len(images) * (number + 1) // HOME_CUTS
        name, content = f"{number}.bin", rng.randbytes(300_000)
        assert treadle.upload(project, name, content).status_code == 200
        uploaded[name] = hashlib.sha256(content).hexdigest()
        time.sleep(rng.uniform(0, 3))
        disk.cut()
        kill_tree(treadle.process)
        disk.unmount()
        disk.mount()
        treadle.start_ready()
    wait_until(lambda: scanner.is_done, what="the scanner got everything through")
    scanner.stop()
    wait_until(lambda: treadle.spool().is_drained, what="the spool is empty")
    archive = read_archive(treadle, project)
    assert not archive.doubles()
    assert archive.digests == {image.sop: [image.digest] for image in images}
    for name, digest in uploaded.items():
        content = treadle.get(f"/projects/{project}/files/{name}").raise_for_status().content
        assert hashlib.sha256(content).hexdigest() == digest
    treadle.stop()
    print(
        f"{HOME_CUTS} power cuts: {len(images)} instances and {len(uploaded)} files acknowledged, 0 lost, 0 doubled"
    )
