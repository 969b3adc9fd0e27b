"""Profiles made by chance do to files what flywheel-migration does, for every action, notation and type that both have.

Deliberate differences (docs/howto/deid-profile.md) are left out of the corpus; where the original fails, so may we.
"""

from __future__ import annotations

import base64
import io
import json
import random
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from treadle.deid.engine import Engine
from treadle.deid.profile import Profile
from treadle.deid.secrets import Context, Secrets

CASES = 40  # of each type
TOOL = Path(__file__).with_name("original_tool.py")

JSON = {
    "a": {"b": "Muller", "list": ["x", "y", {"k": "v"}], "e": "", "n": 5},
    "d": "2017-12-18",
    "dt": "2017-12-18 10:20:30",
    "uid": "1.2.3.4.5.6.7.8",
    "ts": 1513592430,
}
XML = """<?xml version="1.0"?><root><p><name>Muller</name><dob>4 Mar 1971</dob></p><p><name>Bob</name><dob/></p>
<uid>1.2.840.1.2.3.4.5</uid></root>"""
KEYS = "ObjectType = Image\nPatientName = Muller^Anna\nStudyDate = 20171218\nUID = 1.2.3.4.5.6.7.8.9\n"
TABLE = 'id,name,visit,uid\nP1,Anna,2017-12-18,1.2.3.4.5\nP2,"B, B",2018-01-31,1.2.3.4.6\n'
TAKEN_APART = {
    "input-regex": r"^(?P<x>\w+)[\^ -](?P<y>.*)$",
    "output": "{y}_{x}",
    "groups": [{"name": "x", "hash": True}],
}
ACTIONS: list[dict[str, Any]] = [
    {"keep": True},
    {"remove": True},
    {"replace-with": "REPL"},
    {"replace-with": ""},
    {"replace-with": "REPL", "replace-with-insert": False},
    {"hash": True},
    {"hashuid": True},
    {"increment-date": True},
    {"increment-datetime": True},
    {"regex-sub": [TAKEN_APART, {"input-regex": "(?P<z>.*)", "output": "Z{z}"}]},
]
NAMES = {
    "json": ["a.b", "a.list.0", "a.list.2.k", "a.e", "d", "dt", "uid", "new.deep.key", "a.missing"],
    "xml": ["/root/p/name", "//dob", "./uid", "//nosuch"],
    "key-value-text-file": ["PatientName", "StudyDate", "UID", "New"],
    "csv": ["id", "name", "visit", "uid", "nosuch"],
    "dicom": [
        "PatientID",
        "patientname",
        "StudyDate",
        "00100030",
        "(0008, 0080)",
        "Occupation",
        "StudyInstanceUID",
        "OtherPatientIDsSequence.0.PatientID",
        "OtherPatientIDsSequence.*.PatientName",
        "00101002.1.00100010",
        '(0051, "SIEMENS MR HEADER", 0f)',
        "(60xx, 0022)",
    ],
}
REGEXES = {"json": ["a.*", ".*b$", "^d"], "dicom": [".*PatientID$", "^0010.*", ".*Date$", "^00101002\\."]}
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "dicom": [{}, {"remove-private-tags": True}, {"recurse-sequence": True}, {"remove-undefined": True}],
    "csv": [{"file-filter": "*.csv", "date-format": "%Y-%m-%d"}],
    "key-value-text-file": [{"delimiter": " = "}],
}
COMMON: list[dict[str, Any]] = [
    {},
    {"salt": "s"},
    {"hash-digits": 0},
    {"uid-prefix-fields": 2, "uid-suffix-fields": 2},
]


