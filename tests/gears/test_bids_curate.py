"""bids-curate on a real server: names that BIDS has, a data set that the validator accepts."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import nibabel as nib
import numpy as np
import pytest

from .conftest import GEARS, Ended, Gear, zipped

T1, REST = (
    {"Intent": ["Structural"], "Measurement": ["T1"]},
    {"Intent": ["Functional"], "Measurement": ["T2*"]},
)


@pytest.fixture(scope="module")
def names() -> Iterator[ModuleType]:
    """The gear's rules of naming, by themselves."""
    sys.path.insert(0, str(GEARS / "bids-curate"))
    try:
        spec = importlib.util.spec_from_file_location("names", GEARS / "bids-curate" / "names.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules["names"] = module
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(GEARS / "bids-curate"))
        for name in ("names", "scans"):
            sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("label", "classification", "info", "beside", "expected"),
    [
        ("t1_mprage", T1, {}, (), "sub-01/anat/sub-01_T1w"),
        (
            "FLAIR",
            {"Intent": ["Structural"], "Measurement": ["T2"], "Features": ["FLAIR"]},
            {},
            (),
            "anat/sub-01_FLAIR",
        ),
        ("task-nback_acq-mb4_run-2_bold", REST, {}, (), "func/sub-01_task-nback_acq-mb4_run-2_bold"),
        ("Resting state BOLD", REST, {}, (), "func/sub-01_task-rest_bold"),
        ("fMRI faces!", REST, {}, (), "func/sub-01_task-faces_bold"),
        ("x", {**REST, "Features": ["SBRef"]}, {}, (), "func/sub-01_task-x_sbref"),
        (
            "dti",
            {"Intent": ["Structural"], "Measurement": ["Diffusion"]},
            {},
            (".bval", ".bvec"),
            "dwi/sub-01_dwi",
        ),
        ("dti", {"Intent": ["Structural"], "Measurement": ["Diffusion"]}, {}, (".bval",), None),
        ("scout", {"Intent": ["Localizer"]}, {}, (), None),
        ("adc", {**T1, "Features": ["Derived"]}, {}, (), None),
        ("t1", T1, {"ImageType": ["DERIVED", "SECONDARY"]}, (), None),
        ("t1", T1, {"BIDS": {"ignore": True}}, (), None),
        ("asl", {"Intent": ["Functional"], "Measurement": ["ASL"]}, {}, (), None),
        (
            "b0",
            {"Intent": ["Fieldmap"]},
            {"EchoTime1": 0.004, "EchoTime2": 0.006},
            (),
            "fmap/sub-01_phasediff",
        ),
        ("b0", {"Intent": ["Fieldmap"]}, {"EchoNumber": 2}, (), "fmap/sub-01_magnitude2"),
        (
            "topup",
            {"Intent": ["Fieldmap"], "Features": ["EPI"]},
            {"PhaseEncodingDirection": "j-"},
            (),
            "fmap/sub-01_dir-AP_epi",
        ),
        ("?", {}, {"BidsGuess": ["func", "_acq-x_dir-AP_run-6_bold"]}, (), "func/sub-01_task-unknown_bold"),
        ("?", {}, {"BidsGuess": ["discard", "_localizer"]}, (), None),
        ("?", {}, {}, (), None),
    ],
)
def test_rules(
    names: ModuleType, label: str, classification: dict, info: dict, beside: tuple, expected: str | None
) -> None:
    """Folder, suffix and entities of one image."""
    scan = names.Scan("01", "1", label, "a", "x.nii.gz", dict.fromkeys(beside, "f"), classification, info)
    (found,) = names.assign([scan])
    if expected is None:
        assert found.name is None
        assert found.why
    else:
        assert f"{found.name.path}/{found.name.stem}".endswith(expected)


