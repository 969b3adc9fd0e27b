"""The gear in a folder as engines lay it out: what it writes, what it says of its input, how it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest

from .planted import planted

GEAR = Path(__file__).parents[3] / "gears" / "deid"


class Folder:
    """A gear's base folder."""

    def __init__(self, base: Path) -> None:
        self.base, self.inputs = base, dict[str, Any]()
        for module in GEAR.glob("*.py"):
            shutil.copy(module, base)

    def give(self, name: str, file: str, data: bytes) -> None:
        path = self.base / "input" / name / file
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        place = {"name": file, "path": str(path)}
        parent = {"type": "acquisition", "id": "0" * 24}
        self.inputs[name] = {
            "base": "file",
            "hierarchy": parent,
            "location": place,
            "object": {"tags": ["kept", "deid-FAIL"]},
        }

    def run(self, **config: Any) -> subprocess.CompletedProcess[str]:
        asked = {
            "config": config,
            "inputs": self.inputs,
            "destination": {"type": "acquisition", "id": "0" * 24},
        }
        (self.base / "config.json").write_text(json.dumps(asked))
        return subprocess.run(
            [sys.executable, "run.py"], cwd=self.base, capture_output=True, text=True, check=False
        )

    def output(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.base / "output").iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def entry(output: dict[str, bytes]) -> dict[str, Any]:
    (found,) = json.loads(output[".metadata.json"])["acquisition"]["files"]
    return found


def test_a_file_becomes_its_own_new_version(folder: Folder) -> None:
    folder.give("input-file", "a.dcm", planted(0).data)
    told = folder.run(preset="ps315-basic")
    output = folder.output()
    assert told.returncode == 0, told.stderr
    assert set(output) == {"a.dcm", ".metadata.json"}
    assert pydicom.dcmread(BytesIO(output["a.dcm"])).PatientIdentityRemoved == "YES"
    assert entry(output)["tags"] == ["kept", "deid-PASS"] and entry(output)["info"]["deid"]["status"] == "ok"
    assert b"uexbury" not in b"".join(output.values()) + told.stdout.encode() + told.stderr.encode()


def test_an_archive_is_cleaned_member_by_member(folder: Folder) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(2):
            archive.writestr(f"Quexbury/{number}.dcm", planted(number).data)
    folder.give("input-file", "a.dcm.zip", packed.getvalue())
    assert folder.run(tag="clean", **{"keep-name": True}).returncode == 0
    output = folder.output()
    with zipfile.ZipFile(BytesIO(output["a.dcm.zip"])) as archive:
        names = archive.namelist()
    assert len(names) == 2 and "Quexbury" not in " ".join(names) and entry(output)["tags"][-1] == "clean-PASS"


def test_what_cannot_be_cleaned_is_tagged_and_left_alone(folder: Folder) -> None:
    folder.give("input-file", "a.dcm", b"hello")
    told = folder.run()
    assert told.returncode == 0 and set(folder.output()) == {".metadata.json"}
    assert entry(folder.output())["tags"] == ["kept", "deid-FAIL"]
    assert entry(folder.output())["info"]["deid"]["error"] == "DEID_NOT_DICOM"


def test_a_profile_with_values_of_the_subject_and_a_secret(folder: Folder) -> None:
    folder.give("input-file", "a.dcm", planted(1).data)
    profile = "name: p\ntreadle: {preset: research}\ndicom: {fields: [{name: StudyID, replace-with: '{{ code }}'}]}\n"
    folder.give("deid-profile", "p.yml", profile.encode())
    folder.give("subject-csv", "s.csv", b"subject.label,code\nS1,c1\nS2,c2\n")
    folder.give("secret", "s.txt", b"00" * 32)
    config = {"subject-label": "S2", "keep-name": False}
    assert folder.run(**config).returncode == 0
    first = folder.output()
    assert folder.run(**config).returncode == 0 and folder.output() == first
    (data,) = (data for name, data in first.items() if name.startswith("2.25."))
    assert pydicom.dcmread(BytesIO(data)).StudyID == "c2"
    told = folder.run(**{"subject-label": "S3"})
    assert told.returncode == 1 and "no row" in told.stderr


def test_the_manifest_holds_what_a_manifest_has_to(folder: Folder) -> None:
    manifest = json.loads((GEAR / "manifest.json").read_text())
    for key in (
        "name",
        "label",
        "description",
        "version",
        "author",
        "license",
        "url",
        "source",
        "config",
        "inputs",
    ):
        assert key in manifest
    assert not [
        key for key, option in manifest["config"].items() if "default" in option and option.get("optional")
    ]
