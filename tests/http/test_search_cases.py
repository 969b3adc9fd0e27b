"""Every shared query case, asked over HTTP of objects that were stored over HTTP (search.md 14)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from case_loader import Loaded, load

pytestmark = pytest.mark.xdist_group("all-data")
SEARCH, PARSE = "/dataexplorer/search", "/dataexplorer/search/parse"


@pytest.fixture(scope="session")
def cases(flyql_cases) -> dict[str, Any]:
    return json.loads(flyql_cases.read_text())


@pytest.fixture(scope="session")
def loaded(cases, treadle_server, api, connect) -> Loaded:
    return load(cases["dataset"], api, connect, Path(treadle_server.home))


def asked(loaded: Loaded, case: dict[str, Any]):
    # Ids in a query are those of the data set; here the same objects have others.
    query = re.sub(r"\b7[0-9a-f]{23}\b", lambda found: loaded.ids.get(found[0], found[0]), case["query"])
    body = {
        "return_type": case["return_type"],
        "structured_query": query,
        **{name: case[name] for name in ("all_data", "timezone", "sort", "search_string") if name in case},
    }
    user = loaded.users[case.get("user", "reader@example.com")]
    return user.post(SEARCH, json=body, params={"size": case.get("size", 10_000)})


def outcome(loaded: Loaded, case: dict[str, Any]) -> dict[str, Any]:
    """What came of a case, in the form of its `expect`."""
    expect, answer = case["expect"], asked(loaded, case)
    if "error" in expect:
        parsed = loaded.users["none@example.com"].post(PARSE, json={"structured_query": case["query"]}).json()
        if case["query"].strip():  # a search without a query is none
            assert (answer.status_code, answer.json().get("errors")) == (422, parsed["errors"])
        return {"error": {name: parsed["errors"][0][name] for name in expect["error"]}}
    if answer.status_code != 200:
        return {"status": answer.status_code, **({} if "status" in expect else {"message": answer.text})}
    names = loaded.names
    found = [names[one["_id"]] for one in answer.json()["results"] if one["_id"] in names]
    return {**expect, "ids": found if expect.get("ordered") else sorted(found)}


def test_every_shared_case_is_answered_over_http(loaded, cases):
    # The clock of a server cannot be set; relative dates are tested against the index.
    asked_now = [case for case in cases["cases"] if case["category"] != "relative-date"]
    wrong = {
        f"{case['id']}: {case['query']}": found
        for case in asked_now
        if (found := outcome(loaded, case)) != case["expect"]
    }
    assert len(asked_now) > 50
    assert wrong == {}


def test_a_relative_date_is_counted_from_now(loaded):
    for query, is_true in (("session.created > now-7d", False), ("session.created < today-1y", True)):
        found = asked(loaded, {"query": query, "return_type": "session"}).json()
        assert bool(found["total"]) is is_true, query