def test_names_are_never_alike(names: ModuleType) -> None:
    """Repeats are numbered, echoes told apart, sessions shown when there are several; labels that merge are refused."""

    def scan(subject: str, session: str, label: str, place: str, **info: Any) -> Any:
        return names.Scan(subject, session, label, place, f"{place}{info}.nii.gz", {}, REST, info)

    found = names.assign(
        [scan("1", "a", "rest", "p"), scan("1", "a", "rest", "q"), scan("1", "b", "rest", "r")]
    )
    assert [one.name.stem for one in found] == [
        "sub-1_ses-a_task-rest_run-1_bold",
        "sub-1_ses-a_task-rest_run-2_bold",
        "sub-1_ses-b_task-rest_bold",
    ]
    echoes = names.assign([scan("1", "a", "rest", "p", EchoTime=time) for time in (0.03, 0.01)])
    assert [one.name.stem for one in echoes] == ["sub-1_task-rest_echo-2_bold", "sub-1_task-rest_echo-1_bold"]
    with pytest.raises(ValueError, match="rename one of them"):
        names.assign([scan("s-1", "a", "rest", "p"), scan("s1", "a", "rest", "q")])


class Project:
    """A project of its own on the server of the tests."""

    def __init__(self, server: Any) -> None:
        key = server.api_key.rpartition(":")[2]
        self.key = f"{httpx.URL(server.url).netloc.decode()}:__force_insecure:{key}"
        self.api = httpx.Client(
            base_url=f"{server.url}/api", headers={"Authorization": f"scitran-user {key}"}, timeout=60
        )
        self.group = self.add("groups", _id=f"b{uuid.uuid4().hex[:12]}")
        self.id = self.add("projects", group=self.group, label="Study A")
        self.session = ""

    def add(self, level: str, **document: Any) -> str:
        answer = self.api.post(f"/{level}", json=document)
        assert answer.status_code == 200, answer.text
        return answer.json()["_id"]

    def visit(self, subject: str, session: str, **about: Any) -> None:
        made = self.add("subjects", project=self.id, label=subject, sex="female")
        self.session = self.add("sessions", project=self.id, subject={"_id": made}, label=session, **about)

    def scan(self, label: str, files: dict[str, Path], metadata: dict[str, dict]) -> str:
        place = self.add("acquisitions", session=self.session, label=label)
        for name, path in files.items():
            about = json.dumps({"name": name, **metadata.get(name, {})})
            answer = self.api.post(
                f"/acquisitions/{place}/files",
                files={"file": (name, path.read_bytes())},
                data={"metadata": about},
            )
            assert answer.status_code == 200, answer.text
        return place

    def files(self, place: str) -> dict[str, dict]:
        return {one["name"]: one for one in self.api.get(f"/acquisitions/{place}").json()["files"]}


def _convert(gear: Gear, dicom: Path, folder: str, tmp_path: Path) -> Ended:
    files = [path for path in sorted((dicom / folder).rglob("*")) if path.is_file()]
    series = zipped(files, tmp_path / f"{Path(folder).parts[0]}.dicom.zip")
    ended = gear("dicom-to-nifti", {"source": series})
    assert ended.status == 0, ended.log
    return ended


def _upload(project: Project, label: str, ended: Ended, **more: Any) -> str:
    files = {name: ended.folder / name for name in ended.names()}
    told = {name: {key: value for key, value in ended.told(name).items() if key != "name"} for name in files}
    return project.scan(label, files, {name: one | more for name, one in told.items()})


