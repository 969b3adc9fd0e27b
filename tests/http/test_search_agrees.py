"""Random queries over HTTP find, in the same order, what the reference finds in the same objects (search.md 14)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from case_loader import Loaded, load
from query_site import QuerySite
from query_texts import Queries

from treadle.flyql.dataset import Dataset
from treadle.flyql.entities import LEVELS, NATIVE_DATES
from treadle.flyql.evaluate import evaluate
from treadle.flyql.literals import Clock
from treadle.flyql.parser import parse

pytestmark = pytest.mark.xdist_group("all-data")
SEED, QUERIES = 1, 150


@pytest.fixture(scope="module")
def site() -> QuerySite:
    return QuerySite(SEED)


@pytest.fixture(scope="module")
def loaded(site, treadle_server, api, connect) -> Loaded:
    return load(site.dataset, api, connect, Path(treadle_server.home))


@pytest.fixture(scope="module")
def readable(site, loaded) -> dict[str, Dataset]:
    """What each user may read: the objects under the ids they were given, their own dates as times."""
    stored = {level: [_renamed(one, loaded.ids) for one in site.dataset[level]] for level in LEVELS}
    return {
        user["_id"]: Dataset(stored, [loaded.ids[project] for project in user["projects"]])
        for user in site.dataset["users"]
    }


def _renamed(one: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(one["doc"][name]) for name in NATIVE_DATES & one["doc"].keys()}
    parent = one["parent"] and [one["parent"][0], ids[one["parent"][1]]]
    return {**one, "_id": ids[one["_id"]], "parent": parent, "doc": one["doc"] | times}


def _expected(dataset: Dataset, case: dict[str, Any]) -> list[str]:
    sort = case.get("sort")
    return evaluate(
        parse(case["structured_query"]),
        dataset,
        case["return_type"],
        clock=Clock(datetime.now(UTC), case.get("timezone", "UTC")),
        search_string=case.get("search_string", ""),
        sort=(sort["field"], sort["order"]) if sort else None,
    )


def test_random_queries_find_what_the_reference_finds(loaded, readable):
    queries, users = Queries(SEED), list(readable)
    wrong, not_empty = [], 0
    for number in range(QUERIES):
        case, user = queries.case(), users[number % 4 == 0]
        answer = loaded.users[user].post("/dataexplorer/search", json=case, params={"size": 10_000})
        expected = _expected(readable[user], case)
        not_empty += bool(expected)
        found = [one["_id"] for one in answer.json().get("results", ())]
        if (answer.status_code, found) != (200, expected) or answer.json()["total"] != len(expected):
            wrong.append((user, case, answer.text[:200] if answer.is_error else {*found} ^ {*expected}))
    assert wrong == []
    assert not_empty > QUERIES / 4
