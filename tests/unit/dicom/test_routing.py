"""Routing beyond the golden vectors: any text, several tags, patterns, defaults, suggestions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from treadle.dicom.config import MappingConfig, RoutingConfig
from treadle.dicom.labels import is_group_id, safe_label
from treadle.dicom.routing import close_matches, parse_routing, read_routing

TYPED = st.text() | st.text(alphabet="fwFW:/\\@^ *.<>|?ab1\r\n\t\0-").map("fw://".__add__)
CONFIGS = st.sampled_from(
    [
        RoutingConfig(),
        RoutingConfig(require_prefix=False),
        RoutingConfig(forms=("uri",), third_segment="session"),
        RoutingConfig(patterns=("PatientID=[fw://]{group}[/{project}[/{subject}[/{session}]]]",)),
    ]
)


@given(TYPED | st.lists(st.text()), CONFIGS)
def test_any_text_is_read_without_an_error_into_safe_names(
    raw: str | list[str], config: RoutingConfig
) -> None:
    route = parse_routing(raw, config)
    assert route.group is None or is_group_id(route.group)
    for label in (route.project, route.subject, route.session):
        if label is not None:
            assert 0 < len(label) <= 64
            assert not set(label) & set("/:<>?\\|*\0\r\n\t") and label not in (".", "..")
            assert label == label.strip() and not label.endswith(".")
            label.encode()


@given(TYPED)
def test_a_label_made_safe_twice_stays_the_same(text: str) -> None:
    assert safe_label(safe_label(text)) == safe_label(text)


@given(TYPED)
def test_a_route_is_ok_exactly_when_group_and_project_are_known(raw: str) -> None:
    route = parse_routing(raw)
    assert (route.status == "ok") == (route.group is not None and route.project is not None)


@pytest.mark.parametrize(
    ("raw", "flags"),
    [
        (
            "calm\nFW : //psych/T2*/ses-1",
            ("leading_text", "repaired_prefix", "sanitized", "third_segment_as_session"),
        ),
        ("s@psych/study01/more", ("extra_segments",)),
        ("fw://psych/study01/a/b/ /", ()),
        ("fw://a/b fw://c/d", ("extra_segments", "sanitized")),
    ],
)
def test_repairs_are_flagged(raw: str, flags: tuple[str, ...]) -> None:
    assert parse_routing(raw).flags == flags


def test_a_prefix_inside_a_word_is_none() -> None:
    assert parse_routing("xfw://psych/study01").status == "no_prefix"


def test_a_decomposed_letter_becomes_one_character() -> None:
    assert parse_routing("fw://psych/e\u0301tude").project == "étude"


def test_the_first_tag_that_parses_wins() -> None:
    ds = Dataset()
    ds.PatientID, ds.PatientComments, ds.StudyID = "MRN-1", "fw://psych/study01", "fw://other/p"
    route = read_routing(ds, RoutingConfig(fields=("PatientID", "PatientComments", "StudyID")))
    assert (route.group, route.project) == ("psych", "study01")


def test_a_private_tag_can_hold_the_string() -> None:
    ds = Dataset()
    ds.private_block(0x0029, "ACME", create=True).add_new(0x10, "LO", "fw://psych/study01")
    assert read_routing(ds, RoutingConfig(field='0029,"ACME",10')).project == "study01"


def test_defaults_fill_what_is_missing_but_never_a_wrong_group() -> None:
    config = RoutingConfig(default_group="animals", default_project="pilot")
    assert parse_routing(None, config).project == "pilot"
    assert parse_routing("fw://animals", config).project == "pilot"
    assert parse_routing("fw://neuro", config).project is None
    assert parse_routing("fw://Psych Lab/x", config).group is None


@pytest.mark.parametrize(
    ("rule", "value", "group", "project"),
    [
        ("PatientID={group}_*", "neuro_amnesia", "neuro", None),
        ("PatientID={group}_{project}[_{subject}]", "neuro_amnesia", "neuro", "amnesia"),
        ("PatientID={group}_{project}[_{subject}]", "neuro_amnesia_s1", "neuro", "amnesia"),
        (r"PatientID={group:[a-z]{3}}\d{2}.{project}!i", "ABC12.P", "abc", "P"),
        ("PatientID=**/{group}/{project}", "a/b/g/p", "a", "b_g_p"),
        (r"PatientID=x{2}(?:{group})-{project}!r", "xxg-p", "g", "p"),
        ("PatientID=group", "neuro", "neuro", None),
    ],
)
def test_a_pattern_cuts_a_value_into_fields(rule: str, value: str, group: str, project: str | None) -> None:
    route = parse_routing(value, RoutingConfig(patterns=(rule,)))
    assert route.form == "pattern" and route.group == group
    assert project is None or route.project == project


def test_the_first_pattern_giving_a_field_wins_and_empty_templates_are_skipped() -> None:
    ds = Dataset()
    ds.PatientID, ds.StudyID = "g1", "7"
    rules = (
        "{PatientComments}-{StudyID}={group}",
        "PatientID={group}",
        "{PatientID}_{StudyID}={group}_{project}",
    )
    route = read_routing(ds, RoutingConfig(patterns=rules))
    assert (route.group, route.project, route.status) == ("g1", "7", "ok")


@pytest.mark.parametrize(
    "rule", ["PatientID", "PatientID={nothing}", "PatientID={group", "PatientID={group}!x"]
)
def test_a_wrong_pattern_is_refused_with_its_text(rule: str) -> None:
    with pytest.raises(ValueError, match="routing pattern"):
        RoutingConfig(patterns=(rule,))


def test_close_names_are_suggested_and_far_ones_are_not() -> None:
    assert close_matches("psyhc", ["neuro", "psych", "Psych"]) == ["psych", "Psych"]
    assert close_matches("psyhc", ["radiology"]) == []


def test_an_unknown_option_names_the_nearest_one() -> None:
    with pytest.raises(ValueError, match="third_segment"):
        MappingConfig.from_flat({"third_segmnt": "auto"})
