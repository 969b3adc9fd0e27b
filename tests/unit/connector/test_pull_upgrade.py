"""State files and part files of earlier versions and of living processes stay what they are."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from treadle.connector.pull.rule import Known
from treadle.connector.pull.state import PullState
from treadle.connector.spool import schema
from treadle.connector.spool.index import Indexer
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import State


def test_a_state_file_from_before_pulling_keeps_its_series(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    db = sqlite3.connect(path)
    db.executescript(f"BEGIN; {schema._SPOOL} PRAGMA user_version = 1; COMMIT;")
    db.execute("INSERT INTO series (device, study, series) VALUES ('d', '1', '2')")
    db.commit()
    db.close()
    state = State(path)
    PullState(state).put(device="d", study="1", series="2", known=Known(3, "k"), is_blind=False)
    assert [series.series for series in state.all_series()] == ["2"]
    assert [row.known.count for row in PullState(state).all("d")] == [3]
    assert not (tmp_path / "state.db.unusable").exists()


def test_a_state_file_of_a_later_version_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    State(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    State(path).close()
    assert (tmp_path / "state.db.unusable").exists()


def test_part_files_of_living_receivers_survive_a_rebuild(tmp_path: Path) -> None:
    """A full disk makes the collector rebuild while receivers hold part files ready."""
    layout = Layout(tmp_path)
    layout.make()
    part = layout.arriving / "d" / "1-0.part"
    part.parent.mkdir()
    part.touch()
    indexer = Indexer(
        layout, State(layout.database), on_change=print, on_arrival=print, on_quarantine=print
    )  # fmt: skip
    indexer.rebuild()
    assert part.exists()
    indexer.recover_parts()
    assert not part.exists()
