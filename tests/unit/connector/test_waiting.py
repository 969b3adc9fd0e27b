"""Completion by quiet time, the line of series, back-off, and the mark of complete files."""

import os
import zlib
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pydicom
import pytest

from treadle.connector.backoff import Gate, delay
from treadle.connector.courtesy import Rush
from treadle.connector.line import Line
from treadle.connector.receive.landing import file_meta
from treadle.connector.receive.mark import Mark, read_mark, recover
from treadle.connector.receive.seats import Seats
from treadle.connector.scratch import Scratch
from treadle.connector.series import Watcher
from treadle.connector.spool.layout import is_safe_uid


def test_a_series_is_complete_after_its_quiet_time() -> None:
    watcher = Watcher(limits_of=lambda _: (5, 100))
    watcher.note(1, at=0)
    watcher.note(1, at=4)
    assert watcher.complete(as_of=8.9) == []
    assert watcher.complete(as_of=9) == [1]
    assert watcher.complete(as_of=20) == []


def test_a_series_that_never_rests_is_complete_after_the_longest_wait() -> None:
    watcher = Watcher(limits_of=lambda _: (5, 12))
    for at in range(12):
        watcher.note(1, at=at)
        assert watcher.complete(as_of=at) == []
    assert watcher.complete(as_of=12) == [1]


def test_deliveries_wait_for_a_rush_of_images_but_not_for_ever() -> None:
    rush = Rush()
    for tenth in range(5):
        rush.note(5, at=tenth / 10)  # a fast scanner
    assert not rush.is_on(at=0.5)
    for tenth in range(5, 70):
        rush.note(30, at=tenth / 10)
    assert not rush.is_on(at=7.0)
    rush.note(0, at=8.0)
    rush.note(80, at=8.1)
    assert rush.is_on(at=8.1)  # the next one
    assert rush.is_on(at=12.0)
    assert not rush.is_on(at=12.2)


def test_a_series_is_served_by_one_worker_at_a_time() -> None:
    line = Line()
    line.join(1)
    assert line.take() == 1
    line.join(1)
    line.join(2)
    assert line.take() == 2
    line.done(1)
    assert line.take() == 1


def test_what_could_not_be_served_keeps_its_place() -> None:
    line = Line()
    line.join(1)
    line.join(2)
    assert line.take() == 1
    line.give_back(1)
    line.done(1)
    assert (line.take(), line.take()) == (1, 2)


def test_a_later_turn_does_not_block_others() -> None:
    line = Line()
    line.join(1, after_s=0.1)
    line.join(2)
    assert (line.take(), line.take()) == (2, 1)


def test_a_closed_line_sends_workers_home() -> None:
    line = Line()
    taken: list[int | None] = []
    worker = Thread(target=lambda: taken.append(line.take()))
    worker.start()
    line.close()
    worker.join(2)
    assert taken == [None]


def test_waits_double_up_to_ten_minutes() -> None:
    assert 3.75 <= delay(1) <= 5
    assert 15 <= delay(3) <= 20
    assert 450 <= delay(10_000) <= 600


def test_a_gate_closes_on_failure_and_opens_on_success() -> None:
    gate = Gate(first_s=60)
    gate.failed()
    stop = Event()
    Thread(target=lambda: (stop.wait(0.05), stop.set())).start()
    assert not gate.wait(stop)
    gate.succeeded()
    assert gate.wait(Event())


def test_retry_after_is_respected() -> None:
    gate = Gate(first_s=0.01)
    begin = monotonic()
    gate.failed(retry_after_s=0.2)
    assert gate.wait(Event())
    assert monotonic() - begin >= 0.2


@pytest.mark.parametrize("uid", ["1.2.3", "0", "1" * 64])
def test_ordinary_uids_are_safe(uid: str) -> None:
    assert is_safe_uid(uid)


@pytest.mark.parametrize("uid", ["", ".", "..", "...", "1" * 65, "1/2", "1.2\n", "1.2 ", "a.1", "١.٢"])
def test_everything_else_is_not(uid: str) -> None:
    assert not is_safe_uid(uid)


def _part(folder: Path, name: str, *, claimed: bytes, data: bytes) -> Path:
    meta = file_meta(sop_class=b"1.2", sop_instance=b"1.3", transfer_syntax=b"1.2.840.10008.1.2", source="X")
    path = folder / name
    mark = Mark(len(meta), len(data), zlib.crc32(claimed))
    path.write_bytes(meta[: mark.position] + mark.to_bytes() + data)
    return path


def test_recovery_keeps_what_is_complete_and_nothing_else(tmp_path: Path) -> None:
    _part(tmp_path, "1-1.part", claimed=b"data", data=b"data")
    _part(tmp_path, "1-2.part", claimed=b"data", data=b"torn")
    (tmp_path / "1-3.part").touch()
    (tmp_path / "1-4.part").write_bytes(b"half")
    _part(tmp_path, "2-1.part", claimed=b"data", data=b"data")
    assert recover(tmp_path, pattern="1-*.part") == 1
    assert sorted(path.name[-7:] for path in tmp_path.iterdir()) == ["1-1.dcm", "-1.part"][::-1]


def test_a_mark_is_private_information_of_the_file_meta_group(tmp_path: Path) -> None:
    path = _part(tmp_path, "1-1.part", claimed=b"", data=b"")
    with path.open("rb") as file:
        mark = read_mark(file.fileno())
    assert mark is not None
    meta = pydicom.dcmread(path).file_meta
    assert mark.to_bytes() in meta.PrivateInformation
    assert path.read_bytes()[:132] == bytes(128) + b"DICM"


def test_seats_are_counted_in_total_and_per_peer(tmp_path: Path) -> None:
    one, two = (Seats(tmp_path / "seats", total=3, per_peer=2) for _ in range(2))
    assert [one.take("a"), two.take("a"), one.take("a"), two.take("b"), one.take("c")] == [
        0,
        1,
        None,
        2,
        None,
    ]
    two.give_back(1)
    assert one.take("c") == 1
    one.clear_process(os.getpid())
    assert two.take("a") == 0


@pytest.mark.parametrize("most_memory", [4, 100])
def test_scratch_gives_back_what_was_written(tmp_path: Path, most_memory: int) -> None:
    scratch = Scratch(tmp_path / "zip", most_memory=most_memory)
    for text in (b"abcdef", b"xy"):
        for at in range(0, len(text), 3):
            scratch.write(text[at : at + 3])
        assert bytes(scratch.part(offset=1, size=100)) == text[1:]
        assert bytes(scratch.part(offset=0, size=2)) == text[:2]
        scratch.clear()
    assert not list(tmp_path.iterdir())
