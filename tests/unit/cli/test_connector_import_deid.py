"""`treadle connector import --dry-run` says what a series would be after de-identification, and what would be held."""

from __future__ import annotations

import json
from pathlib import Path

from import_kit import config_file, dry_run
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

MR, SECONDARY = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.7"
ROUTED = {"routing_field": "PatientComments"}


def image(folder: Path, *, sop_class: str = MR, number: int = 1, **values: object) -> None:
    folder.mkdir(exist_ok=True)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, f"1.2.3.4.5.6.7.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = "1.2.3.4.5.6.7", "1.2.3.4.5.6.8", "MR"
    ds.PatientName, ds.PatientID = "Roe-Smythe^Jane", "MRN0815"
    ds.StudyDate, ds.StudyTime, ds.SeriesDescription = "20260102", "101112", "AX T2 Smythe"
    ds.PatientComments, ds.InstanceNumber = "fw://psych/study01", number
    for name, value in values.items():
        setattr(ds, name, value)
    ds.save_as(folder / f"{number}.dcm", enforce_file_format=True)


def test_fields_are_those_of_what_would_leave(tmp_path: Path) -> None:
    image(tmp_path / "in")
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path, ROUTED, deid={"profile": "research"}))
    (file,) = document["files"]
    assert document["decision"] == "upload"
    assert (file["group._id"], file["project.label"]) == ("psych", "study01")
    assert (file["acquisition.label"], file["subject.lastname"]) == ("AX T2", None)
    assert file["subject.label"].startswith("S")
    assert file["acquisition.uid"].startswith("2.25.")
    assert not any(text in json.dumps(file) for text in ("Roe", "Smythe", "MRN0815", "2026-01-02"))
    assert (document["deid"]["profile_id"], document["deid"]["at"]) == ("device:d", "connector")
    assert ["00100010", "D"] in [line[:2] for line in document["deid_report"]["elements"]]


def test_what_the_profile_rejects_would_be_held_with_its_code(tmp_path: Path) -> None:
    image(tmp_path / "in", sop_class=SECONDARY, ConversionType="WSD", BurnedInAnnotation="YES", Rows=1, Columns=1,
          BitsAllocated=8, BitsStored=8, HighBit=7, PixelRepresentation=0, SamplesPerPixel=1,
          PhotometricInterpretation="MONOCHROME2", PixelData=b"\0\0")  # fmt: skip
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path, ROUTED, deid={"profile": "research"}))
    assert (document["decision"], document["files"]) == ("hold", [])
    assert document["reason"].startswith("DEID_PIXELS at 7FE00010: 1 of 1 images.")


def test_a_routing_string_in_place_of_a_patient_id_makes_no_patient_of_itself(tmp_path: Path) -> None:
    labels = set()
    for study in ("1.2.3.4.5.6.71", "1.2.3.4.5.6.72"):
        image(tmp_path / study, PatientID="fw://psych/study01", StudyInstanceUID=study, PatientComments="")
        (document,), _ = dry_run(tmp_path / study, config_file(tmp_path, {}, deid={"profile": "research"}))
        labels.add(document["files"][0]["subject.label"])
    assert len(labels) == 2


def test_labels_that_name_the_patient_are_withheld(tmp_path: Path) -> None:
    image(tmp_path / "in", PatientComments="fw://psych/study01/MRN0815/ses-1")
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path, ROUTED, deid={"profile": "research"}))
    (file,) = document["files"]
    assert file["session.label"] == "ses-1"
    assert file["subject.label"].startswith("S")


def test_screen_saves_stay_with_the_series_they_were_made_from(tmp_path: Path) -> None:
    image(tmp_path / "in", SeriesInstanceUID="1.2.3.4.5.6.100")
    image(tmp_path / "in", number=2, SeriesInstanceUID="1.2.3.4.5.6.101",
          ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"])  # fmt: skip
    profile = tmp_path / "p.yaml"
    profile.write_text("name: p\ndicom:\n  fields:\n  - {regex: '.*InstanceUID$', hashuid: true}\n")
    documents, _ = dry_run(tmp_path / "in", config_file(tmp_path, ROUTED, deid={"profile": "p.yaml"}))
    uids = {one["files"][0]["acquisition.uid"] for one in documents}
    assert len(documents) == 2
    assert len(uids) == 1
    assert uids != {"1.2.3.4.5.6.100"}


def test_values_that_only_fill_a_place_make_no_labels_or_times(tmp_path: Path) -> None:
    image(tmp_path / "in", ProtocolName="Brain of Roe", SeriesDate="20260102", SeriesTime="101112",
          OperatorsName="Roe^Ann")  # fmt: skip
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path, ROUTED, deid={"profile": "ps315-basic"}))
    (file,) = document["files"]
    assert file["session.timestamp"] is file["acquisition.timestamp"] is file["session.operator"] is None
    assert file["session.label"] == file["session.uid"]
    assert file["acquisition.label"] == file["acquisition.uid"]


def test_a_server_that_cannot_be_asked_is_told_of_and_does_no_harm(tmp_path: Path) -> None:
    image(tmp_path / "in")
    config = config_file(tmp_path, ROUTED)
    with config.open("a") as file:
        file.write("server: {url: 'http://127.0.0.1:9', api_key: key}\n")
    (document,), told = dry_run(tmp_path / "in", config)
    assert document["files"][0]["subject.label"] == "MRN0815"
    assert "the server was not asked for de-identification profiles: ConnectError" in told