def test_data_set_of_a_project(treadle_server: Any, gear: Gear, dicom_data: Path, tmp_path: Path) -> None:
    """Real series converted by dicom-to-nifti, and a T1: every image named, on the server and in a valid data set."""
    project = Project(treadle_server)
    project.visit("S 01", "base", age=31 * 31557600)
    epi = _upload(project, "Resting BOLD", _convert(gear, dicom_data, "enhanced_mr/Siemens/XA10", tmp_path))
    dti = _upload(project, "DTI", _convert(gear, dicom_data, "uih_mr", tmp_path))
    nib.save(nib.Nifti1Image(np.ones((8, 8, 8), np.int16), np.diag([2, 2, 2, 1])), tmp_path / "t1.nii.gz")
    anatomy = project.scan(
        "T1", {"t1.nii.gz": tmp_path / "t1.nii.gz"}, {"t1.nii.gz": {"modality": "MR", "classification": T1}}
    )
    ended = _curate(gear, project, "project", project.id, authors="A. Author; B. Author", name="Planted")
    assert ended.status == 0, ended.log
    assert ended.names() == {"bids-StudyA.tsv", "bids-StudyA.zip"}
    with (ended.folder / "bids-StudyA.tsv").open() as file:
        listed = {row["acquisition"]: row["name"] for row in csv.DictReader(file, delimiter="\t")}
    assert listed == {
        "Resting BOLD": "sub-S01/func/sub-S01_task-rest_bold.nii.gz",
        "DTI": "sub-S01/dwi/sub-S01_dwi.nii.gz",
        "T1": "sub-S01/anat/sub-S01_T1w.nii.gz",
    }
    told = {one: file["info"]["BIDS"] for one, file in project.files(dti).items()}
    assert {one["Filename"] for one in told.values()} == {
        f"sub-S01_dwi.{ending}" for ending in ("nii.gz", "json", "bval", "bvec")
    }
    assert project.files(anatomy)["t1.nii.gz"]["info"]["BIDS"]["Path"] == "sub-S01/anat"
    data_set = tmp_path / "data-set"
    with zipfile.ZipFile(ended.path(".zip")) as archive:
        archive.extractall(data_set)
    assert (data_set / "participants.tsv").read_text().splitlines()[1] == "sub-S01\tF\t31.0"
    image = next(name for name in project.files(epi) if name.endswith(".nii.gz"))
    stored = project.api.get(f"/acquisitions/{epi}/files/{image}").content
    assert (data_set / listed["Resting BOLD"]).read_bytes() == stored
    assert _errors(data_set, tmp_path) == []
    second = _curate(gear, project, "project", project.id, authors="A. Author; B. Author", name="Planted")
    assert second.path(".zip").read_bytes() == ended.path(".zip").read_bytes()


def test_one_session_and_names_taken_back(treadle_server: Any, gear: Gear, tmp_path: Path) -> None:
    """A run on a session sees that session; an image classified otherwise since then loses its name."""
    project = Project(treadle_server)
    nib.save(nib.Nifti1Image(np.ones((8, 8, 8), np.int16), np.eye(4)), tmp_path / "t1.nii")
    places = []
    for subject in ("a", "b"):
        project.visit(subject, "1")
        places.append(
            project.scan(
                "T1", {"t1.nii": tmp_path / "t1.nii"}, {"t1.nii": {"modality": "MR", "classification": T1}}
            )
        )
    places.append(
        project.scan(
            "T1 again", {"t1.nii": tmp_path / "t1.nii"}, {"t1.nii": {"modality": "MR", "classification": T1}}
        )
    )
    ended = _curate(gear, project, "session", project.session, dataset=False, sessions="yes")
    assert ended.status == 0, ended.log
    assert ended.names() == {"bids-1.tsv"}
    found = [project.files(place)["t1.nii"]["info"].get("BIDS", {}).get("Filename") for place in places]
    assert found == [None, "sub-b_ses-1_run-1_T1w.nii", "sub-b_ses-1_run-2_T1w.nii"]
    body = {"replace": {"Intent": ["Localizer"]}, "modality": "MR"}
    assert project.api.post(f"/acquisitions/{places[2]}/files/t1.nii/classification", json=body).is_success
    assert _curate(gear, project, "session", project.session, dataset=False).status == 0
    assert "BIDS" not in project.files(places[2])["t1.nii"]["info"]


def test_nothing_to_name(treadle_server: Any, gear: Gear) -> None:
    """A project without images, and a destination of another level: a sentence and a failed job."""
    project = Project(treadle_server)
    empty = _curate(gear, project, "project", project.id)
    assert (empty.status, "no image here has a place" in empty.log) == (1, True), empty.log
    other = _curate(gear, project, "acquisition", project.id)
    assert (other.status, "start this on a project" in other.log) == (1, True), other.log


def _curate(gear: Gear, project: Project, level: str, id_: str, **config: Any) -> Ended:
    return gear("bids-curate", {}, destination=level, destination_id=id_, api_key=project.key, **config)


def _errors(data_set: Path, tmp_path: Path) -> list[tuple[str, str]]:
    """What the BIDS validator finds wrong."""
    validator = Path(sys.executable).with_name("bids-validator-deno")
    done = subprocess.run(
        [validator, str(data_set), "--format", "json"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DENO_DIR": str(tmp_path / "deno")},
        capture_output=True,
        text=True,
        check=False,
    )
    issues = json.loads(done.stdout)["issues"]["issues"]
    return [(one["code"], one.get("location", "")) for one in issues if one["severity"] == "error"]
