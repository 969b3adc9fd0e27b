"""Subject maps, vaults and values of variables: what leads back to patients is where it belongs, and nowhere else."""

from __future__ import annotations

import json
import subprocess
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from typer.testing import CliRunner

from treadle.cli.main import app
from treadle.deid import Code, Engine, Profile, Secrets

from .planted import Planter

RUN = CliRunner()
PEOPLE = (
    ("Quexbury^Thomasin", "19610203"),
    ("Zofijuwoq^Anna", "19700101"),
    ("quexbury^THOMASIN ", "19610203"),
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, (name, born) in enumerate(PEOPLE):
        planter = Planter(number, ("", "ascii", "Quexbury", "Thomasin"), "1.2.840.10008.1.2.1")
        made = planter.image()
        made.PatientName, made.PatientBirthDate, made.PatientID = name, born, f"K471108{number}"
        (folder / f"{number}.dcm").write_bytes(planter.finish(made).data)
    return folder


def did(*words: object) -> str:
    told = RUN.invoke(app, ["deid", *map(str, words)])
    assert told.exit_code == 0, told.output
    return told.output


def ids(folder: Path) -> list[str]:
    return sorted(str(pydicom.dcmread(path).PatientID) for path in folder.iterdir())


def test_a_subject_map_gives_codes_and_learns_new_patients(source: Path, tmp_path: Path) -> None:
    known, profile = tmp_path / "map.csv", tmp_path / "p.yml"
    known.write_text(
        'PatientName,PatientBirthDate,SubjectCode,$config\r\n,,,"{""format"": ""pat{SubjectCode:03}""}"\r\n'
        "quexbury^thomasin,19610203,7,\r\n"
    )
    profile.write_text(f"name: trial\nmap-subjects: {known}\ntreadle: {{preset: research}}\n")
    did(source, "--profile", profile, "--out", tmp_path / "out")
    assert ids(tmp_path / "out") == ["pat007", "pat007", "pat008"]
    assert "zofijuwoq^anna,19700101,8," in known.read_text()
    assert known.stat().st_mode & 0o077 == 0
    before = known.read_text()
    (source / "0.dcm").unlink()
    did("check", source, "--profile", profile)
    did(source, "--profile", profile, "--out", tmp_path / "again")
    assert ids(tmp_path / "again") == ["pat007", "pat008"] and known.read_text() == before


def test_without_the_map_nothing_comes_out(source: Path) -> None:
    profile = Profile.load({"name": "x", "map-subjects": "m.csv", "treadle": {"preset": "research"}})
    result = Engine(profile, Secrets(bytes(32))).process("x.dcm", (source / "0.dcm").read_bytes())
    assert result.error is Code.NOT_SUPPORTED and result.report.where == "map-subjects"


def test_a_vault_opens_with_the_custodians_key_alone(source: Path, tmp_path: Path) -> None:
    private, public, file = tmp_path / "key.pem", tmp_path / "pub.pem", tmp_path / "vault"
    did("vault", "key", private, public)
    assert private.stat().st_mode & 0o077 == 0
    assert RUN.invoke(app, ["deid", "vault", "key", str(private), str(public)]).exit_code == 2
    out = tmp_path / "out"
    did(source, "--profile", "research", "--out", out, "--vault", file, "--vault-key", public)
    assert file.stat().st_mode & 0o077 == 0
    assert len(file.read_text().splitlines()) == 3
    reports = b"".join(path.read_bytes() for path in (tmp_path / "out-report").iterdir())
    for secret in (b"uexbury", b"K471108", b"19610203"):
        assert secret not in file.read_bytes() + reports
    rows = {
        row["patient_id"]: row
        for row in map(json.loads, did("vault", "open", file, "--key", private, "--json").splitlines())
    }
    assert rows["K4711080"]["name"] == "Quexbury^Thomasin" and rows["K4711080"]["birth_date"] == "19610203"
    for path in out.iterdir():
        after = pydicom.dcmread(path)
        (row,) = [row for row in rows.values() if row["subject"] == after.PatientID]
        before = pydicom.dcmread(BytesIO((source / f"{row['patient_id'][-1]}.dcm").read_bytes()))
        assert (row["study"], row["new_study"]) == (before.StudyInstanceUID, after.StudyInstanceUID)
        assert row["days"] < 0 and row["days"] % 7 == 0


def test_a_vaults_key_can_be_changed_and_keys_may_come_from_openssl(source: Path, tmp_path: Path) -> None:
    old, public, new, file = tmp_path / "old", tmp_path / "pub", tmp_path / "new", tmp_path / "vault"
    did("vault", "key", old, public)
    did(source, "--profile", "research", "--out", tmp_path / "o", "--vault", file, "--vault-key", public)
    subprocess.run(["openssl", "genpkey", "-algorithm", "X25519", "-out", new], check=True)
    shown = tmp_path / "shown"
    subprocess.run(["openssl", "pkey", "-in", new, "-pubout", "-out", shown], check=True)
    assert "3 rows" in did("vault", "rekey", file, "--key", old, "--to", shown)
    assert did("vault", "open", file, "--key", old, "--json").strip() == ""
    assert len(did("vault", "open", file, "--key", new, "--json").splitlines()) == 3
    wrong = RUN.invoke(app, ["deid", "vault", "open", str(file), "--key", str(shown)])
    assert wrong.exit_code == 2 and "private key" in wrong.output


def test_variables_come_from_the_row_of_the_subject(source: Path, tmp_path: Path) -> None:
    profile, values = tmp_path / "p.yml", tmp_path / "v.csv"
    profile.write_text(
        "name: v\ntreadle: {preset: research}\ndicom: {fields: [{name: PatientID, replace-with: '{{ code }}'}]}\n"
    )
    values.write_text("subject.label,code\nS1,first\nS2,second\n")
    words = (source, "--profile", profile, "--out", tmp_path / "out", "--values", values)
    did(*words, "--subject", "S2")
    assert set(ids(tmp_path / "out")) == {"second"}
    assert RUN.invoke(app, ["deid", *map(str, words)]).exit_code == 2
