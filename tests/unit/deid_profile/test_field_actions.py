"""Each action makes of a value what the original makes of it, shown on JSON, which has no types in the way."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from treadle.deid.fields.actions import salted_hash
from treadle.deid.fields.hashuid import hash_uid
from treadle.deid.fields.model import Section

Output = Callable[[str, str, bytes], bytes]


@pytest.fixture
def become(output: Output) -> Callable[..., Any]:
    """What one rule makes of one value."""

    def run(value: Any, **rule: Any) -> Any:
        section = {key: rule.pop(key) for key in list(rule) if key in ("salt", "hash-digits", "jitter-type")}
        profile = {"json": {"date-increment": -17, **section, "fields": [{"name": "x", **rule}]}}
        return json.loads(output(yaml.safe_dump(profile), "a.json", json.dumps({"x": value}).encode())).get(
            "x"
        )

    return run


@pytest.mark.parametrize(
    ("uid", "expected"),
    [
        ("1.2.3.4", "1.2.3.201242.112377.523610.525344.232621.923816.4"),
        (
            "1.3.12.2.1107.5.2.36.40414.2017121810181933.0.0.0",
            "1.3.12.2.194246.206177.718123.636312.501511.371902.0",
        ),
        (
            "1.3.12.2.1107.5.2.36.40414.30000017121806540000000000012",
            "1.3.12.2.166138.422323.312032.193163.162129.163616.000012",
        ),
    ],
)
def test_hashuid_is_bit_exact(uid: str, expected: str) -> None:
    assert hash_uid(uid, "pepper", Section("dicom")) == expected


def test_a_strict_uid_keeps_no_digits_of_the_end() -> None:
    uid = hash_uid(
        "1.3.12.2.1107.5.2.36.40414.30000017121806540000000000012", "pepper", Section("dicom"), strict=True
    )
    assert not uid.endswith("000012")
    assert all(part == "0" or not part.startswith("0") for part in uid.split("."))


def test_a_long_uid_is_cut_before_its_end() -> None:
    section = Section("dicom", uid_prefix=8)
    uid = hash_uid("1.22222222.33333333.44444444.55555555.66666666.77777777.88888888.9", "", section)
    assert len(uid) <= 64
    assert uid.endswith(".9")


def test_hash_takes_salt_and_digits(become: Callable[..., Any]) -> None:
    assert become("P1", hash=True, salt="s") == salted_hash("P1", "s", 16)
    assert become("P1", **{"hash": True, "hash-digits": 0}) == salted_hash("P1", "")
    assert become(["a", "b"], hash=True) == salted_hash("a,b", "", 16)
    assert become("", hash=True) == ""
    assert become(None, hash=True) is None


@pytest.mark.parametrize(
    ("value", "rule", "expected"),
    [
        ("2017-12-18", {"increment-date": True}, "2017-12-01"),
        ("2017-12-18,2018-01-01", {"increment-date": True}, ["2017-12-01", "2017-12-15"]),
        (["2017-12-18", ""], {"increment-date": True}, ["2017-12-01", ""]),
        (
            "20171218",
            {"increment-date": True, "date-format": "%Y%m%d", "date-increment-override": 3},
            "20171221",
        ),
        ("2017-12-18 10:20:30+0100", {"increment-datetime": True}, "2017-12-01 10:20:30+0100"),
        (
            "20171218102030",
            {"increment-datetime": True, "datetime-format": "%Y%m%d%H%M%S.%f"},
            "20171201102030.000000",
        ),
        (1513592430, {"increment-datetime": True, "datetime-format": "timestamp"}, 1513592430.0 - 17 * 86400),
        (
            "19000101",
            {"increment-date": True, "date-format": "%Y%m%d", "datetime-min": "19500101"},
            "19500101",
        ),
        (
            "21000101",
            {"increment-date": True, "date-format": "%Y%m%d", "datetime-max": "20200102"},
            "20200102",
        ),
        ("a", {"replace-with": [1, {"b": 2}]}, [1, {"b": 2}]),
    ],
)
def test_values_become(become: Callable[..., Any], value: Any, rule: dict[str, Any], expected: Any) -> None:
    assert become(value, **rule) == expected


def test_random_changes_stay_in_range_and_are_the_same_for_the_same_file(become: Callable[..., Any]) -> None:
    for value in range(10, 40):
        changed = become(value, **{"jitter": True, "jitter-range": 3, "jitter-type": "int"})
        assert changed != value
        assert abs(changed - value) <= 3
        assert changed == become(value, **{"jitter": True, "jitter-range": 3, "jitter-type": "int"})
        assert become(value, **{"jitter": True, "jitter-range": 3, "jitter-max": value}) <= value
    moved = become("2017-12-18", **{"increment-date": True, "jitter-date": True, "jitter-range": 2})
    assert moved in {"2017-11-29", "2017-11-30", "2017-12-02", "2017-12-03"}


def test_regex_sub_fills_in_groups_and_other_fields(output: Output) -> None:
    profile = r"""
json:
  salt: f
  date-increment: -2
  fields:
    - {name: when, remove: true}
    - name: id
      regex-sub:
        - input-regex: '^(?P<grp>\w+)/(?P<pat>PAT)-(?P<num>\d+)(?P<none>x)?$'
          output: '{num}_{when}_{pat}@{grp}{none}'
          groups: [{name: num, hash: true}, {name: when, increment-date: true, date-format: '%Y%m%d'}]
        - {input-regex: '.*', output: none}
"""
    done = json.loads(output(profile, "a.json", b'{"id": "flywheel/PAT-0815", "when": "20171218"}'))
    assert done == {"id": "0aa525db6e41f461_20171216_PAT@flywheel"}
    assert json.loads(output(profile, "a.json", b'{"id": "else"}')) == {"id": "none"}


def test_encrypted_text_can_be_decrypted(become: Callable[..., Any], output: Output) -> None:
    key = "0123456789abcdef"
    profile = "secret-key: %s\njson: {fields: [{name: x, %s: true}]}\n"
    hidden = output(profile % (key, "encrypt"), "a.json", b'{"x": "M\xc3\xbcller"}')
    assert b"ller" not in hidden
    assert json.loads(output(profile % (key, "decrypt"), "a.json", hidden)) == {"x": "Müller"}


@pytest.mark.parametrize(
    "rule",
    [
        {"increment-date": True},
        {"jitter": True},
        {"regex-sub": [{"input-regex": "[0-9]+", "output": "n"}]},
        {"hashuid": True, "of": {"a": 1}},
    ],
)
def test_a_value_that_does_not_fit_rejects_the_file_and_names_the_field(
    process: Any, rule: dict[str, Any]
) -> None:
    value = rule.pop("of", "Muller")
    profile = yaml.safe_dump({"json": {"date-increment": 1, "fields": [{"name": "x", **rule}]}})
    result = process(profile, "a.json", json.dumps({"x": value}).encode())
    assert (result.status, result.error, result.report.where) == ("rejected", "DEID_BAD_VALUE", "x")
    assert result.outputs == []
    assert "Muller" not in str(result.report.document())
