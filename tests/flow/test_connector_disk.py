"""A really full disk: no acknowledgement without data, and receiving again once there is space."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from connector_kit import Connector, Door, acknowledged, make_instances, send

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("storescu")]
MIB = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(64 << 10))
        except OSError:
            pass
    return filler


def test_a_full_disk_acknowledges_nothing_and_recovers(
    door: Door, make_connector: Callable[..., Connector], small_disk: Path, tmp_path: Path
) -> None:
    connector = make_connector(spool=small_disk / "spool")
    files = make_instances(tmp_path / "in", 6, pixels=256)
    assert len(acknowledged(send(files[:2], connector.port))) == 2
    wait_until(lambda: len(door.sops()) == 2, what="first two")
    filler = _fill(small_disk)
    refused = send(files[2:4], connector.port)
    assert acknowledged(refused) == []
    assert "OutOfResources" in refused.stdout + refused.stderr
    assert not [part for part in connector.spool.glob("arriving/**/*.part") if part.stat().st_size]
    filler.unlink()
    assert len(acknowledged(send(files[2:], connector.port))) == 4
    wait_until(lambda: len(door.sops()) == 6, what="all six")


def test_what_a_filling_disk_acknowledged_arrives(
    door: Door, make_connector: Callable[..., Connector], small_disk: Path, tmp_path: Path
) -> None:
    connector = make_connector(spool=small_disk / "spool")
    files = make_instances(tmp_path / "in", 60, pixels=512)
    acked = acknowledged(send(files, connector.port))
    assert 0 < len(acked) < 60
    connector.kill()
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    connector.start()
    wait_until(lambda: set(acked) <= set(door.sops()), what="all that was acknowledged")


def test_new_associations_are_turned_away_below_the_free_space_that_must_remain(
    make_connector: Callable[..., Connector], small_disk: Path, tmp_path: Path
) -> None:
    connector = make_connector(spool=small_disk / "spool", limits={"min_free": 30 * MIB})
    result = send(make_instances(tmp_path / "in", 1), connector.port)
    assert acknowledged(result) == []
    assert "Local Limit Exceeded" in result.stdout + result.stderr