def dicom() -> bytes:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID, ds.StudyInstanceUID = (
        "1.2.840.10008.5.1.4.1.1.4",
        "1.2.3.4.5.6",
        "1.2.3.4.5",
    )
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Muller^Anna", "0815", "19710304"
    ds.StudyDate, ds.Modality, ds.InstitutionName, ds.SeriesDescription = "20171218", "MR", "Ward 3", "T1"
    first, second = Dataset(), Dataset()
    first.PatientID, first.PatientName, second.PatientID = "1", "A^B", "2"
    ds.OtherPatientIDsSequence = Sequence([first, second])
    ds.private_block(0x0051, "SIEMENS MR HEADER", create=True).add_new(0x0F, "LO", "TA 05:12")
    ds.private_block(0x0029, "OTHER", create=True).add_new(0x01, "LO", "Muller")
    ds.add_new(0x60000022, "LO", "Anna")
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = io.BytesIO()
    pydicom.dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()


FILES = {
    "json": ("m.json", json.dumps(JSON).encode()),
    "xml": ("x.xml", XML.encode()),
    "key-value-text-file": ("k.mhd", KEYS.encode()),
    "csv": ("t.csv", TABLE.encode()),
    "dicom": ("a.dcm", dicom()),
}


def cases(kind: str) -> Iterator[dict[str, Any]]:
    chance = random.Random(zlib.crc32(kind.encode()))
    name, data = FILES[kind]
    for _ in range(CASES):
        section = {"date-increment": -17} | chance.choice(OPTIONS.get(kind, [{}])) | chance.choice(COMMON)
        expressions = [] if section.get("recurse-sequence") else REGEXES.get(kind, [])
        if section.get("remove-undefined"):
            expressions = [word for word in expressions if not word.startswith("^0")]
        nested = not section.get("recurse-sequence")
        names = [word for word in NAMES[kind] if nested or kind != "dicom" or "." not in word]
        if section.get("remove-undefined"):
            names = [
                word for word in names if not any(part in word for part in ("*", "SIEMENS", "00101002."))
            ]
        targets = [{"name": word} for word in names] + [{"regex": word} for word in expressions]
        rules = [chance.choice(targets) | chance.choice(ACTIONS) for _ in range(chance.randint(1, 4))]
        yield {"kind": kind, "name": name, "profile": {kind: section | {"fields": rules}}, "data": data}


@pytest.fixture(scope="module")
def original(environments: Path) -> Any:
    """What the original makes of cases."""

    def run(given: list[dict[str, Any]]) -> list[dict[str, bytes] | str]:
        sent = [case | {"data": base64.b64encode(case["data"]).decode()} for case in given]
        python = environments / "cli" / "bin" / "python"
        done = subprocess.run(
            [python, TOOL], input=json.dumps(sent), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return [
            made if isinstance(made, str) else {name: base64.b64decode(data) for name, data in made.items()}
            for made in json.loads(done.stdout)
        ]

    return run


@pytest.mark.parametrize("kind", list(FILES))
def test_profiles_do_the_same(kind: str, original: Any) -> None:
    given = list(cases(kind))
    compared = 0
    for case, expected in zip(given, original(given), strict=True):
        if isinstance(expected, str):
            continue
        engine = Engine(Profile.load(case["profile"]), Secrets(bytes(32)), Context("group", "project"))
        result = engine.process(case["name"], case["data"])
        assert result.status == "ok", (case["profile"], result.error, result.report.where)
        made = dict(result.outputs)
        assert [plain(kind, data) for data in made.values()] == [
            plain(kind, data) for data in expected.values()
        ], case
        compared += 1
    assert compared > CASES / 4


def plain(kind: str, data: bytes) -> Any:
    """What a file says, without how it is written."""
    if kind == "json":
        return json.loads(data)
    if kind == "dicom":
        return elements(pydicom.dcmread(io.BytesIO(data)))
    text = data.decode().replace("\r\n", "\n")
    return text.split("?>")[-1].split() if kind == "xml" else text.replace('"', "")


def elements(ds: Dataset) -> dict[int, Any]:
    return {
        int(one.tag): [elements(item) for item in one.value] if one.VR == "SQ" else str(one.value or "")
        for one in ds
    }
