"""What is wrong with a profile is told at once: path, line, what would be right. Nothing ends in a traceback."""

import pickle

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from treadle.deid.profile import Profile, ProfileError
from treadle.deid.profile.keys import ACTIONS, KINDS, keys_of

MANY = """\
name: Trial
dicon: {}
dicom:
  date-incremnt: 3
  fields:
    - name: PatientNam
      remove: true
    - name: StudyDate
      increment-date: true
    - name: PatientID
      hash: true
      remove: true
    - name: Rows
      replace-with: many
    - regex: '(unclosed'
      remove: true
"""


def issues(text: str) -> dict[str, tuple[str, int | None, str]]:
    with pytest.raises(ProfileError) as caught:
        Profile.load(text)
    return {issue.path: (issue.code, issue.line, issue.message) for issue in caught.value.errors}


def test_all_issues_are_told_at_once_with_the_nearest_known_word() -> None:
    found = issues(MANY)
    assert {path: (code, line) for path, (code, line, _) in found.items()} == {
        "dicon": ("UNKNOWN_KEY", 2),
        "dicom.date-incremnt": ("UNKNOWN_KEY", 4),
        "dicom.fields[0].name": ("UNKNOWN_NAME", 6),
        "dicom.fields[1].increment-date": ("MISSING_KEY", 9),
        "dicom.fields[2].remove": ("TWO_ACTIONS", 12),
        "dicom.fields[3].replace-with": ("BAD_VALUE", 14),
        "dicom.fields[4].regex": ("BAD_REGEX", 15),
    }
    assert 'Did you mean "dicom"?' in found["dicon"][2]
    assert 'Did you mean "date-increment"?' in found["dicom.date-incremnt"][2]
    assert 'Did you mean "PatientName"?' in found["dicom.fields[0].name"][2]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("dicom: {fields: []}\ndicom: {}\n", "DUPLICATE_KEY"),
        ("dicom: [", "BAD_YAML"),
        ("- a\n- b\n", "BAD_TYPE"),
        ("", "BAD_TYPE"),
        ("name: only a name\n", "EMPTY"),
        ("a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
         "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
         "e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n", "LIMIT"),
        ("dicom: " + "[" * 50 + "]" * 50, "LIMIT"),
        ("x" * (1 << 20) + "y", "LIMIT"),
        ("dicom:\n  fields:\n  - name: PatientID\n    replace-with:\n", "MISSING_VALUE"),
        ("dicom:\n  fields:\n  - {name: PatientID, encrypt: true}\n", "MISSING_KEY"),
        ("dicom: {salt: 5}\n", "BAD_TYPE"),
        ("dicom:\n  fields: [{name: '{{ x }}', remove: true}]\n", "MISSING_VARIABLE"),
        ("treadle: {preset: reserch}\n", "BAD_VALUE"),
        ("treadle: {options: [clean-recognizable-visual-features]}\n", "DEID_NOT_SUPPORTED"),
        ("png: {fields: [{name: tEXt, hash: true}]}\n", "ACTION_NOT_HERE"),
        ("xml: {fields: [{name: root/name, remove: true}]}\n", "UNKNOWN_NAME"),
        ("xml: {fields: [{name: '//[', remove: true}]}\n", "UNKNOWN_NAME"),
        ("table: {fields: []}\n", "MISSING_KEY"),
        ("json: {fields: [{regex: a, name: b, remove: true}]}\n", "NAME_AND_REGEX"),
        ("csv: {fields: [{regex: a, remove: true}]}\n", "REGEX_NOT_HERE"),
        ("name: none\ndicom: {fields: [{name: PatientID, remove: true}]}\n", "NONE_WITH_RULES"),
        ("flywheel: {sesion: {all: true}}\n", "UNKNOWN_KEY"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_code(text: str, code: str) -> None:
    assert code in {found[0] for found in issues(text).values()}


def test_json_and_mappings_make_the_same_profile_as_yaml() -> None:
    text = "dicom:\n  fields:\n    - {name: PatientID, hash: true}\n"
    json_text = '{\t"dicom": {"fields": [{"name": "PatientID", "hash": true}]}}'
    loaded = [Profile.load(text), Profile.load(json_text), Profile.load(yaml.safe_load(text))]
    assert len({profile.sha256 for profile in loaded}) == 1
    assert pickle.loads(pickle.dumps(loaded[0])) == loaded[0]


def test_a_tag_without_quotes_is_no_octal_number() -> None:
    profile = Profile.load(
        "dicom:\n  fields:\n    - {name: 00100020, remove: true}\n    - {name: 0x00081010, keep: true}\n"
    )
    assert profile.dicom is not None
    assert [name.tag for _, name in profile.dicom.targets] == [0x00100020, 0x00081010]


def test_warnings_name_what_is_unsafe() -> None:
    text = """\
deid-log: log.csv
dicom:
  salt: pepper
  remove-private-tags: true
  fields:
    - {name: StudyInstanceUID, hashuid: true}
    - {name: 00291010, keep: true}
    - {name: PatientID, identity: true}
json: {fields: [{name: a, hash: true}]}
filename: {}
"""
    codes = {issue.code for issue in Profile.load(text).lint()}
    assert codes >= {"DEID_LOG_PHI", "SALT_IN_PROFILE", "HASHUID_SUFFIX", "UID_REFERENCES"}
    assert codes >= {"PRIVATE_BY_NUMBER", "DEPRECATED", "NO_SALT", "CONTENT_UNTOUCHED"}


def test_the_treadle_section_becomes_options() -> None:
    preset = Profile.load("treadle: {preset: research, dates: {min-days: 5}, private: {add: "
                          "[{name: '(0019, \"GEMS\", 0c)', vr: DS}]}}").preset  # fmt: skip
    assert preset is not None
    assert "retain-safe-private" in preset.options
    assert (preset.min_days, preset.safe_private) == (5, ((0x19, "GEMS", 0x0C, "DS"),))


def test_without_a_preset_nothing_passes_untreated() -> None:
    """`treadle:` for marks only is no `none`: the rules still count, and types without a section are refused."""
    profile = Profile.load("treadle: {mark: true}\njson: {}\n")
    assert not profile.unchanged
    assert profile.kind_of("a.dcm", b"") is None
    assert Profile.load("name: none\n").unchanged


words = st.sampled_from(
    ["name", "regex", "PatientID", "StudyDate", "(0029, X, 10)", "a.b", "*", "", "true", *ACTIONS]
)
values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words, st.text(max_size=8))
nested = st.recursive(
    values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
sections = st.sampled_from(KINDS).flatmap(
    lambda kind: st.dictionaries(st.sampled_from([*keys_of(kind)]), nested, max_size=5).map(
        lambda found: {kind: found}
    )
)
documents = st.one_of(
    sections, st.dictionaries(st.sampled_from([*KINDS, "treadle", "flywheel", "name"]), nested, max_size=3)
)


@given(documents)
def test_no_document_ends_in_a_traceback(document: dict[str, object]) -> None:
    for form in (document, yaml.safe_dump(document)):
        try:
            Profile.load(form).lint()
        except ProfileError as error:
            assert all(issue.code and issue.message for issue in error.errors)


@given(st.text(alphabet="abc:-[]{}&*!|>'\"%@#?,\n\t 0", max_size=60) | st.binary(max_size=40))
def test_no_text_ends_in_a_traceback(text: str | bytes) -> None:
    with pytest.raises(ProfileError):
        Profile.load(text)
