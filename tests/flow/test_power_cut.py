"""Power cuts at random moments, on a disk that forgets what was not synced: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soak
from connector_kit import Connector, Door, acknowledged, make_instances, send, wait_until
from fault_archive import read_archive
from fault_kit import Treadle, free_port
from fault_scanner import Scanner, growing
from power_kit import VolatileDisk, kill_tree

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


@pytest.mark.usefixtures("storescu")
def test_a_spool_survives_power_cuts(disk: VolatileDisk, door: Door, tmp_path: Path) -> None:
    rng = random.Random(soak.seed(4))
    acked: set[str] = set()
    sent: set[str] = set()
    connector = Connector(disk.path / "spool", door.url)
    for number in range(SPOOL_CUTS):
        connector.start()
        series = f"1.2.826.0.1.3680043.10.96.{number // 3}"
        files = make_instances(tmp_path / "in", EACH, first=(number % 3) * EACH, pixels=96, root=series)
        sent |= {path.stem for path in files}
        sender = threading.Thread(
            target=lambda files=files: acked.update(acknowledged(send(files, connector.port)))
        )
        sender.start()
        time.sleep(
            rng.uniform(0, 0.15) if number % 3 else rng.uniform(0, 2.5)
        )  # while storing, and while sending on
        disk.cut()
        kill_tree(connector.process.pid)
        sender.join()
        disk.unmount()
        disk.mount()
        connector.port = free_port()
    connector.start()
    wait_until(lambda: acked <= set(door.sops()), for_s=60, what="everything acknowledged is in the archive")
    assert len(acked) > EACH
    assert len(door.sops()) == len(set(door.sops()))
    assert set(door.sops()) <= sent
    assert connector.stop() == 0
    print(f"{SPOOL_CUTS} power cuts: {len(acked)} instances acknowledged, 0 lost, 0 doubled")


def test_a_whole_home_survives_power_cuts(disk: VolatileDisk) -> None:
    rng = random.Random(soak.seed(8))
    treadle = Treadle(disk.path / "home", {"TREADLE_UPLOADS__MIN_FREE_BYTES": "0"})
    treadle.start_ready()
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
        kill_tree(treadle.process.pid)
        treadle.process.wait()
        disk.unmount()
        disk.mount()
        treadle.start_ready()
    wait_until(lambda: scanner.is_done, for_s=60, what="the scanner got everything through")
    scanner.stop()
    wait_until(lambda: treadle.spool().is_drained, for_s=60, what="the spool is empty")
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
