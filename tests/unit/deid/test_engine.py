"""One file through the engine: what is always done, what is refused, and that both ways out give the same bytes."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from treadle.cli.deid_profile import load
from treadle.deid import Code, Context, Engine, Profile, Secrets
from treadle.deid.dicom.part10 import joined

from .planted import CT, Planter, planted

SECRETS = Secrets(bytes(range(32)))


def engine(profile: str | dict[str, object] = "ps315-basic") -> Engine:
    loaded = load(profile) if isinstance(profile, str) else Profile.load(profile)
    return Engine(loaded, SECRETS, Context(group="g", project="p"))


def made(**values: object) -> bytes:
    planter = Planter(1, ("", "ascii", "Quexbury", "Thomasin"), ExplicitVRLittleEndian)
    dataset = planter.image(CT)
    for keyword, value in values.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return planter.finish(dataset, tail=False).data


def read(data: bytes) -> Dataset:
    return pydicom.dcmread(BytesIO(data))


def after(data: bytes, profile: str | dict[str, object] = "ps315-basic") -> Dataset:
    result = engine(profile).process("x.dcm", data)
    assert result.status == "ok", (result.error, result.report.where)
    return read(result.outputs[0][1])


@pytest.mark.parametrize("number", [0, 9, 18, 27, 36])
def test_pieces_and_whole_files_are_the_same_bytes_each_time(number: int) -> None:
    data = planted(number).data
    whole = engine("research").process("x.dcm", data).outputs
    parts = engine("research").parts("x.dcm", data).output
    assert parts is not None
    assert whole == [(parts.name, joined(parts.pieces, parts.data))]


def test_pixels_are_not_copied_on_the_way_of_pieces() -> None:
    planter = Planter(1, ("", "ascii", "A", "B"), ExplicitVRLittleEndian)
    dataset = planter.image(CT)
    dataset.Rows = dataset.Columns = 512
    dataset.PixelData = bytes(512 * 512 * 2)
    parts = engine().parts("x.dcm", planter.finish(dataset).data).output
    assert parts is not None
    assert sum(len(piece) for piece in parts.pieces if isinstance(piece, bytes)) < 10_000


def test_the_preamble_and_file_meta_information_say_nothing() -> None:
    data = planted(3).data
    for profile in (
        "minimal",
        "ps315-basic",
        {"name": "own", "dicom": {"fields": [{"name": "PatientID", "hash": True}]}},
    ):
        result = engine(profile).process("x.dcm", data)  # type: ignore[arg-type]
        written = result.outputs[0][1]
        assert written[:128] == bytes(128)
        meta = read(written).file_meta
        assert {element.tag & 0xFFFF for element in meta} == {0, 1, 2, 3, 0x10, 0x12, 0x13}
        assert meta.MediaStorageSOPInstanceUID == read(written).SOPInstanceUID


def test_a_profiles_own_rules_beat_the_preset_element_by_element() -> None:
    data = made(SeriesDescription="Quexbury keeps it", StudyDescription="Quexbury goes")
    profile = {
        "name": "mixed",
        "treadle": {"preset": "ps315-basic"},
        "dicom": {
            "fields": [
                {"name": "SeriesDescription", "keep": True},
                {"name": "PatientID", "replace-with": "P1"},
            ]
        },
    }
    found = after(data, profile)
    assert found.SeriesDescription == "Quexbury keeps it"
    assert found.PatientID == "P1"
    assert "StudyDescription" not in found


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"BurnedInAnnotation": "YES"}, Code.PIXELS),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, Code.PIXELS),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.1"}, Code.PIXELS),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, Code.PIXELS),
        ({"SeriesDescription": "Screen Save"}, Code.PIXELS),
        ({"SecondaryCaptureDeviceManufacturer": "X"}, Code.PIXELS),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.104.1"}, Code.DOCUMENT),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11"}, Code.DOCUMENT),
        ({"EncapsulatedDocument": b"%PDF"}, Code.DOCUMENT),
        ({"PixelData": bytes(100)}, Code.TRUNCATED),
    ],
)
def test_what_cannot_be_cleaned_is_refused(values: dict[str, object], code: Code) -> None:
    result = engine().process("x.dcm", made(**values))
    assert (result.status, result.error, result.outputs) == ("rejected", code, [])


def test_what_is_no_dicom_is_refused_and_never_passed_through() -> None:
    for name, data in (("a.dcm", b""), ("a.dcm", b"hello"), ("a.txt", b"hello"), ("a.dcm", bytes(4000))):
        result = engine().process(name, data)
        assert result.status == "rejected" and not result.outputs


def test_an_identifier_left_by_an_own_rule_is_found_in_the_output() -> None:
    profile = {
        "name": "leaky",
        "treadle": {"preset": "ps315-basic"},
        "dicom": {"fields": [{"name": "OtherPatientIDs", "replace-with": "x"}]},
    }
    assert after(made(), profile).OtherPatientIDs == "x"
    # A sequence the table keeps, holding the name in bytes that no rule reads.
    data = made(RedPaletteColorLookupTableData=b"Quexbury")
    result = engine().process("x.dcm", data)
    assert result.error is Code.RESIDUAL and not result.outputs


def test_documents_are_emptied_or_let_through_when_the_profile_says_so() -> None:
    data = made(EncapsulatedDocument=b"%PDF Quexbury", MIMETypeOfEncapsulatedDocument="application/pdf")
    dropped = after(data, {"name": "d", "treadle": {"preset": "ps315-basic", "documents": "drop"}})
    assert (
        dropped.EncapsulatedDocument.startswith(b"%PDF") and b"Quexbury" not in dropped.EncapsulatedDocument
    )


def test_a_second_file_of_one_instance_is_refused() -> None:
    results = list(engine().process_series([("a.dcm", made()), ("b.dcm", made())]))
    assert [result.error for result in results] == [None, Code.DUPLICATE_SOP]


def test_ages_over_89_are_90_and_lose_the_birth_date() -> None:
    profile = {"name": "r", "treadle": {"preset": "research", "dates": {"birth-date": "shift"}}}
    found = after(made(PatientAge="093Y", PatientBirthDate="19300101"), profile)
    assert (found.PatientAge, found.PatientBirthDate) == ("090Y", "")


def test_birth_dates_follow_their_own_setting() -> None:
    data = made(PatientBirthDate="19610203")
    for setting, expected in (("remove", ""), ("year", "19610101")):
        profile = {"name": "r", "treadle": {"preset": "research", "dates": {"birth-date": setting}}}
        assert after(data, profile).PatientBirthDate == expected
    moved = after(data, {"name": "r", "treadle": {"preset": "research", "dates": {"birth-date": "shift"}}})
    assert moved.PatientBirthDate not in {"", "19610203"}


def test_other_projects_share_no_uid_and_no_code() -> None:
    data = made()
    other = Engine(load("research"), Secrets(bytes(32))).process("x.dcm", data).outputs[0][1]
    mine = after(data, "research")
    assert {mine.SOPInstanceUID, mine.PatientID}.isdisjoint(
        {read(other).SOPInstanceUID, read(other).PatientID}
    )


def test_preset_none_changes_nothing() -> None:
    data = planted(3).data
    assert engine("none").process("x.dcm", data).outputs == [("x.dcm", data)]


def test_reports_hold_what_was_done_and_no_value() -> None:
    report = engine("research").process("Quexbury.dcm", made()).report.document()
    assert report["changes"]["uids"] >= 4 and ["00100010", "D"] in report["elements"]
    assert "Quexbury" not in str(report) and report["edition"] == "2026c"


def test_bytes_after_the_last_frame_do_not_come_out() -> None:
    data = made(PixelData=bytes(512) + b"Xyzquex Qabc")
    assert after(data).PixelData == bytes(512)
    assert after(data, "minimal").PixelData[512:] == b"Xyzquex Qabc"


def test_uids_and_institutions_inside_texts_go() -> None:
    uid = "1.2.826.0.1.3680043.8.4711.99"
    data = made(StudyInstanceUID=uid, InstitutionName="St Quorra", FilterType="A")
    text = made(StudyInstanceUID=uid, InstitutionName="St Quorra", ManufacturerModelName=f"M {uid} St Quorra")
    assert after(data).FilterType == "A"
    assert uid not in str(after(text).get("ManufacturerModelName", ""))
    assert "Quorra" not in str(after(text).get("ManufacturerModelName", ""))
