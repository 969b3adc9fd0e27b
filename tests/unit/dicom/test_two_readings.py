"""Headers as vendors write them, well or badly: the package and a second reading of the rules agree on every field."""

from __future__ import annotations

import io
import struct
import warnings
from datetime import datetime
from typing import Any

import pytest
import second_reading
from hypothesis import example, given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset

from treadle.dicom.config import MappingConfig, RoutingConfig
from treadle.dicom.header import facts_of, read_facts
from treadle.dicom.mapping import map_instance
from treadle.dicom.routing import parse_routing, read_routing

Header = dict[str, list[str]]
EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
LATIN = "aZ9 é*:.-_ü/"
ALPHABETS = {  # SpecificCharacterSet: codec, letters
    "": ("ascii", "aZ9 *:.-_<?"),
    "ISO_IR 100": ("latin-1", LATIN),
    "ISO_IR 144": ("iso8859-5", "aZ Ждя*/"),
    "ISO_IR 126": ("iso8859-7", "aZ Ωλς/"),
    "ISO_IR 192": ("utf-8", LATIN + "山田김ﾔ\u2003\U0001f600"),
    "GB18030": ("gb18030", "aZ 王乗乛俓\u20ac/"),
    "GBK": ("gbk", "aZ 王乗乛俓/"),
    "ISO_IR 13": ("shift_jis", "aZ ﾔﾏﾀﾞ/"),
    "\\ISO 2022 IR 87": ("iso2022_jp", "aZ 山田春十桀榕構/"),
    "\\ISO 2022 IR 149": ("korean", "aZ 김희중/"),
}
TEXTS = ("StudyDescription", "SeriesDescription", "ProtocolName", "StudyID", "PatientID", "PatientComments")
MAKERS = ("SIEMENS", "Siemens Healthineers", "siemens", "GE MEDICAL SYSTEMS", "Philips", "Philips Medical Systems",
          "UIH", "CANON_MEC", "Bruker BioSpin MRI GmbH", "")  # fmt: skip
ROUTES = ("fw://psych/study01", "fw://psych//s9", "FW:\\\\Psych\\Study01", "fw:/g/p/ses-01", "fw : // g / p", "x fw://g",
          "s9@psych/study01", "@g:p", "a@b@g^p^q", "fw//x", "fw:x", "xfw://g/p", "fw://", "fw:// /p/s", "fw://G G/p",
          "fw://g/p/s/t/u", "fw://g/p/s\r\nrest", "note\nfw://g/p*", "fw:///g/p...", "MRN-1")  # fmt: skip
DATES = st.one_of(
    st.dates().map(lambda day: f"{day:%Y%m%d}"),
    st.sampled_from(
        ["2020.10.23", "20201323", "18991231", "19000101", "", " ", "2020-10-23", "202010", "20200230"]
    ),
)
TIMES = st.one_of(
    st.times().map(lambda at: f"{at:%H%M%S.%f}"),
    st.sampled_from(
        ["10", "1056", "10:56:24", "105660", "235960.5", "24", "105624.", "1056247890", "", "1:00"]
    ),
)


def encoded(text: str, charset: str) -> bytes:
    codec, _ = ALPHABETS[charset]
    if codec != "korean":
        return text.encode(codec)
    # Each run of Korean letters begins with its designation to G1 (PS3.5 6.1.2.5).
    return b"".join(
        letter.encode() if letter.isascii() else b"\x1b$)C" + letter.encode("euc_kr") for letter in text
    )


def written(header: Header, charset: str, syntax: str, padding: bytes, vrs: dict[str, str]) -> bytes:
    """A file with the values as they are, in whatever VR is asked for."""
    order = ">" if syntax == BIG else "<"
    elements = {0x00080005: ("CS", charset.encode())}
    for keyword, values in header.items():
        tag = int(tag_for_keyword(keyword) or 0)
        vr = vrs.get(keyword, dictionary_VR(tag))
        data = b"\\".join(encoded(value, charset if vr not in ("DA", "TM", "UI", "CS", "IS", "DS", "AS") else "")
                          for value in values)  # fmt: skip
        elements[tag] = (vr, data)
    meta = _element(0x00020010, "UI", syntax.encode() + b"\0" * (len(syntax) % 2), "<", explicit=True)
    body = b"".join(
        _element(
            tag,
            vr,
            data + (b"\0" if vr == "UI" else padding) * (len(data) % 2),
            order,
            explicit=syntax != IMPLICIT,
        )
        for tag, (vr, data) in sorted(elements.items())
    )
    return (
        bytes(128)
        + b"DICM"
        + _element(0x00020000, "UL", struct.pack("<I", len(meta)), "<", explicit=True)
        + meta
        + body
    )


