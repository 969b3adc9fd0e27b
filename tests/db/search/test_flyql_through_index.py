"""Queries answered by the real index: the shared cases, and agreement with the reference after random changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest
from case_site import load, read_cases

from treadle.flyql.parser import parse
from treadle.server.search import query
from treadle.server.search.index.counts import fold
from treadle.server.search.index.flush import attach, drain
from treadle.server.search.query import run
from treadle.server.store.db import Database

Work = Callable[[Database], Coroutine[Any, Any, Any]]


@pytest.fixture(scope="module")
def cases(flyql_cases: Any) -> dict[str, Any]:
    return read_cases(flyql_cases)


@pytest.fixture(scope="module")
def on_cases(database_url: str, cases: dict[str, Any]) -> Iterator[Callable[[Work], Any]]:
    """Runs a coroutine with the data set of the cases, indexed by what the worker does."""
    with psycopg.connect(database_url) as connection:
        load(connection, cases["dataset"])

    def run(work: Work) -> Any:
        async def main() -> Any:
            database = Database(database_url, size=2)
            dictionary = attach(database)
            try:
                while await drain(database, dictionary):
                    pass
                while await fold(database):
                    pass
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(main())

    yield run


def _scope(cases: dict[str, Any], case: dict[str, Any]) -> query.Scope:
    if case.get("all_data"):
        return query.EVERYTHING
    user = case.get("user", "reader@example.com")
    projects = next(one["projects"] for one in cases["dataset"]["users"] if one["_id"] == user)
    return query.Scope(projects, projects, projects, [])


async def _answer(database: Database, cases: dict[str, Any], case: dict[str, Any], **more: Any) -> query.Page:
    sort = case.get("sort")
    async with database.transaction() as connection:
        return await query.search(
            connection,
            parse(case["query"]) if case.get("query") else None,
            case["return_type"],
            _scope(cases, case),
            free_text=case.get("search_string"),
            sort=query.Sort(sort["field"], sort.get("order") == "desc") if sort else None,
            timezone=case.get("timezone", "UTC"),
            now=datetime.fromisoformat(cases["dataset"]["now"]),
            **{"size": case.get("size", 10_000), **more},
        )


@pytest.mark.parametrize("rare", [5_000, -1], ids=["from the terms", "along the newest"])
def test_every_shared_case_through_the_index(on_cases, cases, rare, monkeypatch):
    """By either plan: what is rare is found by its terms, what is not along the newest objects."""
    monkeypatch.setattr(run, "FEW_ROWS", rare)

    async def work(database: Database) -> list[str]:
        wrong = []
        for case in cases["cases"]:
            if "ids" not in case["expect"]:
                continue
            page = await _answer(database, cases, case)
            found = page.ids if case["expect"].get("ordered") else sorted(page.ids)
            if found != case["expect"]["ids"] or ("size" not in case and page.total != len(found)):
                wrong.append(f"{case['id']} {case['query']}: {found} of {page.total}")
        return wrong

    assert on_cases(work) == []


def test_pages_of_any_order_add_up_to_the_whole(on_cases, cases):
    sorts = [
        None,
        {"field": "file.info.qc.snr", "order": "asc"},
        {"field": "file.name", "order": "desc"},
        {"field": "session.timestamp", "order": "desc"},
        {"field": "subject.info.flag", "order": "asc"},
    ]

    async def work(database: Database) -> None:
        for sort in sorts:
            case = {"query": "NOT file.type = qa", "return_type": "file", "sort": sort}
            whole = await _answer(database, cases, case)
            pieces, cursor = [], None
            while True:
                page = await _answer(database, cases, case, size=7, cursor=cursor)
                pieces += page.ids
                cursor = page.cursor
                if cursor is None:
                    break
            assert pieces == whole.ids, sort
            assert len(pieces) == whole.total > 20

    on_cases(work)
