"""`treadle gear validate`: every published manifest gets the verdict its index states; bad ones get a sentence."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from treadle.cli.main import app
from treadle.gears import ConfigError, complete, derive, judge
from treadle.gears.manifest import Document, parse

PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "gear_manifests"
STATED = ("kind", "name", "version", "category", "image", "inputs", "valid_2019", "valid_2025")

GOOD = {
    "name": "a-gear",
    "label": "A gear",
    "description": "",
    "version": "1.0",
    "author": "A. Uthor",
    "license": "MIT",
    "url": "",
    "source": "https://example.org/a-gear",
    "config": {"speed": {"type": "integer", "default": 1, "maximum": 3}},
    "inputs": {"image": {"base": "file", "type": {"enum": ["dicom"]}}, "key": {"base": "api-key"}},
    "custom": {"gear-builder": {"category": "utility", "image": "lab/a-gear:1.0"}},
}


def validate(*files: Path) -> tuple[int, list[dict]]:
    ran = CliRunner().invoke(app, ["gear", "validate", "--json", *map(str, files)])
    assert not ran.exception or isinstance(ran.exception, SystemExit), ran.exception
    return ran.exit_code, [json.loads(line) for line in ran.stdout.splitlines()]


def test_published_manifests_get_the_stated_verdict():
    index = json.loads((PUBLISHED / "INDEX.json").read_text())
    code, said = validate(*(PUBLISHED / entry["path"] for entry in index))
    assert code == 1  # two of them break the edition of 2025
    for entry, verdict in zip(index, said, strict=True):
        assert {key: verdict[key] for key in STATED} == {key: entry[key] for key in STATED}, entry["path"]
        assert verdict.get("invocation_schema_matches") == entry.get("invocation_schema_matches")
        assert bool(verdict["errors"]) == bool(entry.get("schema_errors"))
        defaults = [one for one in verdict["warnings"] if "/default: " in one]
        assert len(defaults) == len(entry.get("bad_defaults", ()))
        tagged = any("the image's tag" in one for one in verdict["warnings"])
        assert tagged == entry.get("tag_differs_from_version", False)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": "A gear"}, "/name"),
        ({"name": "a-gear\n"}, "/name"),
        ({"license": "whatever"}, "/license"),
        ({"source": "www.example.org"}, "/source"),
        ({"url": "https://example.org/a b"}, "/url"),
        ({"unknown": 1}, "/"),
        ({"config": {"a/b": {"type": "nothing"}}}, "/config/a~1b/type"),
        ({"config": {"a": {"type": "integer", "default": 1, "optional": True}}}, "/config/a"),
        ({"config": {"a": {"default": 1}}}, "/config/a"),
        ({"config": {"a": {"type": "object"}}}, "/config/a/type"),
        ({"config": {"a": {"type": ["string", "null"]}}}, "/config/a/type"),
        ({"config": {"a": {"type": "string", "enum": []}}}, "/config/a/enum"),
        ({"config": {"a": {"type": "array", "items": {"enum": []}}}}, "/config/a/items"),
        ({"config": {"a": {"type": "number", "exclusiveMaximum": 3}}}, "/config/a"),
        ({"inputs": {"f": {"base": "file", "type": {"enum": ["a", "a"]}}}}, "/inputs/f"),
        ({"inputs": {"c": {"base": "context", "type": {}}}}, "/inputs/c"),
        ({"custom": {"flywheel": {"classification": ["MR"]}}}, "/custom/flywheel/classification"),
        ({"custom": {"flywheel": {"show-job": 1}}}, "/custom/flywheel/show-job"),
        ({"output_configuration": {"enforce_file_version_match": "x"}}, "/output_configuration/"),
        ({"config": {"a/b": {"type": "number", "default": "1"}}}, "/config/a~1b/default"),
        ({"inputs": {"k": {"base": "api-key", "optional": True}}}, "/inputs/k"),
        ({"inputs": {"k": {"base": "disk"}}}, "/inputs/k"),
        ({"environment": {"A": 1}}, "/environment/A"),
        ({"label": "x" * 101}, "/label"),
    ],
)
def test_a_breach_is_named_by_its_place(change: dict, pointer: str):
    errors = judge(Document({**GOOD, **change})).errors
    assert errors
    assert all(one.startswith(pointer) for one in errors), errors


def test_all_breaches_are_told_at_once():
    assert len(judge(Document({**GOOD, "name": "N", "version": 1, "license": "-"})).errors) == 3


def test_a_good_manifest_has_nothing_to_say():
    verdict = judge(Document(GOOD))
    assert verdict.valid
    assert not verdict.warnings


def test_doubts_do_not_make_it_invalid():
    """Other suites than the usual ones, and options that the older edition let be of any type."""
    odd = {**GOOD["custom"], "flywheel": {"suite": "Ours"}, "docker-image": "lab/a-gear:0.9"}
    verdict = judge(Document({**GOOD, "version": "2.0", "custom": odd}))
    assert verdict.valid
    assert [one.partition(": ")[0] for one in verdict.warnings] == [
        "/custom/gear-builder/image", "/custom/docker-image", "/custom/flywheel/suite",
    ]  # fmt: skip
    untyped = judge(Document({**GOOD, "config": {"a": {}}}))
    assert (untyped.valid_2019, untyped.valid_2025) == (True, False)


@pytest.mark.parametrize("written", ["", "[]", "{", "1", '{"a": NaN', "[" * 100_000, b"\xff\xfe\x00"])
def test_what_is_no_manifest_gets_one_sentence(tmp_path: Path, written: str | bytes):
    path = tmp_path / "manifest.json"
    path.write_bytes(written if isinstance(written, bytes) else written.encode())
    code, [verdict] = validate(tmp_path)
    assert code == 1
    assert len(verdict["errors"]) == 1
    assert not verdict["valid_2019"]


def test_a_missing_file_is_told(tmp_path: Path):
    code, [verdict] = validate(tmp_path / "none.json")
    assert (code, verdict["errors"]) == (1, ["No such file or directory"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "flywheel", "capabilities"]), JSON))
def test_any_object_gets_a_verdict(change: dict):
    judge(parse(json.dumps({**GOOD, **change})))


def test_defaults_complete_a_config_and_unknown_options_are_refused():
    assert complete(GOOD, {}) == {"speed": 1}
    assert complete({**GOOD, "config": {"a": {"optional": True}}}, {}) == {}
    for given_, key in [({"spede": 1}, "spede"), ({"speed": 9}, "speed"), ({"speed": True}, "speed")]:
        with pytest.raises(ConfigError) as refused:
            complete(GOOD, given_)
        assert refused.value.key == key
    with pytest.raises(ConfigError, match="required"):
        complete({**GOOD, "config": {"a": {"type": "string"}}}, {})


def test_an_invocation_schema_can_be_closed():
    assert "additionalProperties" not in derive(GOOD)["properties"]["config"]
    assert derive(GOOD, closed=True)["properties"]["config"]["additionalProperties"] is False
