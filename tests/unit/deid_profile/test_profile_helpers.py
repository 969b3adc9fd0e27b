"""What goes with profiles: variables, the subject map, metadata of containers, the schema for editors."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from treadle.deid.engine import Engine
from treadle.deid.fields.metadata import exported
from treadle.deid.profile import Profile, ProfileError
from treadle.deid.profile.schema import schema
from treadle.deid.profile.subject_map import SubjectMap
from treadle.deid.profile.template import from_containers, from_csv
from treadle.deid.report import FileReport
from treadle.deid.run import Run
from treadle.deid.secrets import Context, Secrets

TEMPLATE = """
json:
  date-increment: "{{ shift }}"
  fields:
    - {name: id, replace-with: "{{code}}"}
    - {name: text, replace-with: 'S {{ code }}'}
"""


def replaced(code: str, shift: str = "-3") -> list[Any]:
    profile = Profile.load(TEMPLATE, variables={"code": code, "shift": shift}.__getitem__)
    section = profile.section("json")
    assert section is not None
    assert section.date_increment == -3
    return [rule.value for rule in section.rules]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("0815", "0815"),
        ("7", 7),
        ("a: b", "a: b"),
        ("x, remove: true}", "x, remove: true}"),
        ('"\n    - {name: other, remove: true}', '"\n    - {name: other, remove: true}'),
        ("{{ shift }}", "{{ shift }}"),
    ],
)
def test_a_variable_is_a_value_and_never_structure(code: str, value: Any) -> None:
    assert replaced(code) == [value, f"S {code}"]


def test_variables_from_a_row_or_from_containers() -> None:
    table = "subject.label,session.label,code\nS1,A,c1\nS1,B,c2\nS2,A,c3\n"
    assert from_csv(table, "S2")("code") == "c3"
    assert from_csv(table, "S1", "B")("code") == "c2"
    for subject in ("S1", "S9"):
        with pytest.raises(ProfileError):
            from_csv(table, subject)
    with pytest.raises(ProfileError, match="no value"):
        Profile.load(TEMPLATE, variables=from_csv(table, "S2"))
    value = from_containers({"subject": {"label": "S1", "info": {"shift": -3}}})
    assert (value("subject.label"), value("subject.info.shift")) == ("S1", -3)
    for missing in ("subject.info", "session.label", "subject.label.x", "nobody"):
        with pytest.raises(KeyError):
            value(missing)


def test_a_subject_map_gives_codes_in_order() -> None:
    text = 'PatientName,PatientBirthDate,SubjectCode,$config\r\n,,,"{""format"": ""ex{SubjectCode:02}""}"\r\n'
    text += "muller^anna,19710304,7,\r\n"
    known = SubjectMap.load(text)
    assert known.code({"PatientName": " MULLER^Anna", "PatientBirthDate": "19710304"}.get) == "ex07"
    assert known.code({"PatientName": "New"}.get) == "ex08"
    assert SubjectMap.load(known.dump()).code({"PatientName": "new"}.get) == "ex08"
    assert "muller" not in repr(known)
    for wrong in ("", "a,b\n", "PatientName,SubjectCode,$config\n,,{}\n", text.replace(",7,", ",x,")):
        with pytest.raises(ProfileError):
            SubjectMap.load(wrong)


def test_metadata_goes_along_only_as_far_as_the_profile_says() -> None:
    text = """
flywheel:
  subject: {fields: [{name: sex}, {name: label, replace-with: S}, {name: missing, hash: true}]}
  session:
    all: true
    date-increment: 1
    fields: [{name: info.when, increment-date: true}, {regex: '.*name', remove: true}]
  file: {all: true}
"""
    profile = Profile.load(text)
    run = Run(
        profile, Secrets(bytes(32)), Context(), FileReport(), Engine(profile, Secrets(bytes(32))).process
    )
    subject = {"label": "Anna", "sex": "female", "firstname": "Anna"}
    session = {"label": "x", "info": {"when": "2017-12-18", "name": "Anna"}}
    assert exported(profile.metadata.get("subject"), subject, run) == {"sex": "female", "label": "S"}
    assert exported(profile.metadata.get("session"), session, run) == {
        "label": "x",
        "info": {"when": "2017-12-19"},
    }
    assert exported(profile.metadata.get("acquisition"), subject, run) == {}
    assert exported(profile.metadata.get("file"), {"info": {"header": {"PatientName": "Anna"}}}, run) == {
        "info": {}
    }
    assert session["info"] == {"when": "2017-12-18", "name": "Anna"}


def test_the_schema_agrees_with_the_loader(pairs: Path) -> None:
    valid = jsonschema_rs.validator_for(schema()).is_valid
    for path in pairs.glob("*/profile.yml"):
        assert valid(yaml.safe_load(path.read_text())), path
    bad = json.loads((pairs / "invalid-profiles.json").read_text())
    for name in (
        "unknown-action",
        "name-and-regex",
        "no-name",
        "remove-false",
        "kv-no-delimiter",
        "unknown-section",
    ):
        assert not valid(yaml.safe_load(bad[name]["profile"])), name
    assert valid({"treadle": {"preset": "research", "options": ["retain-uids"], "private": {"add": []}}})
    assert not valid({"treadle": {"preset": "reserch"}})


def test_nothing_compiled_is_imported_before_a_file_needs_it() -> None:
    """The browser has pydicom, PyYAML and dateutil; libraries of extras are not there."""
    blocked = ("lxml", "cryptography", "numpy", "PIL", "nibabel", "isal", "httpx", "pynetdicom")
    program = f"import sys\nsys.modules.update(dict.fromkeys({blocked}))\n"
    program += "import treadle.deid.engine, treadle.deid.profile.schema, treadle.deid.profile.template\n"
    program += "from treadle.deid import types\n"
    program += "[types.load(kind) for kind in types.KINDS if kind != 'xml']\n"
    program += "from treadle.deid.profile import Profile\nProfile.load('xml: {fields: [{name: //a, remove: true}]}')\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
