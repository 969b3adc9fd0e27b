"""`.metadata.json`: what is taken, what is dropped with a warning, what fails a run."""

import json

import pytest

from treadle.gears.metadata import MOST_BYTES, MetadataError, parse


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"acquisition": {"label": None, "info": {"a": None}}}, {"acquisition": {"info": {"a": None}}}),
        (
            {"session": {"subject": {"sex": "female", "code": None}}},
            {"session": {"subject": {"sex": "female"}}},
        ),
        (
            {"project": None, "upload_metadata_type": "engine_upload_metadata"},
            {"upload_metadata_type": "engine_upload_metadata"},
        ),
        (
            {"analysis": {"files": [{"name": "a", "type": None, "tags": ["x"]}]}},
            {"analysis": {"files": [{"name": "a", "tags": ["x"]}]}},
        ),
    ],
)
def test_a_null_leaves_alone_except_within_info(said, kept):
    assert parse(json.dumps(said).encode()) == (kept, [])


def test_unknown_keys_within_a_level_are_dropped_with_a_warning():
    """Published gears write acquisition.instrument."""
    said = {"acquisition": {"instrument": "MR", "label": "A"}, "session": {"subject": {"shoe": 44}}}
    document, warnings = parse(json.dumps(said).encode())
    assert document == {"acquisition": {"label": "A"}, "session": {"subject": {}}}
    assert warnings == [
        "/acquisition/instrument: no such field, ignored",
        "/session/subject/shoe: no such field, ignored",
    ]


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b"{", "/"),
        (b"\xff", "/"),
        (b"[]", "/"),
        (b'{"acquisition": {"info": {"a": NaN}}}', "/"),
        (b"[" * 100_000, "/"),
        (b" " * (MOST_BYTES + 1), "/"),
        (b'{"group": {}}', "/"),
        (b'{"session": {"label": ""}}', "/session/label"),
        (b'{"session": {"subject": {"sex": "f"}}}', "/session/subject/sex"),
        (b'{"session": {"timestamp": "yesterday"}}', "/session/timestamp"),
        (b'{"subject": {"label": "' + b"x" * 65 + b'"}}', "/subject/label"),
        (b'{"acquisition": {"files": [{"type": "a"}]}}', "/acquisition/files/0"),
        (b'{"acquisition": {"files": [{"name": "a", "instrument": "b"}]}}', "/acquisition/files/0"),
        (b'{"acquisition": {"files": [{"name": "a", "modality": "M/R"}]}}', "/acquisition/files/0/modality"),
        (
            b'{"acquisition": {"files": [{"name": "a", "classification": ["T1"]}]}}',
            "/acquisition/files/0/classification",
        ),
        (
            b'{"acquisition": {"files": [{"name": "a", "deid_log_id": "1"}]}}',
            "/acquisition/files/0/deid_log_id",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(raw, pointer):
    with pytest.raises(MetadataError) as refused:
        parse(raw)
    assert str(refused.value).startswith(f"{pointer}: ")
    assert len(str(refused.value)) < 500
