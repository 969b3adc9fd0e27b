"""Headers: whatever stands in an element, the rest of the header becomes JSON."""

import json
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.charset import python_encoding
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.valuerep import VR

from treadle.dicom.classify import MODALITIES, classify
from treadle.dicom.header import NotDicomError, facts_of, header_json, read_facts, read_header
from treadle.dicom.mapping import map_instance
from treadle.dicom.routing import read_routing

VRS = st.sampled_from([str(vr) for vr in VR if len(str(vr)) == 2 and vr != VR.SQ])
KEYWORDS = [
    "SpecificCharacterSet",
    "ImageType",
    "InstanceCreationDate",
    "StudyDate",
    "Modality",
    "SourceImageSequence",
    "PatientName",
    "PatientID",
    "PatientAge",
    "PatientWeight",
    "XRayTubeCurrent",
    "InstanceNumber",
    "ImagePositionPatient",
    "NumberOfFrames",
    "WindowCenter",
    "PixelData",
]
TAGS = st.sampled_from(
    [Tag(keyword) for keyword in KEYWORDS] + [Tag(0x00290010), Tag(0x00291001), Tag(0x60003000)]
)
VALUES = st.binary(max_size=80) | st.sampled_from(
    [b"notadate", b"nan", b"inf\\1", b"1e400", b"\xff\xfe", b"ISO_IR 100\\ISO 2022 IR 87", b"1\\2\\x", b"\0"]
)
ELEMENTS = st.tuples(TAGS, VRS, VALUES, st.booleans())


def raw(tag: int, vr: str, value: bytes, *, is_implicit: bool = False) -> RawDataElement:
    return RawDataElement(Tag(tag), None if is_implicit else vr, len(value), value, 0, is_implicit, True)


@given(st.lists(ELEMENTS, max_size=12))
def test_any_bytes_in_any_element_give_json_fields_and_facts(
    elements: list[tuple[int, str, bytes, bool]],
) -> None:
    ds = Dataset({Tag(tag): raw(tag, vr, value, is_implicit=hidden) for tag, vr, value, hidden in elements})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = header_json(ds)
        text = json.dumps(header, allow_nan=False, ensure_ascii=False)
        fields = map_instance(ds, route=read_routing(ds)).flat()
        facts_of(ds)
    assert "\\u0000" not in text
    text.encode()
    json.dumps(fields, allow_nan=False)
    classify(header)


def test_a_broken_element_is_left_out_and_the_others_stay() -> None:
    ds = Dataset()
    ds[0x00101030] = raw(0x00101030, "DS", b"abc")
    ds[0x00080020] = raw(0x00080020, "DA", b"notadate")
    ds.Modality = "MR"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert header_json(ds) == {"StudyDate": "notadate", "Modality": "MR"}


@pytest.mark.parametrize(
    ("vr", "value"), [(b"CS", b"\0\0"), (b"FD", b"\0" * 8), (b"CS", b"ISO_IR 999"), (b"UL", b"abc ")]
)
def test_a_broken_character_set_leaves_the_other_elements(tmp_path: Path, vr: bytes, value: bytes) -> None:
    ds = Dataset()
    ds.SpecificCharacterSet, ds.SOPInstanceUID, ds.PatientID = "ISO_IR 100", "1.2", "P1"
    ds.save_as(tmp_path / "a.dcm", implicit_vr=False, little_endian=True)
    element = b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100"
    broken = element[:4] + vr + len(value).to_bytes(2, "little") + value
    data = (tmp_path / "a.dcm").read_bytes()
    (tmp_path / "a.dcm").write_bytes(data.replace(element, broken))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert header_json(read_header(tmp_path / "a.dcm"))["PatientID"] == "P1"
        assert read_facts(tmp_path / "a.dcm").sop_uid == "1.2"


def test_numbers_that_are_none_are_left_out() -> None:
    ds = Dataset()
    ds.EchoTime = "1.5"
    ds.add_new(0x00189087, "FD", float("nan"))
    ds.add_new(0x00189089, "FD", [1.0, float("inf"), 0.5])
    assert header_json(ds) == {"EchoTime": 1.5, "DiffusionGradientOrientation": [1.0, None, 0.5]}


