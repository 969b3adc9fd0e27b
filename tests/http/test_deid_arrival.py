"""De-identification on arrival: clients that cannot do it have it done, and nothing identified is kept."""

import io
import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

BASIC = "name: Basic\ntreadle: {preset: ps315-basic}\n"
NAME = "Plantagenet"


def dicom(*, cut: int = 0, name: str = NAME) -> bytes:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    item = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    item.SOPClassUID, item.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
    item.StudyInstanceUID, item.SeriesInstanceUID = generate_uid(), generate_uid()
    item.Modality, item.PatientName, item.PatientID = "MR", f"{name}^Ann", f"{name}-1"
    item.Rows = item.Columns = 8
    item.PixelData = bytes(64)
    out = io.BytesIO()
    item.save_as(out, enforce_file_format=True)
    return out.getvalue()[: -cut or None]


@pytest.fixture
def home(treadle_server) -> Path:
    return Path(treadle_server.home)


@pytest.fixture
def protected(tree):
    """A hierarchy whose project has a profile."""
    answer = tree.api.put(f"/projects/{tree.project}/deid", json={"text": BASIC})
    assert answer.status_code == 200, answer.text
    return tree


def nowhere(home: Path) -> None:
    """No file under the home folder holds the planted name (the database keeps its files elsewhere in it)."""
    for place in ("blobs", "quarantine"):
        for folder, _, names in os.walk(home / place):
            for path in (Path(folder, name) for name in names):
                with suppress(FileNotFoundError):  # what others are just sending, or was just collected
                    assert NAME.encode() not in path.read_bytes(), path


def check(tree, document, home) -> None:
    found = tree.get(f"/files/{document['file_id']}")
    assert NAME not in json.dumps(found)
    assert found["deid"]["at"] == "server"
    assert found["deid"]["profile_id"] == f"project:{tree.project}"
    path = f"/{found['parent_ref']['type']}s/{found['parent_ref']['id']}/files/{found['name']}"
    assert NAME.encode() not in tree.api.get(path).content
    nowhere(home)


def test_a_plain_upload_is_de_identified_and_says_by_what(protected, home) -> None:
    answer = protected.api.post(
        f"/acquisitions/{protected.acquisition}/files",
        files={"file": (f"{NAME}.dcm", dicom())},
        data={"metadata": json.dumps({"name": f"{NAME}.dcm", "type": "dicom", "info": {"who": NAME}})},
    )
    assert answer.status_code == 200, answer.text
    check(protected, answer.json()[0], home)
    stored = protected.api.get(
        f"/acquisitions/{protected.acquisition}/files/{answer.json()[0]['name']}"
    ).content
    assert pydicom.dcmread(io.BytesIO(stored)).PatientIdentityRemoved == "YES"


def test_a_zipped_series_is_de_identified_member_by_member(protected, home) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.dcm", dicom())
    check(protected, protected.upload("s.dicom.zip", packed.getvalue()), home)


def test_a_file_that_is_refused_leaves_nothing_and_its_sender_is_told(protected, home, problem) -> None:
    files = [("file", ("good.dcm", dicom())), ("file", ("bad.dcm", dicom(cut=40)))]
    path = f"/acquisitions/{protected.acquisition}"
    refused = problem(protected.api.post(f"{path}/files", files=files), 422)
    assert refused["code"] == "DEID_REJECTED"
    assert [(one["index"], one["code"]) for one in refused["errors"]] == [(1, "DEID_TRUNCATED")]
    assert protected.get(path)["files"] == []
    nowhere(home)
    assert not list((home / "quarantine").rglob("*.*"))


def test_what_no_section_treats_is_refused_until_the_profile_says_so(protected, problem) -> None:
    path = f"/acquisitions/{protected.acquisition}/files"
    refused = problem(protected.api.post(path, files={"file": ("a.txt", b"x")}), 422)
    assert refused["errors"][0]["code"] == "DEID_UNSUPPORTED_TYPE"
    text = BASIC + "filename: {file-filter: ['*.txt']}\n"
    protected.api.put(f"/projects/{protected.project}/deid", json={"text": text})
    assert protected.upload("a.txt", b"x")["name"] == "a.txt"


def test_an_upload_by_labels_is_de_identified_with_the_subjects_label(protected, home) -> None:
    text = "treadle: {preset: ps315-basic, patient-id: {from: subject-label}}\n"
    protected.api.put(f"/projects/{protected.project}/deid", json={"text": text})
    metadata = {
        "group": {"_id": protected.group},
        "project": {"label": "P"},
        "session": {"label": "E2", "subject": {"label": "S7"}},
        "acquisition": {"label": "A2", "files": [{"name": "x.dcm", "type": "dicom"}]},
    }
    form = {"data": {"metadata": json.dumps(metadata)}, "files": {"file": ("x.dcm", dicom())}}
    placed = protected.api.post("/upload/label", **form)
    assert placed.status_code == 200, placed.text
    document = {"file_id": placed.json()[0]["_id"]["file_id"]}
    check(protected, document, home)
    stored = protected.api.get(
        f"/acquisitions/{placed.json()[0]['parents']['acquisition']}/files/{placed.json()[0]['name']}"
    )
    assert pydicom.dcmread(io.BytesIO(stored.content)).PatientID == "S7"


def test_an_upload_by_uids_is_refused_since_they_identify(protected, problem) -> None:
    metadata = {
        "group": {"_id": protected.group},
        "project": {"label": "P"},
        "session": {"uid": "1.2.3", "subject": {"label": "S7"}},
        "acquisition": {"uid": "1.2.4", "files": [{"name": "x.dcm"}]},
    }
    form = {"data": {"metadata": json.dumps(metadata)}, "files": {"file": ("x.dcm", dicom())}}
    assert problem(protected.api.post("/upload/uid", **form), 409)["code"] == "DEID_REQUIRED"


def test_a_packfile_holds_de_identified_members_only(protected, home) -> None:
    token = protected.api.post(f"/projects/{protected.project}/packfile-start").json()["token"]
    path = f"/projects/{protected.project}"
    for number in range(2):
        sent = protected.api.post(
            f"{path}/packfile", params={"token": token}, files={"file": (f"{NAME}{number}.dcm", dicom())}
        )
        assert sent.status_code == 200, sent.text
    place = {
        "session": {"label": "E3", "subject": {"label": "S"}},
        "acquisition": {"label": "A3"},
        "packfile": {"type": "dicom"},
    }
    end = protected.api.get(
        f"{path}/packfile-end", params={"token": token, "metadata": json.dumps(place), "file_count": 2}
    )
    result = json.loads(end.text.split("data: ")[-1])
    found = protected.get(f"/acquisitions/{result['acquisition_id']}")["files"][0]
    assert found["zip_member_count"] == 2
    check(protected, found, home)


def test_a_series_that_was_not_de_identified_is_not_even_announced(protected, problem) -> None:
    asked = {
        "key": {"study": "1.2", "series": "1.3", "bucket": "1.3"},
        "digest": "d",
        "size": 10,
        "sha256": "0" * 64,
        "fields": {},
        "routing": {"form": "uri", "group": protected.group, "project": "P", "status": "ok"},
    }
    refused = problem(protected.api.post("/connector/series", json=asked), 409)
    assert refused["code"] == "DEID_REQUIRED"
    sha256 = protected.get(f"/projects/{protected.project}/deid")["profile"]["sha256"]
    record = {"profile_id": "x", "sha256": sha256, "engine": "1", "at": "connector"}
    answer = protected.api.post("/connector/series", json={**asked, "deid": record})
    assert answer.json()["status"] == "upload"
