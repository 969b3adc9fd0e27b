"""Rules of a `dicom` section on whole files through the engine: every notation, and what goes before the rules."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from treadle.deid.fields.dicom_names import BadName, Nested, Private, Repeater, Tag, parse
from treadle.deid.result import Result

Process = Callable[[str, str, bytes], Result]


def item(**values: Any) -> Dataset:
    found = Dataset()
    for keyword, value in values.items():
        setattr(found, keyword, value)
    return found


def sample(syntax: str = ExplicitVRLittleEndian) -> bytes:
    ds = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.4", SOPInstanceUID="1.2.3.4.5.6", StudyInstanceUID="1.2.3.4.5"
    )
    ds.update(item(PatientName="Muller^Anna", PatientID="0815", StudyDate="20171218", Modality="MR"))
    ds.update(item(PatientBirthDate="19710304", Rows=4, ImageComments="note", SeriesDescription="T1"))
    ds.OtherPatientIDsSequence = Sequence([item(PatientID="1", PatientName="A^B"), item(PatientID="2")])
    inner = Sequence(
        [item(ReferencedSOPInstanceUID="1.2.3.4.5.7", ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.4")]
    )
    ds.ReferencedStudySequence = Sequence(
        [item(ReferencedSeriesSequence=Sequence([item(ReferencedImageSequence=inner)]))]
    )
    block = ds.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x08, "CS", "IMAGE")
    block.add_new(0x10, "OB", b"Muller")
    ds.private_block(0x0051, "OTHER", create=True).add_new(0x0E, "LO", "Muller")
    for group in (0x6000, 0x6002):
        ds.add_new((group, 0x0022), "LO", "Anna")
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    out = io.BytesIO()
    pydicom.dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()


@pytest.fixture
def changed(process: Process) -> Callable[..., Dataset]:
    """The data set after the rules."""

    def run(rules: str, options: str = "", syntax: str = ExplicitVRLittleEndian) -> Dataset:
        profile = f"dicom:\n  date-increment: -17\n  {options}\n  fields:\n{rules}\n"
        result = process(profile, "a.dcm", sample(syntax))
        assert result.status == "ok", (result.error, result.report.where)
        return pydicom.dcmread(io.BytesIO(result.outputs[0][1]))

    return run


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("patientid", Tag(0x00100020)),
        ("0010002f", Tag(0x0010002F)),
        ("0x00100020", Tag(0x00100020)),
        ("( 0010 ,0020)", Tag(0x00100020)),
        ('(0029, "SIEMENS CSA HEADER", 1F)', Private(0x29, "SIEMENS CSA HEADER", 0x1F)),
        ("(0029,SIEMENS CSA HEADER,10)", Private(0x29, "SIEMENS CSA HEADER", 0x10)),
        ("OtherPatientIDsSequence.0.00100020", Nested((0x00101002, 0, 0x00100020))),
        ("00101002.*.PatientID", Nested((0x00101002, None, 0x00100020))),
        ("(60xx, 0022)", Repeater(0x60000022)),
        ("50XX0010", Repeater(0x50000010)),
    ],
)
def test_notations(text: str, name: object) -> None:
    assert parse(text) == name


@pytest.mark.parametrize(
    "text", ["PatientNam", "(0028, X, 10)", '(0029, "", 10)', "(0029, 1)", "PatientID.0.Nam", ""]
)
def test_names_that_name_nothing(text: str) -> None:
    with pytest.raises(BadName):
        parse(text)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_nested_and_wildcard_names_create_what_is_missing(
    changed: Callable[..., Dataset], syntax: str
) -> None:
    ds = changed(
        """
    - {name: OtherPatientIDsSequence.1.PatientName, replace-with: N}
    - {name: OtherPatientIDsSequence.3.PatientID, replace-with: X}
    - {name: OtherPatientIDsSequence.9.PatientID, remove: true}
    - {name: OtherPatientIDsSequence.*.PatientSex, replace-with: F}
    - {name: RequestAttributesSequence.0.ScheduledProcedureStepID, replace-with: S}
    - {name: Occupation, replace-with: none, replace-with-insert: false}""",
        syntax=syntax,
    )
    assert [str(one.get("PatientName", "")) for one in ds.OtherPatientIDsSequence] == ["A^B", "N", "", ""]
    assert [one.get("PatientID") for one in ds.OtherPatientIDsSequence] == ["1", "2", None, "X"]
    assert [one.PatientSex for one in ds.OtherPatientIDsSequence] == ["F"] * 4
    assert ds.RequestAttributesSequence[0].ScheduledProcedureStepID == "S"
    assert "Occupation" not in ds


def test_private_elements_by_creator(changed: Callable[..., Dataset]) -> None:
    ds = changed(
        """
    - {name: '(0029, "SIEMENS CSA HEADER", 08)', replace-with: GONE}
    - {name: '(0019, "SIEMENS MR HEADER", 0c)', replace-with: '5'}""",
        "remove-private-tags: true",
    )
    assert ds.get_private_item(0x29, 0x08, "SIEMENS CSA HEADER").value == "GONE"
    assert ds.get_private_item(0x19, 0x0C, "SIEMENS MR HEADER").value == "5"
    assert {one.tag.group for one in ds if one.tag.is_private} == {0x19, 0x29}
    assert (0x0029, 0x1010) not in ds


def test_unknown_private_elements_are_not_created(process: Process) -> None:
    profile = "dicom:\n  fields: [{name: '(0099, NOBODY, 01)', replace-with: x}]\n"
    assert process(profile, "a.dcm", sample()).error == "DEID_UNKNOWN_VR"


def test_repeating_groups_and_expressions(changed: Callable[..., Dataset]) -> None:
    ds = changed(
        """
    - {name: '(60xx, 0022)', replace-with: O}
    - {regex: '.*UID$', hashuid: true}
    - {regex: '^00101002.*00100020$', replace-with: P}"""
    )
    assert [ds[group, 0x0022].value for group in (0x6000, 0x6002)] == ["O", "O"]
    reference = ds.ReferencedStudySequence[0].ReferencedSeriesSequence[0].ReferencedImageSequence[0]
    assert reference.ReferencedSOPInstanceUID.startswith("1.2.3.4.")
    assert reference.ReferencedSOPInstanceUID != "1.2.3.4.5.7"
    assert reference.ReferencedSOPClassUID == ds.SOPClassUID == "1.2.840.10008.5.1.4.1.1.4"
    assert [one.PatientID for one in ds.OtherPatientIDsSequence] == ["P", "P"]
    assert ds.PatientID == "0815"
    assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID != "1.2.3.4.5.6"


def test_recursion_reaches_every_depth(changed: Callable[..., Dataset]) -> None:
    ds = changed(
        "    - {name: PatientID, replace-with: R}\n    - {name: 00100010, remove: true}",
        "recurse-sequence: true",
    )
    assert [ds.PatientID, *(one.PatientID for one in ds.OtherPatientIDsSequence)] == ["R"] * 3
    assert "PatientName" not in ds
    assert "PatientName" not in ds.OtherPatientIDsSequence[0]


def test_remove_undefined_keeps_what_is_named_and_what_names_use(process: Process) -> None:
    profile = """