def test_sequences_are_lists_and_private_elements_carry_their_creator() -> None:
    item, ds = Dataset(), Dataset()
    item.CodeValue = "T-1"
    ds.AnatomicRegionSequence = Sequence([item])
    block = ds.private_block(0x0019, "ACME 1.0", create=True)
    block.add_new(0x0C, "IS", "7")
    block.add_new(0x0D, "UN", bytes(range(40)))
    assert header_json(ds) == {"AnatomicRegionSequence": [{"CodeValue": "T-1"}], "ACME 1.0 0019,0c": 7}


def test_bulk_data_are_left_out_and_long_texts_are_cut() -> None:
    ds = Dataset()
    ds.PixelData = b"\0" * 10
    ds.add_new(0x60003000, "OW", b"\1" * 8)
    ds.add_new(0x00282000, "OB", b"p" * 500)
    ds.ImageComments = "x" * 9000
    assert {name: len(value) for name, value in header_json(ds).items()} == {"ImageComments": 8192}


def test_names_in_other_scripts_are_decoded(tmp_path: Path) -> None:
    ds = Dataset()
    ds.SpecificCharacterSet, ds.SOPInstanceUID = "ISO_IR 192", "1.2"
    ds.PatientName = "Yamada^Tarou=山田^太郎"
    assert "ISO_IR 192" in python_encoding
    ds.save_as(tmp_path / "a.dcm", implicit_vr=False, little_endian=True)
    assert header_json(read_header(tmp_path / "a.dcm"))["PatientName"] == "Yamada^Tarou=山田^太郎"


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\0" * 400, b"\0" * 128 + b"DICM", b"PK\x03\x04" + b"x" * 300]
)
def test_a_file_that_is_no_dicom_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(content)
    for read in (read_facts, read_header):
        with pytest.raises(NotDicomError):
            read(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 6000), at=st.integers(0, 6000), noise=st.binary(min_size=1, max_size=8))
def test_a_cut_or_damaged_file_is_read_or_refused(
    tmp_path: Path, one_of_each: list[bytes], cut: int, at: int, noise: bytes
) -> None:
    data = one_of_each[at % len(one_of_each)]
    path = tmp_path / "a.dcm"
    path.write_bytes((data[:at] + noise + data[at + len(noise) :])[: 400 + cut])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read_facts(path)
            json.dumps(header_json(read_header(path)), allow_nan=False)
        except NotDicomError:
            pass


@pytest.mark.parametrize(
    ("header", "key", "values"),
    [
        ({"Modality": "MR", "SeriesDescription": "localizer"}, "Intent", ["Localizer"]),
        ({"Modality": "MR", "SeriesDescription": "rest_bold_mb4"}, "Intent", ["Functional"]),
        ({"Modality": "MR", "SeriesDescription": "DTI 64 dir"}, "Measurement", ["Diffusion"]),
        ({"Modality": "MR", "SeriesDescription": "ax t2 flair"}, "Features", ["FLAIR"]),
        ({"Modality": "MR", "SeriesDescription": "gre_field_mapping"}, "Intent", ["Fieldmap"]),
        ({"Modality": "CT", "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "Scan Type", ["Localizer"]),
        (
            {"Modality": "PT", "RadiopharmaceuticalInformationSequence": [{"Radiopharmaceutical": "FDG"}]},
            "Isotope",
            ["F18"],
        ),
        ({"Modality": "PT", "CorrectedImage": ["DECY", "ATTN"]}, "Processing", ["Attenuation-Corrected"]),
    ],
)
def test_a_telling_header_is_classified(header: dict[str, object], key: str, values: list[str]) -> None:
    assert classify(header).classification[key] == values


def test_every_rule_speaks_the_vocabulary() -> None:
    from treadle.dicom.classify import _rules

    for rule in _rules():
        for modality in rule.modalities:
            for key, values in rule.values.items():
                assert set(values) <= set(MODALITIES[modality][key])


def test_an_unknown_modality_stays_without_classification() -> None:
    assert classify({"Modality": "XYZ"}).classification == {}
    assert classify({}).modality is None
