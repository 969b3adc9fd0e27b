from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from treadle.server.app.supervise import admin_file, checks
from treadle.server.app.supervise.admin_file import AdminFile
from treadle.server.app.supervise.checks import CannotStartError, check_port, prepare_home
from treadle.server.kit.processes import LockFile, LockHeldError
from treadle.server.kit.settings import Address


@pytest.fixture
def taken() -> Iterator[Address]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Address("127.0.0.1", listener.getsockname()[1])


def test_a_used_port_is_told_with_its_user(taken: Address) -> None:
    with pytest.raises(
        CannotStartError, match=rf"HTTP address {taken} is in use.*\(pid {os.getpid()}\); .* --http"
    ):
        check_port(taken, what="HTTP", option="--http")


def test_a_free_port_is_fine(taken: Address) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = Address("127.0.0.1", probe.getsockname()[1])
    check_port(free, what="HTTP", option="--http")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotStartError, match=r"DICOM address 192\.0\.2\.1:4242 cannot be used: .*--dicom"):
        check_port(Address("192.0.2.1", 4242), what="DICOM", option="--dicom")


def test_a_file_in_the_way_of_the_home_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    with pytest.raises(CannotStartError, match="home is not a folder; choose another --home"):
        prepare_home(tmp_path / "home" / "below")
    with pytest.raises(CannotStartError, match="is not a folder"):
        prepare_home(tmp_path / "home")


def test_a_home_in_a_read_only_place_is_told() -> None:
    with pytest.raises(CannotStartError, match=r"cannot write to /proc/treadle: .*; choose another --home"):
        prepare_home(Path("/proc/treadle"))


def test_too_little_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE_BYTES", 2**60)
    with pytest.raises(CannotStartError, match=r"the disk of .* is full: \d+ MB free, \d+ MB needed"):
        prepare_home(tmp_path / "home")


def test_a_new_home_is_closed_to_others(tmp_path: Path) -> None:
    prepare_home(tmp_path / "home")
    assert (tmp_path / "home").stat().st_mode & 0o777 in (0o711, 0o700)
    assert (tmp_path / "home" / "run").stat().st_mode & 0o777 == 0o700


def test_the_admin_file_is_for_its_owner_only(tmp_path: Path) -> None:
    admin = AdminFile("http://h:1", "h:1:__force_insecure:k", "a@b", "pw")
    admin_file.write(tmp_path, admin)
    assert (tmp_path / "admin.json").stat().st_mode & 0o777 == 0o600
    assert admin_file.read(tmp_path) == admin
    (tmp_path / "admin.json").write_text("{")
    assert admin_file.read(tmp_path) is None


def test_a_lock_is_held_by_one_and_says_by_whom(tmp_path: Path) -> None:
    first, second = LockFile(tmp_path / "l"), LockFile(tmp_path / "l")
    first.acquire("me")
    with pytest.raises(LockHeldError) as held:
        second.acquire()
    assert held.value.note == "me"
    first.release()
    second.acquire()
    second.release()
