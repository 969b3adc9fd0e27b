"""What a full disk must not do to the connector's own files."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from treadle.connector.receive.seats import Seats
from treadle.connector.spool.state import State


def test_a_state_file_that_cannot_be_opened_now_is_not_taken_for_broken(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    state = State(path)
    state.add_series(device="d", study="1", series="2")
    state.close()
    in_the_way = tmp_path / "state.db-wal"
    in_the_way.mkdir()
    with pytest.raises(sqlite3.OperationalError):
        State(path)
    in_the_way.rmdir()
    assert [series.series for series in State(path).all_series()] == ["2"]


def test_a_broken_state_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"not a database" * 1000)
    assert State(path).all_series() == []
    assert (tmp_path / "state.db.unusable").exists()


def test_a_failed_commit_leaves_the_state_usable(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    with pytest.raises(RuntimeError), state.transaction():
        state.add_series(device="d", study="1", series="2")
        raise RuntimeError
    with state.transaction():
        state.add_series(device="d", study="1", series="3")
    assert [series.series for series in state.all_series()] == ["3"]


def test_the_table_of_seats_has_no_holes(tmp_path: Path) -> None:
    """Writing to a hole of a mapped file on a full disk kills the process."""
    path = tmp_path / "seats"
    first = Seats(path, total=200, per_peer=200)
    assert path.stat().st_blocks * 512 >= path.stat().st_size
    assert first.take("10.0.0.1") == 0
    assert Seats(path, total=200, per_peer=200).take("10.0.0.1") == 1