def _element(tag: int, vr: str, data: bytes, order: str, *, explicit: bool) -> bytes:
    head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF)
    if not explicit:
        return head + struct.pack(f"{order}I", len(data)) + data
    if vr in ("UN", "OB", "UT"):
        return head + vr.encode() + struct.pack(f"{order}HI", 0, len(data)) + data
    return head + vr.encode() + struct.pack(f"{order}H", len(data)) + data


def alone(*texts: str) -> st.SearchStrategy[list[str]]:
    return st.sampled_from(texts).map(lambda one: [one])


@st.composite
def headers(draw: st.DrawFn) -> tuple[Header, str]:
    charset = draw(st.sampled_from(list(ALPHABETS)))
    letters = st.text(ALPHABETS[charset][1], max_size=12)
    header: Header = {
        "StudyInstanceUID": ["1.2.3"],
        "SeriesInstanceUID": [draw(st.sampled_from(["4.5.6", "4.5.0", "4.5"]))],
    }
    made: dict[str, st.SearchStrategy[list[str]]] = {
        **{keyword: st.one_of(letters, st.sampled_from(ROUTES)).map(lambda text: [text]) for keyword in TEXTS},
        "PatientName": st.lists(st.text(ALPHABETS[charset][1].replace("/", "^=' "), max_size=14), max_size=2),
        "PatientSex": alone("M", "F", "O", "m", "male", "Unknown", "X", ""),
        "PatientAge": alone("031Y", "6M", "012W", "3", "045D ", "ABC", "-01Y", "", "0Y"),
        "PatientWeight": alone("72.5", "0", "-3", "10000", "1e2", "72,5", "nan", "", " 80 "),
        "Manufacturer": alone(*MAKERS),
        "ImageType": st.sampled_from([["ORIGINAL", "PRIMARY", "M", "ND"], ["DERIVED", "SECONDARY", "SCREEN SAVE"],
                                      ["DERIVED", "SECONDARY", "VXTL STATE "], ["DERIVED", "SECONDARY"],
                                      ["DERIVED", "SECONDARY", "SCREEN SAVE", "X"]]),
        "AcquisitionNumber": alone("", "1", "2", " 3 ", "0", "-2", "12"),
        "PatientBirthDate": DATES.map(lambda one: [one]),
        "TimezoneOffsetFromUTC": alone("+0200", "-0330", "+1500", "-1300", "0200", ""),
        "AcquisitionDateTime": st.tuples(DATES, TIMES, st.sampled_from(["", "+0100", "&0000"])).map(
            lambda one: ["".join(one)]),
    }  # fmt: skip
    for name in ("Study", "Series", "Acquisition"):
        made[f"{name}Date"] = DATES.map(lambda one: [one])
        made[f"{name}Time"] = TIMES.map(lambda one: [one])
    for keyword in draw(st.sets(st.sampled_from(sorted(made)))):
        header[keyword] = draw(made[keyword])
    return header, charset


def on_the_wire(header: Header) -> Header:
    """What the values are after a reader has taken the padding off, and split at backslashes where the VR does."""
    unsplit = ("LT", "ST", "UT")
    return {
        keyword: values if dictionary_VR(keyword) in unsplit else "\\".join(values).split("\\")
        for keyword, values in header.items()
    }


