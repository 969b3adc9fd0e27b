"""`treadle deid`: what goes where, which exit status, going on after a stop, and what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from treadle.cli.deid_files import files_in
from treadle.cli.deid_state import State
from treadle.cli.main import app
from treadle.deid import Secrets

from .planted import planted

RUN = CliRunner()


def folder(base: Path, numbers: range, **others: bytes) -> Path:
    source = base / "Quexbury Thomasin"
    for number in numbers:
        where = source / f"visit {number}"
        where.mkdir(parents=True)
        (where / f"Quexbury{number}.dcm").write_bytes(planted(number).data)
    for name, data in others.items():
        (source / name).write_bytes(data)
    return source


def test_a_folder_needs_no_word_before_it_and_no_option_but_out(tmp_path: Path) -> None:
    source = folder(tmp_path, range(3))
    told = RUN.invoke(app, ["deid", str(source), "--profile", "research", "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    names = sorted(path.name for path in (tmp_path / "out").rglob("*"))
    assert len(names) == 3 and all(
        name.startswith("2.25.") and name.endswith((".CT.dcm", ".MR.dcm")) for name in names
    )
    report = tmp_path / "out-report"
    assert {path.name for path in report.iterdir()} == {
        *("files.jsonl", "summary.json", "rejected.csv", "elements.csv", "report.html")
    }
    everything = b"".join(path.read_bytes() for path in report.iterdir()) + told.output.encode()
    assert b"Quexbury" not in everything and b"visit" not in everything
    assert len((report / "files.jsonl").read_text().splitlines()) == 3


def test_exit_status_tells_all_some_and_none(tmp_path: Path) -> None:
    mixed = folder(tmp_path / "a", range(2), broken=b"hello")
    told = RUN.invoke(app, ["deid", str(mixed), "--out", str(tmp_path / "o1"), "--json"])
    assert told.exit_code == 3
    summary = json.loads(told.output)
    assert (summary["ok"], summary["rejected"], summary["codes"]) == (2, 1, {"DEID_UNSUPPORTED_TYPE": 1})
    none = tmp_path / "empty"
    none.mkdir()
    assert RUN.invoke(app, ["deid", str(none), "--out", str(tmp_path / "o2")]).exit_code == 1


def test_one_instance_twice_comes_out_once(tmp_path: Path) -> None:
    source = folder(tmp_path, range(1), copy=planted(0).data)
    told = RUN.invoke(app, ["deid", str(source), "--out", str(tmp_path / "out"), "--json"])
    assert told.exit_code == 3
    assert json.loads(told.output)["codes"] == {"DEID_DUPLICATE_SOP": 1}
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_one_process_and_two_write_the_same(tmp_path: Path) -> None:
    source = folder(tmp_path, range(50))
    (tmp_path / "secret").write_text("ab" * 32)
    written = []
    for jobs in ("1", "2"):
        out = tmp_path / jobs
        command = [
            "deid",
            str(source),
            "--out",
            str(out),
            "--secret-file",
            str(tmp_path / "secret"),
            "--jobs",
            jobs,
        ]
        done = subprocess.run([sys.executable, "-m", "treadle", *command], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
        written.append({path.name: path.read_bytes() for path in (tmp_path / f"{jobs}-report").iterdir()})
    assert written[0] == written[2] and len(written[0]) == 50
    assert written[1] == written[3]


def test_a_stopped_run_goes_on_with_the_same_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder(tmp_path, range(6))
    noted = State.note
    seen = []

    def stop(self: State, mark: str, status: str, sop: bytes) -> None:
        noted(self, mark, status, sop)
        seen.append(self.secrets)
        if len(seen) == 3:
            raise KeyboardInterrupt

    command = ["deid", str(source), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(State, "note", stop)
    RUN.invoke(app, command)
    key = tmp_path / "out-report" / "unfinished.key"
    assert key.stat().st_mode & 0o777 == 0o600
    told = RUN.invoke(app, command)
    assert told.exit_code == 0 and "6 of 6 files" in told.output, told.output
    assert len(list((tmp_path / "out").iterdir())) == 6 and len(set(seen)) == 1
    assert len((tmp_path / "out-report" / "files.jsonl").read_text().splitlines()) == 6
    assert not key.exists()


def test_what_was_made_with_another_secret_is_not_mixed_with(tmp_path: Path) -> None:
    source = folder(tmp_path, range(1))
    command = ["deid", str(source), "--out", str(tmp_path / "out")]
    assert RUN.invoke(app, command).exit_code == 0
    assert RUN.invoke(app, command).exit_code != 0
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_dry_run_shows_before_and_after_and_writes_reports_alone(tmp_path: Path) -> None:
    source = folder(tmp_path, range(1))
    out = tmp_path / "out"
    told = RUN.invoke(app, ["deid", str(source), "--out", str(out), "--dry-run"], env={"COLUMNS": "200"})
    assert told.exit_code == 0, told.output
    assert "Quexbury" in told.output and "REMOVED" in told.output
    assert not out.exists() and (tmp_path / "out-report" / "report.html").exists()
    assert b"Quexbury" not in b"".join(path.read_bytes() for path in (tmp_path / "out-report").iterdir())
    checked = RUN.invoke(app, ["deid", "check", str(source), "--profile", "research", "--json"])
    assert checked.exit_code == 0 and json.loads(checked.output)["ok"] == 1


def test_profiles_are_checked_and_explained(tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text(
        "dicom:\n  fields:\n    - {name: SeriesDescription, keep: true}\ntreadle: {preset: ps315-basic}\n"
    )
    assert RUN.invoke(app, ["deid", "lint", str(own)]).exit_code == 0
    for tag, words in (
        ("0008,103E", "keep (dicom.fields[0] of the profile)"),
        ("StudyDescription", "removed (preset ps315-basic, table: X)"),
        ("0029,1010", "removed (preset ps315-basic: private element)"),
    ):
        assert words in RUN.invoke(app, ["deid", "explain", str(own), "--tag", tag]).output
    assert RUN.invoke(app, ["deid", "explain", "research"]).output.count("\n") > 600
    own.write_text("dicom:\n  fields:\n    - {name: Patientname2, remove: true}\n")
    told = RUN.invoke(app, ["deid", "lint", str(own)])
    assert told.exit_code == 1 and "dicom.fields[0]" in told.output


def test_numbers_of_reports_lead_back_to_files(tmp_path: Path) -> None:
    source = folder(tmp_path, range(2))
    told = RUN.invoke(app, ["deid", "which", str(source), "1"])
    assert told.output.strip() == str(files_in(source, [])[1])


def test_a_secret_is_32_bytes(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("short")
    source = folder(tmp_path, range(1))
    told = RUN.invoke(
        app, ["deid", str(source), "--out", str(tmp_path / "o"), "--secret-file", str(tmp_path / "secret")]
    )
    assert told.exit_code != 0 and not (tmp_path / "o").exists()
    with pytest.raises(ValueError, match="32"):
        Secrets(b"short")
