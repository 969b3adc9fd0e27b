"""The rule of pulling as a table, its invariants, working hours, and what a query may decide."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from treadle.connector.config import DeviceConfig
from treadle.connector.hours import parse_hours
from treadle.connector.pull.keys import ask_for, fingerprint, is_blind, is_wanted, key_tags
from treadle.connector.pull.rule import Known, Phase, after_failure, judge, retry_wait_s
from treadle.connector.pull_config import PullConfig
from treadle.dicom.config import MappingConfig, RoutingConfig
from treadle.dicom.optin import OptConfig

K = Known

# known before, (count, keys) now, polls that must agree, wanted -> known after, what happened
TABLE = [
    (None, (5, "k"), 1, True, K(5, "k"), "discovered"),
    (None, (0, "k"), 1, True, K(0, "k"), "discovered"),
    (K(5, "k"), (5, "k"), 1, True, K(5, "k", 1, "due"), "complete"),
    (K(5, "k"), (5, "k"), 1, False, K(5, "k", 1, "skipped"), "skipped"),
    (K(5, "k"), (5, "k"), 2, True, K(5, "k", 1), None),
    (K(5, "k", 1), (5, "k"), 2, True, K(5, "k", 2, "due"), "complete"),
    (K(0, "k", 1), (0, "k"), 1, True, K(0, "k", 1), None),
    (K(5, "k"), (6, "k"), 1, True, K(6, "k"), "changed"),
    (K(5, "k"), (5, "other"), 1, True, K(5, "other"), "changed"),
    (K(5, "k", 1, "due"), (5, "k"), 1, True, K(5, "k", 1, "due"), None),
    (K(5, "k", 1, "due"), (6, "k"), 1, True, K(6, "k"), "changed"),
    (K(5, "k", 1, "failed", 3), (5, "k"), 1, True, K(5, "k", 1, "failed", 3), None),
    (K(5, "k", 1, "failed", 3), (6, "k"), 1, True, K(6, "k"), "changed"),
    (K(5, "k", 1, "abandoned", 10), (5, "k"), 1, True, K(5, "k", 1, "abandoned", 10), None),
    (K(5, "k", 1, "abandoned", 10), (5, "x"), 1, True, K(5, "x"), "changed"),
    (K(5, "k", 1, "retrieved"), (5, "k"), 1, True, K(5, "k", 1, "retrieved"), None),
    (K(5, "k", 1, "retrieved"), (6, "k"), 1, True, K(6, "k"), "changed"),
    (K(5, "k", 1, "skipped"), (5, "k"), 1, True, K(5, "k", 1, "skipped"), None),
    (K(5, "k", 1, "skipped"), (5, "x"), 1, True, K(5, "x"), "changed"),
    (K(5, "k", 0, "ignored"), (5, "k"), 1, True, K(5, "k", 0, "ignored"), None),
    (K(5, "k", 0, "ignored"), (9, "k"), 1, True, K(9, "k"), "changed"),
]


@pytest.mark.parametrize(("known", "now", "stable_polls", "is_wanted", "after", "change"), TABLE)
def test_the_rule(
    known: Known | None,
    now: tuple[int, str],
    stable_polls: int,
    is_wanted: bool,
    after: Known,
    change: str | None,
) -> None:
    judged = judge(known, count=now[0], keys=now[1], stable_polls=stable_polls, is_wanted=is_wanted)
    assert judged == (after, change)


STATES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from("ab")), min_size=1, max_size=40)


@given(STATES, st.integers(1, 3), st.data())
def test_a_series_is_taken_when_it_rests_and_once_for_each_change(
    states: list[tuple[int, str]], stable_polls: int, data: st.DataObject
) -> None:
    """Whatever the source says and however retrievals end."""
    known: Known | None = None
    seen: list[tuple[int, str]] = []
    succeeded: tuple[int, str] | None = None
    for state in states:
        if seen and state != seen[-1]:
            succeeded = None
        seen.append(state)
        known, _ = judge(known, count=state[0], keys=state[1], stable_polls=stable_polls)
        rests = len(seen) > stable_polls and len(set(seen[-stable_polls - 1 :])) == 1
        if known.phase == "due":
            assert rests and state[0] > 0 and succeeded is None
            if data.draw(st.booleans()):
                succeeded = state
                known = Known(known.count, known.keys, known.stable, "retrieved")
        elif rests and state[0] > 0:
            assert succeeded == state


@pytest.mark.parametrize(
    ("failures", "wait"), [(1, 60), (2, 120), (3, 240), (6, 1920), (7, 3600), (99, 3600)]
)
def test_waits_double_to_an_hour(failures: int, wait: float) -> None:
    assert retry_wait_s(failures) == wait


def test_the_last_allowed_failure_abandons() -> None:
    known = Known(5, "k", 1, "due")
    phases: list[Phase] = []
    for _ in range(10):
        known = after_failure(known, max_failures=10)
        phases.append(known.phase)
    assert phases == ["failed"] * 9 + ["abandoned"]


@pytest.mark.parametrize(("text", "inside", "outside"), [
    ("20:00-06:00", ["20:00", "23:59", "00:00", "05:59"], ["06:00", "12:00", "19:59"]),
    ("8:30 - 17:00", ["08:30", "16:59"], ["08:29", "17:00", "00:00"]),
])  # fmt: skip
def test_working_hours(text: str, inside: list[str], outside: list[str]) -> None:
    hours = parse_hours(text)
    assert [at for at in inside + outside if hours.contains(time.fromisoformat(at))] == inside


@pytest.mark.parametrize("text", ["night", "20:00", "24:00-06:00", "06:00-06:00", "20:60-06:00"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="working_hours"):
        parse_hours(text)


def device(opt: OptConfig, *, trust_query: bool = False, **routing: object) -> DeviceConfig:
    mapping = MappingConfig(routing=RoutingConfig(**routing))  # type: ignore[arg-type]
    return DeviceConfig(opt=opt, mapping=mapping, pull=PullConfig(trust_query=trust_query))


def header(**values: str) -> Dataset:
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


IN = OptConfig(mode="in", field="AccessionNumber", string="flywheel")
OUT = OptConfig(mode="out", field="AccessionNumber", string="NOFW")
ROUTED = OptConfig(mode="in", field="routing", match="valid")


@pytest.mark.parametrize(("opt", "values", "trust_query", "wanted"), [
    (OptConfig(), {}, False, True),
    (IN, {"AccessionNumber": "Flywheel"}, False, True),
    (IN, {"AccessionNumber": "1234"}, False, False),
    (IN, {"AccessionNumber": ""}, False, True),
    (IN, {}, False, True),
    (IN, {}, True, False),
    (OUT, {"AccessionNumber": "nofw"}, False, False),
    (OUT, {"AccessionNumber": "1234"}, False, True),
    (OUT, {}, True, True),
    (ROUTED, {"PatientID": "fw://psych/study01"}, False, True),
    (ROUTED, {"PatientID": "MRN-1"}, False, False),
    (ROUTED, {}, False, True),
    (ROUTED, {}, True, False),
])  # fmt: skip
def test_a_query_decides_only_what_it_knows(
    opt: OptConfig, values: dict[str, str], trust_query: bool, wanted: bool
) -> None:
    assert is_wanted(header(**values), device(opt, trust_query=trust_query)) is wanted


def test_the_keys_are_those_of_routing_and_opt() -> None:
    both = device(IN, field="PatientComments")
    assert key_tags(both) == ("PatientComments", "AccessionNumber")
    assert key_tags(device(OptConfig(), patterns=("{PatientID}_{StudyID}={group}_{project}",))) == (
        "PatientID", "StudyID",
    )  # fmt: skip
    assert is_blind(header(PatientComments="x"), both)
    assert not is_blind(header(PatientComments="x", AccessionNumber="y"), both)


def test_a_changed_value_changes_the_fingerprint_which_does_not_tell_it() -> None:
    ours = device(IN)
    first, second = (header(PatientID=name, AccessionNumber="1") for name in ("Doe", "Roe"))
    assert fingerprint(first, ours) != fingerprint(second, ours)
    assert fingerprint(first, ours) == fingerprint(header(PatientID=" Doe ", AccessionNumber="1"), ours)
    assert "Doe" not in fingerprint(first, ours)


def test_private_tags_are_not_asked_for_others_are() -> None:
    query = Dataset()
    ask_for(query, ["PatientID", "0010,4000", '0029,"ACME 1.1",01', "0029,1001"])
    assert sorted(element.keyword for element in query) == ["PatientComments", "PatientID"]
