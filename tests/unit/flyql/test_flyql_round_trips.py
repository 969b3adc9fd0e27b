"""Text, tree and JSON are the same query: nothing is lost on any way between them."""

from __future__ import annotations

import json

import pytest
from flyql_kit import shared_cases, trees
from hypothesis import given

from treadle.flyql.ast import Compare, Exists, Field, Not, Value
from treadle.flyql.errors import TreeError
from treadle.flyql.parser import parse
from treadle.flyql.printer import to_text
from treadle.flyql.tree import from_tree, to_tree


@given(trees())
def test_text_and_json_keep_every_tree(tree) -> None:
    text = to_text(tree)
    assert parse(text) == tree
    assert to_text(parse(text)) == text
    assert from_tree(json.loads(json.dumps(to_tree(tree)))) == tree


@pytest.mark.parametrize("case", shared_cases())
def test_the_laws_hold_for_every_shared_case(case) -> None:
    if not case["query"] or "error" in case["expect"]:
        return
    tree = parse(case["query"])
    assert parse(to_text(tree)) == tree == from_tree(to_tree(tree))


CANONICAL = [
    ("a.b", "Project.label == x", "project.label = x"),
    ("opposite", "subject.sex <> male", "subject.sex != male"),
    ("not in", "subject.cohort not in (Control,Patient)", "NOT subject.cohort IN [Control, Patient]"),
    ("is null", "session.age is null", "NOT session.age EXISTS"),
    ("is not null", "session.age IS NOT NULL", "session.age EXISTS"),
    ("is not", "session.info.ok is not false", "NOT session.info.ok IS FALSE"),
    (
        "brackets go",
        "((subject.sex = male) and ((subject.code = a)))",
        "subject.sex = male AND subject.code = a",
    ),
    ("brackets stay", "NOT (file.a = 1 OR file.b = 2) AND (file.c = 3 OR file.d = 4)", None),
    ("flat", "file.a = 1 AND (file.b = 2 AND file.c = 3)", "file.a = 1 AND file.b = 2 AND file.c = 3"),
    ("precedence", "file.a = 1 OR (file.b = 2 AND file.c = 3)", "file.a = 1 OR file.b = 2 AND file.c = 3"),
    ("quotes", "subject.label = 'it is “so”'", 'subject.label = "it is “so”"'),
    ("typographic", "project.label in [“PSY Study”,”b“]", 'project.label IN ["PSY Study", "b"]'),
    ("escapes", r"""subject.label = 'a\'b\"c\\d\e\nf' """, r'subject.label = "a' + "'" + r'b\"c\\d\\e\nf"'),
    ("segments", 'file.info."my key".x = 1', '"file.info.my key.x" = 1'),
    ("pattern", r"subject.label =~ sub-00\d", r"subject.label =~ sub-00\d"),
    (
        "element",
        "file.roi has (label = Lesion and area > 300)",
        "file.roi HAS (label = Lesion AND area > 300)",
    ),
    ("sub-query", "not has FILE (file.type = nifti)", "NOT HAS file (file.type = nifti)"),
    ("relative keywords", 'file.roi HAS (has = 1 AND "and" = 2)', 'file.roi HAS (has = 1 AND "and" = 2)'),
    ("several lines", "file.a = 1\n\n  AND\tfile.b\n= 2", "file.a = 1 AND file.b = 2"),
]


@pytest.mark.parametrize(("text", "canonical"), [pytest.param(*case[1:], id=case[0]) for case in CANONICAL])
def test_there_is_one_canonical_text(text: str, canonical: str | None) -> None:
    assert to_text(parse(text)) == (canonical or text)


def test_json_has_the_documented_form() -> None:
    tree = to_tree(
        parse('NOT subject.sex = "male" AND file.roi HAS (area > 3) OR HAS file (file.type IN [a])')
    )
    area = {"op": ">", "field": "area", "value": {"text": "3", "quoted": False, "type": "number"}}
    sex = {"op": "=", "field": "subject.sex", "value": {"text": "male", "quoted": True, "type": "string"}}
    listed = {"op": "in", "field": "file.type", "values": [{"text": "a", "quoted": False, "type": "string"}]}
    both = {"op": "and", "args": [{"op": "not", "arg": sex}, {"op": "has", "field": "file.roi", "arg": area}]}
    assert tree == {"op": "or", "args": [both, {"op": "has", "entity": "file", "arg": listed}]}


def test_trees_made_by_hand_come_into_normal_form() -> None:
    is_null = {"op": "is", "field": "Session.age", "value": "null"}
    assert from_tree({"op": "and", "args": [is_null]}) == Not(Exists(Field("session", "age")))
    unquoted = {"op": "=", "field": "subject.label", "value": {"text": "two words"}}
    assert from_tree(unquoted) == Compare("=", Field("subject", "label"), Value("two words", quoted=True))


def _deep(levels: int) -> dict[str, object]:
    tree: dict[str, object] = {"op": "exists", "field": "file.type"}
    for _ in range(levels):
        tree = {"op": "not", "arg": tree}
    return tree


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        ([], ""),
        ({"op": "nor"}, "op"),
        ({"op": "and", "args": []}, "args"),
        ({"op": "and", "args": [{"op": "not"}]}, "args[0]"),
        ({"op": "=", "field": 3, "value": {"text": "x"}}, "field"),
        ({"op": "=", "field": "file.type"}, ""),
        ({"op": "=", "field": "file.type", "value": {"text": 3}}, "value.text"),
        ({"op": "in", "field": "file.type", "values": []}, "values"),
        ({"op": "in", "field": "file.type", "values": [{"text": "x", "quoted": 1}]}, "values[0].quoted"),
        ({"op": "is", "field": "file.type", "value": True}, "value"),
        ({"op": "has", "entity": "planet", "arg": {}}, "entity"),
        ({"op": "exists", "field": "planet.name"}, ""),
        ({"op": "=~", "field": "file.type", "value": {"text": "("}}, ""),
        ({"op": "has", "entity": "session", "arg": {"op": "exists", "field": "file.type"}}, ""),
        ({"op": "or", "args": [{"op": "exists", "field": "file.type"}] * 201}, ""),
        (_deep(51), ""),
        (_deep(900), "arg" + ".arg" * 102),
    ],
)
def test_what_is_no_query_is_refused_with_its_place(tree: object, where: str) -> None:
    with pytest.raises(TreeError) as refused:
        from_tree(tree)
    assert refused.value.where == where