dicom:
  remove-undefined: true
  filenames: [{output: '{SOPInstanceUID}-{Modality}.dcm', input-regex: '.*'}]
  fields:
    - {name: OtherPatientIDsSequence.1.PatientID, keep: true}
    - {name: '(0029, "SIEMENS CSA HEADER", 08)', keep: true}
"""
    result = process(profile, "a.dcm", sample())
    ds = pydicom.dcmread(io.BytesIO(result.outputs[0][1]))
    assert result.outputs[0][0] == "1.2.3.4.5.6-MR.dcm"
    assert {one.tag for one in ds} == {0x00080018, 0x00080060, 0x00101002, 0x00290010, 0x00291008}
    assert [len(one) for one in ds.OtherPatientIDsSequence] == [0, 1]


def test_age_is_computed_before_the_birth_date_goes(changed: Callable[..., Dataset]) -> None:
    options = "patient-age-from-birthdate: true\n  patient-age-units: "
    rules = "    - {name: PatientBirthDate, remove: true}"
    assert changed(rules, f"{options}Y").PatientAge == "046Y"
    assert changed(rules, f"{options}M").PatientAge == "561M"
    assert changed(rules, f"{options}D").PatientAge == "561M"


def test_an_emptied_large_value_is_gone(process: Process) -> None:
    """Large values are left out of the data set that rules see; setting one to empty still empties it."""
    ds = pydicom.dcmread(io.BytesIO(sample()))
    ds.get_private_item(0x29, 0x10, "SIEMENS CSA HEADER").value = b"Muller" * 100_000
    out = io.BytesIO()
    pydicom.dcmwrite(out, ds)
    for action in ("replace-with: ''", "remove: true"):
        profile = f"dicom:\n  fields: [{{name: '(0029, SIEMENS CSA HEADER, 10)', {action}}}]\n"
        result = process(profile, "a.dcm", out.getvalue())
        assert b"MullerMuller" not in result.outputs[0][1]
    hashed = process("dicom:\n  fields: [{name: 00291010, hash: true}]\n", "a.dcm", out.getvalue())
    assert (hashed.error, hashed.report.where) == ("DEID_BAD_VALUE", "00291010")


def test_names_by_rules_use_changed_values(process: Process) -> None:
    profile = r"""
dicom:
  salt: s
  filenames:
    - {output: '{PatientID}_{StudyDate}_{n}.dcm', input-regex: '^(?P<n>\d+).*'}
  fields:
    - {regex: '^PatientID$', replace-with: CODE}
    - {name: '(0008,0020)', remove: true}
"""
    assert process(profile, "7-Muller.dcm", sample()).outputs[0][0] == "CODE_None_7.dcm"
    assert process(profile, "x.dcm", sample()).error == "DEID_NAME_NO_MATCH"


def test_a_long_profile_costs_little(process: Process) -> None:
    """Rules for elements that are not there are looked up, not searched for."""
    from treadle.deid.fields.dicom_names import keywords

    rules = "".join(f"    - {{name: {word}, remove: true}}\n" for word in sorted(keywords())[:2000])
    result = process(f"dicom:\n  recurse-sequence: true\n  fields:\n{rules}", "a.dcm", sample())
    assert result.status == "ok"


def test_names_around_archive_members_hold_no_identifier(process: Process) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Muller 1971/scan/a.dcm", sample())
    result = process("dicom: {}\nzip: {}\n", "Anna_0815.zip", out.getvalue())
    name, data = result.outputs[0]
    assert re.fullmatch("[0-9a-f]{32}[.]zip", name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert re.fullmatch("[0-9a-f]{32}/scan/1.2.3.4.5.6.MR.dcm", archive.namelist()[0])
