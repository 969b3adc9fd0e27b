"""Which objects a query finds: rows and what they bind, NOT, HAS, collections, regions of interest, order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flyql_kit import trees
from hypothesis import given

from treadle.flyql.ast import And, Compare, Node, Not, Or
from treadle.flyql.dataset import Dataset
from treadle.flyql.evaluate import evaluate, row_level
from treadle.flyql.literals import Clock
from treadle.flyql.normal import push_not
from treadle.flyql.parser import parse
from treadle.flyql.truth import holds

CLOCK = Clock(datetime(2024, 6, 15, tzinfo=UTC))


def stored(id_: str, parent: tuple[str, str] | None, deleted: bool = False, **doc: Any) -> dict[str, Any]:
    return {"_id": id_, "parent": list(parent) if parent else None, "doc": doc, "deleted": deleted}


LESION = {"label": "Lesion", "area": 400}
SMALL = {"label": "Lesion", "area": 100}
NODE = {"label": "Node", "area": 400}

# Two projects; s1 has two sessions, of which t1 has all there is to ask about.
STORED = {
    "group": [stored("g", None, label="Lab")],
    "project": [stored("p", ("group", "g"), label="Open"), stored("q", ("group", "g"), label="Other")],
    "subject": [
        stored("s1", ("project", "p"), code="one", sex="male"),
        stored("s2", ("project", "p"), label="two", sex="female", deleted=True),
        stored("s3", ("project", "q"), label="three"),
    ],
    "session": [
        stored("t1", ("subject", "s1"), label="first", created="2024-01-01T00:00:00+00:00", weight=70),
        stored(
            "t2", ("subject", "s1"), label="second", created="2024-03-01T00:00:00+00:00", age=31557600 * 40
        ),
        stored("t3", ("subject", "s3"), label="third", created="2024-02-01T00:00:00+00:00", weight=60),
        stored("t4", ("subject", "s2"), label="gone"),
    ],
    "acquisition": [
        stored("a1", ("session", "t1"), label="T1w", collections=["c1"]),
        stored("a2", ("session", "t1"), label="dwi"),
        stored("a3", ("session", "t2"), label="T1w", collections=["c2", "unknown"]),
    ],
    "analysis": [
        stored("y1", ("session", "t1"), label="afq"),
        stored("y2", ("acquisition", "a1"), label="qa"),
    ],
    "file": [
        stored("f1", ("acquisition", "a1"), name="1.dcm", type="dicom", info={"roi": [SMALL, NODE]}),
        stored("f2", ("acquisition", "a1"), name="1.nii", type="nifti", info={"x": {"y": 1}, "empty": [{}]}),
        stored("f3", ("acquisition", "a3"), name="3.dcm", type="dicom", roi=[LESION], tags=["a", "b"]),
        stored("f4", ("session", "t1"), name="consent.pdf", type="pdf"),
        stored("f5", ("analysis", "y1"), name="summary.csv", type="csv"),
        stored("f6", ("analysis", "y2"), name="qa.csv", type="csv"),
        stored("f7", ("project", "q"), name="protocol.pdf", type="pdf"),
    ],
    "collection": [
        stored("c1", None, label="Best"),
        stored("c2", None, label="Rest"),
        stored("c3", None, label="Empty"),
    ],
}

FOUND = [
    ("rows are of the lowest level mentioned", "NOT file.type = dicom", "session", "t1"),
    ("so objects without such rows are not found", "NOT file.type = nothing", "session", "t1 t2"),
    ("a file in an acquisition binds all above", "acquisition.label = T1w AND file.type = dicom", "session", "t1 t2"),
    ("a file of a session binds no acquisition", "NOT acquisition.label EXISTS", "file", "f4 f5 f7"),
    ("a file of an analysis binds what that is of", "analysis.label = qa AND acquisition.label = T1w", "file", "f6"),
    ("an analysis of a session binds no acquisition", "acquisition.label = T1w", "analysis", "y2"),
    ("conditions hold on one chain", "acquisition.label = dwi AND file.type = dicom", "session", ""),
    ("nothing below what is deleted", "subject.sex EXISTS", "session", "t1 t2"),
    ("unequal is true of what is missing", "subject.sex != male", "session", "t3"),
    ("any value of several satisfies", "file.tags = a AND file.tags = b", "file", "f3"),
    ("the id by either name", "file.id = f1 OR file._id = f2", "file", "f1 f2"),
    ("a code is the label, a label the code", "subject.label = one OR subject.code = three", "subject", "s1 s3"),
    ("ages are derived", "session.age_in_years = 40 AND session.age_days > 14600", "session", "t2"),
    ("what is below a path makes it exist", "file.info.x EXISTS", "file", "f2"),
    ("empty objects do not exist", "file.info.empty EXISTS OR file.info.x.y.z EXISTS", "file", ""),
    ("without HAS, two may satisfy", "file.info.roi.label = Lesion AND file.info.roi.area > 300", "file", "f1 f3"),
    ("with HAS, one must", "file.info.roi HAS (label = Lesion AND area > 300)", "file", "f3"),
    ("file.roi are the drawn ones alone", "file.roi EXISTS", "file", "f3"),
    ("NOT inside HAS is about the element", "file.info.roi HAS (NOT label = Lesion)", "file", "f1"),
    ("HAS for none", "NOT HAS file (file.type = dicom)", "session", "t3"),
    ("HAS for one of this and another of that",
     "HAS acquisition (acquisition.label = T1w) AND HAS acquisition (acquisition.label = dwi)", "session", "t1"),
    ("HAS looks upwards too", "HAS subject (subject.sex = male)", "file", "f1 f2 f3 f4 f5 f6"),
    ("HAS is about the object, not the row", "HAS file (file.type = pdf) AND file.type = nifti", "session", "t1"),
    ("HAS of the object itself", "HAS file (file.type = pdf)", "file", "f4 f7"),
    ("HAS in HAS starts anew",
     "HAS acquisition (acquisition.label = T1w AND NOT HAS file (file.type = nifti))", "session", "t2"),
    ("a session is in the collections of its acquisitions", "collection.label = Best", "session", "t1"),
    ("an acquisition only in its own", "collection.label = Best", "acquisition", "a1"),
    ("files with their acquisition", "collection.label = Best", "file", "f1 f2 f4 f5 f6"),
    ("subjects through their sessions", "collection.label = Best", "subject", "s1"),
    ("collections with such members", "acquisition.label = T1w AND file.type = nifti", "collection", "c1"),
    ("collections through HAS", "HAS acquisition (acquisition.label = T1w)", "collection", "c1 c2"),
    ("HAS collection", "HAS collection (collection.label = Rest)", "subject", "s1"),
    ("HAS collection of members only", "HAS collection (collection.label = Best)", "acquisition", "a1"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "of", "ids"), [pytest.param(*case[1:], id=case[0]) for case in FOUND])
def test_what_is_found(query: str, of: str, ids: str) -> None:
    assert sorted(evaluate(parse(query), Dataset(STORED), of, clock=CLOCK)) == ids.split()


def test_only_readable_projects_are_found() -> None:
    some, none = Dataset(STORED, {"q"}), Dataset(STORED, set())
    assert evaluate(None, some, "file", clock=CLOCK) == ["f7"]
    assert evaluate(parse("group.label = Lab"), some, "session", clock=CLOCK) == ["t3"]
    assert evaluate(parse("NOT group.label = Lab"), none, "project", clock=CLOCK) == []
    assert evaluate(parse("NOT HAS subject (subject.sex = male)"), some, "project", clock=CLOCK) == ["q"]


@pytest.mark.parametrize(
    ("search", "of", "ids"),
    [
        ("lab", "project", "p q"),
        ("NII", "session", "t1"),
        ("one t1w dcm", "subject", "s1"),
        ("first dicom", "file", "f1"),
        ("first second", "subject", ""),
        ("f1", "file", ""),
        ("best", "collection", "c1"),
        ("best", "session", ""),
        ("  ", "analysis", "y1 y2"),
    ],
)
def test_the_search_box_looks_at_texts_of_an_object_and_above(search: str, of: str, ids: str) -> None:
    """Every word must be in texts of one object and what is above it; ids are no texts."""
    assert sorted(evaluate(None, Dataset(STORED), of, clock=CLOCK, search_string=search)) == ids.split()


@pytest.mark.parametrize(
    ("sort", "size", "ids"),
    [
        (None, None, "t2 t3 t1"),
        (("session.label", "asc"), None, "t1 t2 t3"),
        (("session.weight", "asc"), None, "t3 t1 t2"),
        (("session.weight", "desc"), None, "t1 t3 t2"),
        (("subject.label", "desc"), 2, "t3 t1"),
        (("acquisition.label", "asc"), None, "t1 t2 t3"),
    ],
)
def test_the_order(sort: tuple[str, Any] | None, size: int | None, ids: str) -> None:
    """The newest first unless asked otherwise; those without the field last; equals by id."""
    assert evaluate(None, Dataset(STORED), "session", clock=CLOCK, sort=sort, size=size) == ids.split()


def test_the_level_of_rows() -> None:
    assert row_level(None, "project") == "project"
    assert row_level(parse("HAS file (file.type = x)"), "session") == "session"
    assert row_level(parse("subject.sex = male OR NOT analysis.label = x"), "session") == "analysis"
    assert row_level(parse("collection.label = x"), "project") == "session"


def test_an_element_by_itself() -> None:
    tree = parse("file.roi HAS (label = Lesion AND area > 300)")
    assert holds(tree.arg, LESION, "roi", CLOCK)  # type: ignore[union-attr]
    assert not holds(tree.arg, SMALL, "roi", CLOCK)  # type: ignore[union-attr]


def _only_terms_are_negated(node: Node) -> bool:
    match node:
        case And(args) | Or(args):
            return all(_only_terms_are_negated(arg) for arg in args)
        case Not(arg):
            return not isinstance(arg, And | Or | Not) and not (
                isinstance(arg, Compare) and arg.op in ("=", "!=")
            )
    return True


@given(trees())
def test_pushing_not_down_changes_no_answer(tree: Node) -> None:
    pushed = push_not(tree)
    assert _only_terms_are_negated(pushed)
    dataset = Dataset(STORED)
    for of in ("file", "session", "collection"):
        assert evaluate(pushed, dataset, of, clock=CLOCK) == evaluate(tree, dataset, of, clock=CLOCK)