@given(
    headers(),
    st.sampled_from([EXPLICIT, IMPLICIT, BIG]),
    st.sampled_from([b" ", b"\0"]),
    st.dictionaries(
        st.sampled_from(TEXTS), st.sampled_from(["UN", "OB", "LO", "DS", "IS", "DA"]), max_size=2
    ),
    st.sampled_from(["PatientID", "PatientComments", "0010,0020"]),
    st.sampled_from(["UTC", "Europe/Budapest", "America/Chicago"]),
)
def test_every_field_is_what_the_rules_say(
    made: tuple[Header, str], syntax: str, padding: bytes, vrs: dict[str, str], field: str, zone: str
) -> None:
    header, charset = made
    charset_free = all("".join(values).isascii() for values in header.values())
    vrs = vrs if charset_free else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds: Dataset = dcmread(io.BytesIO(written(header, charset, syntax, padding, vrs)))
        config = MappingConfig(timezone=zone, routing=RoutingConfig(field=field))
        found = map_instance(ds, config, route=read_routing(ds, config.routing)).flat()
    wanted = second_reading.fields(
        on_the_wire(header), routing_field="PatientID" if field == "0010,0020" else field, zone=zone
    )
    assert {name: comparable(found[name]) for name in wanted} == {
        name: comparable(value) for name, value in wanted.items()
    }


@given(
    headers(),
    st.sampled_from([EXPLICIT, IMPLICIT, BIG]),
    st.sampled_from([b" ", b"\0"]),
    st.sampled_from(["", "\0"]),
)
def test_the_quick_look_at_a_file_sees_what_the_whole_header_says(
    tmp_path_factory: pytest.TempPathFactory,
    made: tuple[Header, str],
    syntax: str,
    padding: bytes,
    inside: str,
) -> None:
    header, charset = made
    header = {
        **header,
        "SOPInstanceUID": ["1.2"],
        "ImageType": [f"{one}{inside}" for one in header.get("ImageType", [])],
    }
    path = tmp_path_factory.getbasetemp() / "facts.dcm"
    path.write_bytes(written(header, charset, syntax, padding, {}))
    assert read_facts(path) == facts_of(dcmread(path), path=path)


def comparable(value: Any) -> Any:
    if isinstance(value, str) and len(value) > 10 and value[4] == "-" and value[10] == "T" and ":" in value:
        return datetime.fromisoformat(value)
    return value


@given(st.one_of(
    st.text("fwFW:/\\@^ gGpPs-_1.*<\r\n\t\0é\u00a0", max_size=30),
    st.lists(st.sampled_from([*ROUTES, "/", "\\", ":", "@", "ses-1", "SESSION 2", " ", "\n"]), max_size=6).map("".join),
))  # fmt: skip
@example("fw://g/p/ses-<")
@example("fw://g/p/sess 1/")
def test_every_routing_string_is_read_as_the_rules_say(raw: str) -> None:
    found, wanted = parse_routing(raw), second_reading.routing([raw])
    names = ("form", "status", "group", "project", "subject", "session")
    assert {name: getattr(found, name) for name in names} | {"flags": set(found.flags)} == wanted


@pytest.mark.parametrize(("defaults", "raw", "group", "project"), [
    ({"default_project": "pilot"}, "fw://psych", "psych", "pilot"),
    ({"default_project": "pilot"}, "", None, None),
    ({"default_group": "animals", "default_project": "pilot"}, "", "animals", "pilot"),
    ({"default_group": "animals", "default_project": "pilot"}, "fw://psych", "psych", None),
    ({"default_group": "animals", "default_project": "pilot"}, "fw://a b/p", None, "p"),
    ({"default_group": "animals"}, "fw:// /p", "animals", "p"),
])  # fmt: skip
def test_defaults_fill_what_is_missing(
    defaults: dict[str, str], raw: str, group: str | None, project: str | None
) -> None:
    """Never what was typed wrongly, and a lab's project only in the lab's group."""
    route = parse_routing(raw, RoutingConfig(**defaults))  # type: ignore[arg-type]
    assert (route.group, route.project) == (group, project)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_a_private_routing_tag_is_read_in_every_block_of_its_creator(syntax: str) -> None:
    """In implicit syntax nothing tells that it is a text; some makers reserve several blocks."""
    explicit = syntax == EXPLICIT
    elements = [
        (0x00290010, "LO", b"ACME "), (0x00290011, "LO", b"OTHER "), (0x00290012, "LO", b"ACME"),
        (0x00291101, "LO", b"fw://wrong"), (0x00291201, "LO", b"fw://psych/study01"),
    ]  # fmt: skip
    body = b"".join(
        _element(tag, vr, data + b" " * (len(data) % 2), "<", explicit=explicit) for tag, vr, data in elements
    )
    ds = dcmread(io.BytesIO(written({}, "", syntax, b" ", {}) + body))
    assert read_routing(ds, RoutingConfig(field='0029,"ACME",01')).project == "study01"
