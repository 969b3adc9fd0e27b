"""The gear `treadle-deid` against a live server, with the official SDK: what it puts where, deletes, leaves alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

GEAR = Path(__file__).parents[3] / "gears" / "deid"
NAME = "Quexbury^Thomasin"
# The image has one environment for the engine and the SDK; here the SDK's comes second.
START = "import runpy, sys; sys.path.append(sys.argv[1]); runpy.run_path('run.py', run_name='__main__')"


def dicom(series: int = 1) -> bytes:
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, f"1.2.3.{series}.1"
    data.StudyInstanceUID, data.SeriesInstanceUID = "1.2.3", f"1.2.3.{series}"
    data.PatientName, data.PatientID, data.Modality, data.StudyDate = NAME, "MRN4711", "CT", "20200101"
    written = BytesIO()
    pydicom.dcmwrite(written, data, enforce_file_format=True)
    return written.getvalue()


class Job:
    """A gear's folder for one file of the acquisition."""

    def __init__(self, site, tree, environments: Path, base: Path) -> None:
        self.site, self.tree, self.base = site, tree, base
        (self.packages,) = (environments / "sdk23" / "lib").glob("python*/site-packages")
        for module in GEAR.glob("*.py"):
            shutil.copy(module, base)

    def upload(self, content: bytes, name: str = "Quexbury.dcm") -> dict[str, Any]:
        return self.site.upload(f"/acquisitions/{self.tree.acquisition}", name, content)

    def run(self, file: dict[str, Any], content: bytes, **config: Any) -> subprocess.CompletedProcess[str]:
        path = self.base / "input" / "input-file" / file["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        shutil.rmtree(self.base / "output", ignore_errors=True)
        place = {"type": "acquisition", "id": self.tree.acquisition}
        seen = {name: file[name] for name in ("file_id", "version", "tags")}
        inputs = {
            "api-key": {"base": "api-key", "key": self.site.login(self.site.key)},
            "input-file": {
                "base": "file",
                "hierarchy": place,
                "location": {"name": file["name"], "path": str(path)},
                "object": seen,
            },
        }
        asked = {"config": config, "inputs": inputs, "destination": place}
        (self.base / "config.json").write_text(json.dumps(asked))
        done = subprocess.run(
            [sys.executable, "-c", START, self.packages],
            cwd=self.base,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Quexbury" not in done.stdout + done.stderr and "MRN4711" not in done.stdout + done.stderr
        return done

    def told(self) -> list[dict[str, Any]]:
        return json.loads((self.base / "output" / ".metadata.json").read_text())["acquisition"]["files"]

    def deliver(self) -> None:
        """What an engine does with the folder `output` at the end."""
        for said in self.told():
            path = self.base / "output" / said["name"]
            if path.exists():
                answer = self.site.api.post(
                    f"/acquisitions/{self.tree.acquisition}/files",
                    files={"file": (path.name, path.read_bytes())},
                    data={"metadata": json.dumps(said)},
                )
                assert answer.status_code == 200, answer.text

    def files(self) -> list[dict[str, Any]]:
        return self.site.get(f"/acquisitions/{self.tree.acquisition}")["files"]


@pytest.fixture
def job(site, tree, environments, tmp_path) -> Job:
    return Job(site, tree, environments, tmp_path)


@pytest.fixture
def other(site, tree) -> str:
    """Another project of the group, with a profile."""
    project = site.add("projects", group=tree.group, label="Out")
    text = "name: out\ntreadle: {preset: research}\n"
    assert site.api.put(f"/projects/{project}/deid", json={"text": text}).is_success
    return project


def exported(site, project: str) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """(subject, session, acquisition) of each acquisition of the project."""
    found = []
    for session in site.get(f"/projects/{project}/sessions"):
        subject = site.get(f"/subjects/{session['parents']['subject']}")
        for row in site.get(f"/sessions/{session['_id']}/acquisitions"):
            found.append((subject, session, site.get(f"/acquisitions/{row['_id']}")))
    return found


def test_files_of_a_patient_go_to_one_subject_and_session_of_the_other_project(
    job, site, tree, other
) -> None:
    for series in (1, 2):
        content = dicom(series)
        done = job.run(
            job.upload(content, f"{series}.dcm"), content, mode="export", project=f"{tree.group}/Out"
        )
        assert done.returncode == 0, done.stderr
        assert job.told() == [{"name": f"{series}.dcm", "tags": ["deid-PASS"]}]
    (one, two) = exported(site, other)
    assert one[:2] == two[:2] and one[2]["_id"] != two[2]["_id"]
    profile = site.get(f"/projects/{other}/deid")["profile"]
    for subject, session, acquisition in (one, two):
        (file,) = acquisition["files"]
        full = site.api.get(f"/files/{file['file_id']}").json()
        assert full["deid"]["sha256"] == profile["sha256"] and full["deid"]["at"] == "gear"
        assert full["tags"] == ["deid-PASS"] and full["info"]["deid"]["status"] == "ok"
        content = site.api.get(f"/acquisitions/{acquisition['_id']}/files/{file['name']}").content
        data = pydicom.dcmread(BytesIO(content))
        assert NAME.encode() not in content and data.PatientID == subject["label"] != "MRN4711"
        assert (data.StudyInstanceUID, data.SeriesInstanceUID) == (session["label"], acquisition["label"])


def test_labels_asked_for_are_those_of_the_export(job, site, tree) -> None:
    project, content = site.add("projects", group=tree.group, label="Plain"), dicom()
    labels = {"subject-label": "S01", "session-label": "Baseline", "acquisition-label": "CT"}
    done = job.run(job.upload(content), content, mode="export", project=f"{tree.group}/Plain", **labels)
    assert done.returncode == 0, done.stderr
    ((subject, session, acquisition),) = exported(site, project)
    assert [row["label"] for row in (subject, session, acquisition)] == list(labels.values())
    assert not (job.base / "output" / "Quexbury.dcm").exists() and len(job.files()) == 1


def test_what_cannot_be_cleaned_is_not_exported(job, site, tree, other) -> None:
    done = job.run(job.upload(b"hello"), b"hello", mode="export", project=f"{tree.group}/Out")
    assert done.returncode == 0, done.stderr
    assert job.told()[0]["tags"] == ["deid-FAIL"] and exported(site, other) == []


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"mode": "export"}, "GROUP/PROJECT"),
        ({"mode": "export", "project": "nobody/nothing"}, "404"),
        ({"mode": "export", "project": "g/p", "delete-original": True}, "inplace"),
    ],
)
def test_what_is_asked_wrongly_is_said_and_leaves_the_file_alone(job, config, why) -> None:
    done = job.run(job.upload(dicom()), dicom(), **config)
    assert done.returncode == 1 and why in done.stderr
    assert not list((job.base / "output").iterdir()) and len(job.files()) == 1


