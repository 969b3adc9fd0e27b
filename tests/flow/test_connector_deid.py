"""De-identification on the way through a connector: nothing of a patient leaves, everything that should arrives."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from connector_kit import Connector, Door, acknowledged, make_instances, send, wait_until

pytestmark = [pytest.mark.peer, pytest.mark.usefixtures("storescu")]
Make = Callable[..., Connector]

RESEARCH = "name: trial\ntreadle: {preset: research}\n"
STRICT = "name: strict\ntreadle: {preset: ps315-basic}\n"
NO_PIXELS = "name: picky\ntreadle: {preset: research}\ndicom:\n  fields:\n  - {name: StudyDate, increment-date: true}\n"
ROOT = "1.2.826.0.1.3680043.10.4711.20260102.9"
PLANTED = ("Jane", "Roe-Smythe", "Roe", "Smythe", "MRN0815", "19610203", "OpSecret", "hospital-x", ROOT)


def instances(folder: Path, count: int, *, first: int = 0, **values: object) -> list[Path]:
    """Images of one series that name a patient in many places."""
    paths = make_instances(folder, count, first=first, root=ROOT)
    for path in paths:
        ds = pydicom.dcmread(path)
        ds.PatientID, ds.PatientName, ds.PatientBirthDate = "MRN0815", "Roe-Smythe^Jane", "19610203"
        ds.PatientComments, ds.OperatorsName = "fw://psych/study01/sub-1/ses-1", "OpSecret^Ann"
        ds.InstitutionName, ds.StudyDescription = "hospital-x", "Brain of Jane Roe-Smythe"
        ds.SeriesDescription, ds.ImageComments = "AX T2 for Smythe", "call MRN0815"
        ds.add_new((0x0029, 0x0010), "LO", "SECRET")
        ds.add_new((0x0029, 0x1001), "LT", "Jane Roe-Smythe")
        for name, value in values.items():
            setattr(ds, name, value)
        ds.save_as(path, enforce_file_format=True)
    return paths


def options(**more: object) -> dict:
    """One device that routes by PatientComments."""
    mapping = {"routing_field": "PatientComments"}
    return {"defaults": {"series_quiet_s": 1, "mapping": mapping, **more}}


def everything_that_left(door: Door) -> bytes:
    """Whatever the server has been sent, unpacked."""
    found = [path.read_bytes() for path in door.folder.iterdir()]
    for file in door.files():
        for version in file["versions"]:
            with door.zip_of(version) as archive:
                found += [archive.read(name) for name in archive.namelist()]
    return b"\n".join(found)


def assert_nothing_leaked(door: Door) -> None:
    left = everything_that_left(door).lower()
    for text in PLANTED:
        for encoded in (text.lower().encode(), text.lower().encode("utf-16-le")):
            assert encoded not in left, text


def headers(door: Door, version: dict) -> list[pydicom.Dataset]:
    with door.zip_of(version) as archive:
        return [pydicom.dcmread(BytesIO(archive.read(name))) for name in archive.namelist()]


def test_nothing_that_identifies_leaves_and_the_place_stays(
    door: Door, make_connector: Make, tmp_path: Path
) -> None:
    door.deid(RESEARCH, version=3)
    connector = make_connector(**options())
    assert len(acknowledged(send(instances(tmp_path / "in", 3), connector.port))) == 3
    wait_until(door.files, what="upload")
    assert_nothing_leaked(door)
    (file,) = door.files()
    (version,) = file["versions"]
    asked = version["asked"]
    assert asked["routing"]["group"], asked["routing"]["project"] == ("psych", "study01")
    assert asked["deid"] | {"sha256": "", "engine": ""} == {
        "profile_id": "site", "version": 3, "sha256": "", "engine": "", "at": "connector", "epoch": 1,
    }  # fmt: skip
    assert (asked["fields"]["subject.label"], asked["fields"]["session.label"]) == ("sub-1", "ses-1")
    sent = headers(door, version)
    assert (
        {str(one.StudyInstanceUID) for one in sent}
        == {asked["key"]["study"]}
        == {asked["fields"]["session.uid"]}
    )
    assert asked["key"]["bucket"] == asked["key"]["series"] == str(sent[0].SeriesInstanceUID)
    assert (
        asked["fields"]["session.timestamp"][:10]
        == pydicom.valuerep.DA(sent[0].StudyDate).isoformat()
        != "2026-01-02"
    )
    log = connector.log()
    assert not any(text in log for text in PLANTED if text != ROOT)
