"""The reference evaluation finds what the shared cases say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flyql_kit import shared, shared_cases

from treadle.flyql.dataset import Dataset
from treadle.flyql.evaluate import evaluate
from treadle.flyql.literals import Clock
from treadle.flyql.parser import parse


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    return shared()["dataset"]


@pytest.mark.parametrize("case", shared_cases())
def test_the_case(case, stored) -> None:
    if "ids" not in case["expect"]:
        return  # errors and refusals are not the evaluation's
    users = {user["_id"]: user for user in stored["users"]}
    user = users[case.get("user", "reader@example.com")]
    sort = case.get("sort")
    found = evaluate(
        parse(case["query"]) if case["query"] else None,
        Dataset(stored, None if case.get("all_data") else user["projects"]),
        case["return_type"],
        clock=Clock(datetime.fromisoformat(stored["now"]), case.get("timezone", "UTC")),
        search_string=case.get("search_string", ""),
        sort=(sort["field"], sort["order"]) if sort else None,
        size=case.get("size"),
    )
    assert (found if case["expect"].get("ordered") else sorted(found)) == case["expect"]["ids"]