def test_in_place_the_result_is_a_version_that_says_its_profile(job, site) -> None:
    content = dicom()
    file = job.upload(content)
    assert job.run(file, content).returncode == 0
    job.deliver()
    now = site.get(f"/files/{file['file_id']}")
    assert now["version"] == 2 and now["tags"] == ["deid-PASS"]
    assert now["deid"]["at"] == "gear" and now["deid"]["profile_id"] == "research"


def test_delete_original_leaves_no_version_of_it(job, site) -> None:
    content = dicom()
    file = job.upload(content)
    done = job.run(file, content, **{"delete-original": True})
    assert done.returncode == 0, done.stderr
    job.deliver()
    (now,) = job.files()
    assert now["name"] == file["name"] and now["file_id"] != file["file_id"] and now["version"] == 1
    assert site.api.get(f"/files/{file['file_id']}").status_code == 404


def test_delete_original_spares_what_was_replaced_meanwhile_or_cannot_be_cleaned(job, site) -> None:
    content = dicom()
    file = job.upload(content)
    job.upload(dicom(2))
    done = job.run(file, content, **{"delete-original": True})
    assert done.returncode == 1 and "newer version" in done.stderr
    assert site.get(f"/files/{file['file_id']}")["version"] == 2
    broken = job.upload(b"hello", f"{uuid.uuid4().hex}.dcm")
    assert job.run(broken, b"hello", **{"delete-original": True}).returncode == 0
    assert site.get(f"/files/{broken['file_id']}")["version"] == 1
