"""The confidentiality table, its options, cleaned descriptions and mappings do what the specification says."""

from __future__ import annotations

import hmac
import runpy
import uuid
from pathlib import Path

import pytest

from treadle.deid import Secrets
from treadle.deid.mapping import UidMap, capped_age, shift_date, shift_date_time, subject_of
from treadle.deid.presets.clean import clean
from treadle.deid.presets.options import OPTIONS, RESEARCH, PresetOptions
from treadle.deid.presets.plan import Do, Plan
from treadle.deid.presets.table import action, table
from treadle.deid.residual import Identifiers
from treadle.deid.secrets import _hkdf

SECRETS = Secrets(bytes(range(32)))
ROOT = Path(__file__).parents[3]


def test_the_table_is_whole_and_names_its_edition() -> None:
    assert table().edition == "2026c"
    assert len(table().rows) + len(table().masks) == 656
    assert {letter for row in table().rows.values() for letter in row.options.upper()} <= set("PUDICFMTSG")


def test_the_table_agrees_with_another_compilation() -> None:
    """The basic actions of dicom-anonymizer, where it is installed: same edition, same 652 attributes."""
    other = pytest.importorskip("dicomanonymizer.dicom_anonymization_databases.dicomfields_2026c")
    compared = 0
    for name in ("D", "Z", "X", "U", "Z_D", "X_Z", "X_D", "X_Z_D", "X_Z_U_STAR"):
        expected = name.replace("_STAR", "*").replace("_", "/")
        for tag in getattr(other, f"{name}_TAGS"):
            if len(tag) == 2:  # repeating groups have masks
                assert table().rows[tag[0] << 16 | tag[1]].basic == expected
                compared += 1
    assert compared == len(table().rows)


def test_the_generator_reads_the_standards_own_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "gen_ps315.py"))
    heads = ["Attribute Name", "Tag", "Retd.", "In Std.", "Basic Prof."] + [
        f"{name}. Opt." for name, _ in tool["COLUMNS"]
    ]
    rows = [
        ["Study Date", "(0008,0020)", "N", "Y", "Z", "", "", "", "", "", "K", "C", "", "", ""],
        ["Allergies", "(0010,2110)", "N", "N", "X", "", "", "", "", "C", "", "", "C", "", ""],
        ["Curve Data", "(50xx,xxxx)", "Y", "N", "X", "", "", "", "", "", "", "", "", "", "C"],
    ]
    cells = "".join(f"<th><para>{head}</para></th>" for head in heads)
    body = "".join(
        "<tr>" + "".join(f"<td><para>{cell}</para></td>" for cell in row) + "</tr>" for row in rows
    )
    book = f'<book xmlns="http://docbook.org/ns/docbook"><table label="E.1-1"><thead><tr>{cells}</tr></thead>'
    (tmp_path / "part15.xml").write_text(f"{book}<tbody>{body}</tbody></table></book>", "utf-8")
    assert tool["rows"](str(tmp_path / "part15.xml")) == [
        ("00080020", "Z", "FM"),
        ("00102110", "X", "cT"),
        ("50XXXXXX", "X", "G"),
    ]


def test_cleaning_beats_keeping_and_both_beat_the_basic_action() -> None:
    row = table().rows[0x00102110]  # Allergies: cT
    assert action(row, frozenset()) == "X"
    assert action(row, frozenset({"retain-patient-characteristics"})) == "C"
    assert action(table().rows[0x00080080], frozenset({"retain-institution"})) == "K"
    both = frozenset({"retain-full-dates", "retain-modified-dates"})
    assert action(table().rows[0x00080020], both) == "C"


def test_unknown_tags_are_deleted_and_not_remembered() -> None:
    plan = Plan(PresetOptions())
    for tag in range(0x00190000, 0x00190000 + 50, 2):
        assert plan[tag | 0x00009900].do is Do.DELETE
    assert len(plan) == 0
    assert plan[0x00280010].do is Do.PLAIN and len(plan) == 1


def test_every_option_has_a_code_and_research_has_four() -> None:
    assert set(RESEARCH) < set(OPTIONS)
    assert len({code for code, _ in OPTIONS.values()}) == len(OPTIONS)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("AX T2 FLAIR Smith 0815123", "AX T2 FLAIR"),
        ("t1_mprage_sag_p2", "t1_mprage_sag_p2"),
        ("CT Thorax 12.03.2021", "CT Thorax"),
        ("HEAD call +49 171 5551234", "HEAD"),
        ("knee kim@example.org", "knee"),
        ("seen 4 Mar 2019 brain", "brain"),
        ("P4711 liver", "liver"),
        ("ZYXWV", ""),
        ("Quexbury brain", "brain"),
        ("DTI b1000 2mm iso", "DTI b1000 2mm iso"),
        ("Müller brain", "brain"),
    ],
)
def test_descriptions_keep_words_that_name_nobody(text: str, kept: str) -> None:
    found = Identifiers()
    found.add_name("Quexbury^Kim")
    assert clean(text, found) == kept


def test_uids_map_the_same_way_everywhere_and_another_secret_gives_others() -> None:
    uids = UidMap(SECRETS)
    new = uids(b"1.2.3.4\0")
    digest = hmac.digest(SECRETS.key("uid"), b"1.2.3.4", "sha256")
    assert new == UidMap(SECRETS)(b"1.2.3.4 ") == b"2.25.%d" % uuid.UUID(bytes=digest[:16], version=4).int
    assert UidMap(Secrets(bytes(32)))(b"1.2.3.4") != new
    assert uids(b"1.2.840.10008.1.2") == b"1.2.840.10008.1.2"
    assert len({uids(b"1.2.%d" % n) for n in range(2000)}) == 2000


def test_keys_are_derived_as_rfc_5869_says() -> None:
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"  # its test case 3
    assert _hkdf(b"\x0b" * 22, b"").hex() == expected
    assert len({SECRETS.key(purpose) for purpose in ("uid", "pid", "date", "hash")}) == 4
    assert SECRETS.secret.hex() not in repr(SECRETS)


def test_dates_move_by_whole_weeks_at_their_own_precision() -> None:
    subject = subject_of(" k47 ", "", b"1.2", PresetOptions(), SECRETS)
    assert subject == subject_of("K47", "", b"9.9", PresetOptions(), SECRETS)
    assert subject.days % 7 == 0 and -3654 <= subject.days <= -28
    assert shift_date("20200301", -1) == "20200229"
    assert shift_date("2020.03.01", -1) == "20200229"
    assert shift_date_time("202003011200+0100", -1) == "202002291200+0100"
    assert shift_date_time("202003", -1) == "202002"
    assert shift_date_time("2020", -1) == "2019"
    assert shift_date("20201301", -1) is None
    assert capped_age("091Y") == ("090Y", True)
    assert capped_age("045Y") == ("045Y", False)


def test_a_label_stands_for_the_patient_and_without_one_a_code() -> None:
    options = PresetOptions()
    assert subject_of("K47", "", b"", options, SECRETS, "sub-01").code == "sub-01"
    assert subject_of("K47", "", b"", options, SECRETS).code.startswith("S")
