"""`treadle connector import --dry-run` on whatever lies in a folder, and every option of the mapping."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from dicom_bytes import MR, data_set, element, instance, write
from hypothesis import given, settings
from hypothesis import strategies as st
from import_kit import config_file, dry_run
from pydicom import dcmread, dcmwrite
from pydicom.datadict import tag_for_keyword

MAPPED = (
    "SpecificCharacterSet", "ImageType", "SOPClassUID", "SOPInstanceUID", "StudyDate", "SeriesDate", "AcquisitionDate",
    "AcquisitionDateTime", "StudyTime", "SeriesTime", "AcquisitionTime", "AccessionNumber", "Modality",
    "Manufacturer", "StudyDescription", "SeriesDescription", "OperatorsName", "PatientName", "PatientID",
    "PatientBirthDate", "PatientSex", "PatientAge", "PatientWeight", "PatientComments", "ProtocolName",
    "StudyInstanceUID", "SeriesInstanceUID", "StudyID", "SeriesNumber", "AcquisitionNumber", "InstanceNumber",
    "TimezoneOffsetFromUTC", "ImagePositionPatient", "ImageOrientationPatient", "NumberOfFrames", "Rows", "Columns",
)  # fmt: skip
UIDS = {"SOPClassUID": MR, "SOPInstanceUID": "1.1", "StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "4.5.6"}
VRS = (
    "LO",
    "PN",
    "DA",
    "TM",
    "DT",
    "UI",
    "IS",
    "DS",
    "US",
    "FD",
    "OB",
    "OW",
    "UN",
    "SQ",
    "UT",
    "CS",
    "AT",
    "AS",
    "??",
)
CHARSETS = (
    "", "ISO_IR 100", "ISO_IR 192", "ISO_IR 13", "\\ISO 2022 IR 87", "ISO 2022 IR 149\\ISO 2022 IR 87", "GB18030",
    "GBK", "ISO_IR 999", "latin-1", "\x00\xff", "ISO_IR 192\\ISO_IR 100",
)  # fmt: skip
TYPED = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([
        b"", b"\\", b"\\\\\\", b"fw://psych/study01/s\\ses-1", b"x" * 300, b"19000101\\20200101", b"240000",
        b"99999999", b"nan", b"inf", b"1e400", b"-0", b"1" * 60, b"999Y", b"\x1b$B;3ED\x1b(B^\x1b$BB@O:", b"\xff\xfe",
        b"+9999",
        b"20201023105649.5+2500",
    ]),
)  # fmt: skip


def one(
    tmp_path: Path, values: dict[str, Any], flat: dict[str, Any] | None = None, **options: Any
) -> dict[str, Any]:
    instance(tmp_path / "in" / "a.dcm", values)
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path, flat, **options))
    return document


def test_everything_but_images_is_passed_over_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    instance(folder / "a" / "1.dcm", {"SOPInstanceUID": "1.1"})
    instance(folder / "a" / "no suffix", {"SOPInstanceUID": "1.2"})
    instance(folder / "b" / "bare", {"SOPInstanceUID": "1.3"}, preamble=False)
    write(folder / "DICOMDIR", element(0x00041130, "CS", b"SET"), sop_class=b"1.2.840.10008.1.3.10")
    (folder / "notes.txt").write_text("fw://psych/study01")
    (folder / "empty.dcm").touch()
    (folder / "cut.dcm").write_bytes(bytes(128) + b"DICM")
    (folder / "pk").write_bytes(b"PK\x03\x04 not a zip")
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to("nowhere")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.write(instance(tmp_path / "1.dcm", {"SOPInstanceUID": "1.4"}), "deep/../er/1.dcm")
        archive.writestr("readme.md", "no image")
    (document,), told = dry_run(folder, config_file(tmp_path))
    assert document["files"][0]["file.zip_member_count"] == 4
    assert told == "4 DICOM files; passed over: 1 DICOMDIR, 4 not DICOM, 1 unreadable\n"


def test_a_file_twice_in_the_folder_is_one_member(tmp_path: Path) -> None:
    for name in ("a", "b"):
        instance(tmp_path / "in" / name, {})
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path))
    assert document["files"][0]["file.zip_member_count"] == 1


@pytest.mark.parametrize("values", [
    {"SOPInstanceUID": None}, {"SeriesInstanceUID": None}, {"StudyInstanceUID": None},
    {"StudyInstanceUID": "../x"}, {"SeriesInstanceUID": "1.2\\1.3"},
])  # fmt: skip
def test_an_image_without_usable_uids_is_not_uploaded(tmp_path: Path, values: dict[str, Any]) -> None:
    document = one(tmp_path, values)
    assert document["decision"] == "skip"
    assert "quarantine" in document["reason"]


def test_a_private_field_routes_and_opts_in(tmp_path: Path) -> None:
    body = data_set(
        {"SOPClassUID": MR, "SOPInstanceUID": "1.1", "StudyInstanceUID": "1", "SeriesInstanceUID": "2"}
    )
    private = element(0x00290011, "LO", b"ACME LAB") + element(0x00291105, "LO", b"fw://Psych/study01/sub-1")
    write(tmp_path / "in" / "a.dcm", body + private)
    flat = {"routing_field": '0029,"ACME LAB",05'}
    opt = {"mode": "in", "field": "routing", "match": "valid"}
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path, flat, opt=opt))
    assert (document["decision"], document["routing"]["group"]) == ("upload", "psych")
    assert document["routing"]["requested_group"] == "psych"
    (skipped,), _ = dry_run(tmp_path / "in", config_file(tmp_path, {}, opt=opt))
    assert skipped["decision"] == "skip"


def test_enhanced_objects_and_screen_saves(tmp_path: Path) -> None:
    enhanced = {"NumberOfFrames": 40, "AcquisitionDateTime": "20201023105649.25", "Manufacturer": "Philips"}
    (file,) = one(tmp_path, {**enhanced, "StudyDate": "20201023", "StudyTime": "100000"})["files"]
    assert file["acquisition.timestamp"] == "2020-10-23T10:56:49.250+00:00"
    assert file["file.zip_member_count"] == 1
    (file,) = one(
        tmp_path, {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"], "SeriesInstanceUID": "4.5.7"}
    )["files"]
    assert (file["acquisition.uid"], file["acquisition.label"]) == ("4.5.6", "4.5.7")


# One row for every line of the table "Documentation vs client libraries": header, option, field, default, changed.
HEADER = {"StudyDate": "20201023", "StudyTime": "105624", "SeriesDescription": "Series", "SeriesNumber": "7"}
GE = {"Manufacturer": "GE", "AcquisitionNumber": 2}
CAPTURE = {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}
SIEMENS = {
    "Manufacturer": "SIEMENS", "SeriesDate": "20201023", "SeriesTime": "110000",
    "AcquisitionDateTime": "20201023120000",
}  # fmt: skip


@pytest.mark.parametrize(("values", "option", "name", "usual", "changed"), [
    ({"PatientID": "psych/study01"}, {"require_prefix": False}, "group._id", None, "psych"),
    ({"PatientID": "fw://g/p/ses1"}, {"third_segment": "subject"}, "subject.label", "exc47f5b18", "ses1"),
    ({"PatientID": "fw://g/p/x"}, {"third_segment": "session"}, "session.label", "2020-10-23T10-56-24", "x"),
    ({"PatientID": "s9@g/p"}, {"forms": ["uri"]}, "group._id", "g", None),
    ({}, {"acquisition_label": "number_description"}, "acquisition.label", "Series", "7 - Series"),
    (GE, {"split_by_acquisition_number": "never"}, "acquisition.uid", "4.5.6_2", "4.5.6"),
    (CAPTURE, {"decrement_captures": False}, "acquisition.uid", "4.5.5", "4.5.6"),
    ({**GE, "Manufacturer": "Bruker"}, {"acquisition_number_exclude": ["SIEMENS", "BRUKER"]}, "acquisition.uid",
     "4.5.6_2", "4.5.6"),
    (SIEMENS, {"acquisition_time": "acquisition_first"}, "acquisition.timestamp",
     "2020-10-23T11:00:00+00:00", "2020-10-23T12:00:00+00:00"),
    ({}, {"timezone": "Europe/Budapest"}, "session.timestamp",
     "2020-10-23T10:56:24+00:00", "2020-10-23T10:56:24+02:00"),
    ({}, {"timezone": "local"}, "session.timestamp", "2020-10-23T10:56:24+00:00", "2020-10-23T10:56:24-05:00"),
    ({"TimezoneOffsetFromUTC": "+0100"}, {"timezone_offset_tag": "ignore"}, "session.timestamp",
     "2020-10-23T09:56:24+00:00", "2020-10-23T10:56:24+00:00"),
    ({"StudyDate": None, "StudyInstanceUID": "1.2.20201023105624.3"}, {"uid_timestamps": True}, "session.timestamp",
     None, "2020-10-23T10:56:24+00:00"),
    ({"PatientID": "fw://g/p/s", "StudyID": "77"}, {"subject_key": "StudyID", "subject_key_wins": True},
     "subject.label", "s", "77"),
    ({"PatientID": "MRN", "StudyID": "77"}, {"subject_key": "StudyID"}, "subject.label", "MRN", "77"),
    ({"StudyDescription": "d", "AccessionNumber": "a"}, {"session_label_key": "AccessionNumber"},
     "session.label", "d", "a"),
    ({"PatientName": "JohnDoe"}, {}, "subject.lastname", "JohnDoe", "JohnDoe"),
    ({"PatientID": "fw://G/p"}, {"create_projects": True}, "group._id", "g", "g"),
    ({"PatientID": "x", "PatientComments": "fw://g/p"}, {"routing_fields": ["PatientID", "PatientComments"]},
     "group._id", None, "g"),
    ({"PatientID": "x"}, {"routing_defaults": {"group": "animals", "project": "pilot"}},
     "project.label", None, "pilot"),
    ({"StudyID": "psych-study01"}, {"routing_patterns": ["StudyID={group}-{project}"]},
     "project.label", None, "study01"),
])  # fmt: skip
def test_every_option_changes_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], option: dict[str, Any],
    name: str, usual: object, changed: object,
) -> None:  # fmt: skip
    monkeypatch.setenv("TZ", "America/Chicago")
    assert one(tmp_path, {**HEADER, **values})["files"][0][name] == usual
    assert one(tmp_path, {**HEADER, **values}, option)["files"][0][name] == changed


def test_the_command_runs_without_server_spool_and_key(tmp_path: Path) -> None:
    instance(tmp_path / "in" / "a.dcm", {"PatientID": "fw://psych/study01"})
    config = config_file(tmp_path)
    config.write_text(
        'server: {url: "https://nowhere.invalid", api_key: "${NOT_SET}"}\n' + config.read_text()
    )
    words = [
        "connector",
        "import",
        str(tmp_path / "in"),
        "--device",
        "d",
        "--config",
        str(config),
        "--dry-run",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "treadle", *words, "--json"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["routing"]["project"] == "study01"
    table = subprocess.run(
        [sys.executable, "-m", "treadle", *words], capture_output=True, text=True, check=True
    )
    assert "study01" in table.stdout and table.stderr == "1 DICOM files\n"


def tried(body: bytes, *, flat: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """What the command makes of one file with this data set; it may be anything but a traceback."""
    with TemporaryDirectory() as folder:
        write(Path(folder, "in", "a.dcm"), body)
        documents, _ = dry_run(Path(folder, "in"), config_file(Path(folder), flat))
    assert all(document["decision"] in ("upload", "skip") for document in documents)
    return documents


fuzz = settings(max_examples=60)


@fuzz
@given(st.dictionaries(st.sampled_from(MAPPED), TYPED, max_size=12), st.sampled_from(CHARSETS))
def test_no_value_ends_it_badly(values: dict[str, bytes], charset: str) -> None:
    usual = {"StudyInstanceUID": b"1.2.3", "SeriesInstanceUID": b"4.5.6", "SOPInstanceUID": b"1.2"}
    held = {**usual, "SpecificCharacterSet": charset.encode("latin-1"), **values}
    elements = sorted((tag_for_keyword(keyword), value) for keyword, value in held.items())
    tried(b"".join(element(tag, "LO", value) for tag, value in elements))


@fuzz
@given(st.lists(st.tuples(st.sampled_from(MAPPED), st.sampled_from(VRS), TYPED), max_size=12), st.booleans())
def test_no_wrong_type_ends_it_badly(values: list[tuple[str, str, bytes]], usual: bool) -> None:
    whole = (
        {0x0020000D: ("UI", b"1.2.3"), 0x0020000E: ("UI", b"4.5.6"), 0x00080018: ("UI", b"1.2")}
        if usual
        else {}
    )
    whole |= {tag_for_keyword(keyword): (vr, value) for keyword, vr, value in values}
    tried(b"".join(element(tag, vr, value) for tag, (vr, value) in sorted(whole.items())))


@fuzz
@given(st.data())
def test_no_broken_file_ends_it_badly(data: st.DataObject) -> None:
    values = {"PatientName": "Doe^John", "PatientID": "fw://a/b", "StudyDate": "20200101"}
    body = bytearray(data_set({**UIDS, **values}))
    body += struct.pack("<HH2sHI", 0x0040, 0x0275, b"SQ", 0, 0xFFFFFFFF)
    body += struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    for _ in range(data.draw(st.integers(0, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    tried(bytes(body[: data.draw(st.integers(0, len(body)))]))


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"])
def test_every_encoding_is_read(tmp_path: Path, syntax: str) -> None:
    source = dcmread(instance(tmp_path / "source", {"PatientID": "fw://g/p/s", "PatientName": "Doe^John"}))
    source.file_meta.TransferSyntaxUID = syntax
    (tmp_path / "in").mkdir()
    dcmwrite(
        tmp_path / "in" / "a", source,
        implicit_vr=syntax == "1.2.840.10008.1.2", little_endian=syntax != "1.2.840.10008.1.2.2",
        enforce_file_format=True,
    )  # fmt: skip
    (document,), _ = dry_run(tmp_path / "in", config_file(tmp_path))
    assert (document["routing"]["project"], document["files"][0]["subject.lastname"]) == ("p", "Doe")
