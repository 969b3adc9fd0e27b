"""Filters of a search mean what Elastic's clauses of the same name mean (search.md 4.2)."""

import pytest

from treadle.server.search.explorer.clauses import FiltersInvalid, read_clauses

QUOTED = {"text": "v", "quoted": True}
IS_THERE = {"op": "exists", "field": "file._id"}


def leaf(op, **more):
    return {"op": op, "field": "file.type", **more}


def absent(field):
    return {"op": "and", "args": [IS_THERE, {"op": "not", "arg": {"op": "exists", "field": field}}]}


@pytest.mark.parametrize(
    ("clause", "tree"),
    [
        ({"term": {"file.type": "v"}}, leaf("=", value=QUOTED)),
        ({"term": {"file.type.raw": {"value": "v"}}}, leaf("=", value=QUOTED)),
        ({"term": {"file.type": True}}, leaf("=", value={"text": "true", "quoted": False})),
        ({"term": {"file.type": 1.5e-7}}, leaf("=", value={"text": "1.5e-07", "quoted": False})),
        ({"terms": {"file.type": ["v", 3]}}, leaf("in", values=[QUOTED, {"text": "3", "quoted": False}])),
        ({"terms": {"file.type": ["null"]}}, absent("file.type")),
        (
            {"terms": {"file.type": ["v", "null"]}},
            {"op": "or", "args": [leaf("in", values=[QUOTED]), absent("file.type")]},
        ),
        (
            {"range": {"file.type": {"gte": 1, "lt": "2020-02-01"}}},
            {
                "op": "and",
                "args": [
                    leaf(">=", value={"text": "1", "quoted": False}),
                    leaf("<", value={"text": "2020-02-01", "quoted": False}),
                ],
            },
        ),
        ({"exists": {"field": "file.type"}}, leaf("exists")),
        ({"prefix": {"file.type": "a%b"}}, leaf("like", value={"text": "a\\%b%", "quoted": True})),
        (
            {"wildcard": {"file.type": {"value": "a_*?"}}},
            leaf("like", value={"text": "a\\_*?", "quoted": True}),
        ),
        ({"regexp": {"file.type": "v"}}, leaf("=~", value=QUOTED)),
        ({"match_phrase": {"file.type": "v"}}, leaf("contains", value=QUOTED)),
        (
            {"match": {"file.type": "v v"}},
            {"op": "or", "args": [leaf("contains", value=QUOTED), leaf("contains", value=QUOTED)]},
        ),
        ({"ids": {"values": ["v"]}}, {"op": "in", "field": "file._id", "values": [QUOTED]}),
        ({"match_all": {}}, None),
        ({"bool": {"must": {"match_all": {}}, "should": []}}, None),
        (
            {"bool": {"must_not": [{"term": {"file.type": "v"}}]}},
            {"op": "not", "arg": leaf("=", value=QUOTED)},
        ),
        (
            {
                "bool": {
                    "filter": [{"exists": {"field": "file.type"}}],
                    "should": [{"term": {"file.type": "v"}}],
                }
            },
            leaf("exists"),  # beside `filter`, `should` is a wish
        ),
        (
            {"bool": {"should": [{"term": {"file.type": "v"}}, {"exists": {"field": "file.type"}}]}},
            {"op": "or", "args": [leaf("=", value=QUOTED), leaf("exists")]},
        ),
        (
            {"bool": {"must_not": [{"match_all": {}}]}},
            {"op": "and", "args": [IS_THERE, {"op": "not", "arg": IS_THERE}]},
        ),
    ],
)
def test_a_clause_is_a_tree_of_the_language(clause, tree):
    assert read_clauses([clause], "file") == tree


def test_all_filters_must_hold():
    both = read_clauses([{"exists": {"field": "file.type"}}, {"term": {"file.type": "v"}}], "file")
    assert both == {"op": "and", "args": [leaf("exists"), leaf("=", value=QUOTED)]}


def nested(depth):
    clause = {"match_all": {}}
    for _ in range(depth):
        clause = {"bool": {"must": [clause]}}
    return clause


@pytest.mark.parametrize(
    "clause",
    [
        "text",
        {},
        {"a": 1, "b": 2},
        {"script": {"source": "1"}},
        {"term": "file.type"},
        {"term": {"file.type": None}},
        {"term": {"file.type": ["v"]}},
        {"term": {"a": 1, "b": 2}},
        {"term": {"": "v"}},
        {"terms": {"file.type": "v"}},
        {"terms": {"file.type": [{}]}},
        {"range": {"file.type": {}}},
        {"range": {"file.type": {"above": 3}}},
        {"match": {"file.type": " "}},
        {"exists": {"field": 3}},
        {"ids": {"values": "v"}},
        {"bool": {"maybe": []}},
        {"bool": {"should": [{"match_all": {}}], "minimum_should_match": 2}},
        {"bool": []},
        nested(10_000),
    ],
)
def test_other_clauses_are_refused_in_the_words_of_the_contract(clause):
    with pytest.raises(FiltersInvalid, match=r"^Unable to parse filters - invalid format\."):
        read_clauses([clause], "file")
