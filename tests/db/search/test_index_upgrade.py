"""A filled index is carried over by the migration that sets dates apart: nothing is read again, everything is found."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
from alembic import command
from case_site import load, read_cases
from sqlalchemy import create_engine

from treadle.flyql.parser import parse
from treadle.server.search import query
from treadle.server.search.index.flush import attach, drain
from treadle.server.search.index.tables import LEVELS
from treadle.server.search.index.terms import _HASHES
from treadle.server.store.db import Database, sqlalchemy_url
from treadle.server.store.migrate import alembic_config, upgrade

BEFORE = "0015_jobs"
QUESTIONS = (
    "session.info.quality = good",
    "file.info.header.dicom.StudyDate <= 2020-04-01",
    "file.hash EXISTS",
)
# As the hashes were before: of 31 bits, and no array of dates.
OLDER = f"UPDATE search_{{}} SET t = ARRAY(SELECT CASE WHEN u < 0 THEN u - 17 * {_HASHES} ELSE u END FROM unnest(t) u)"


def _rows(connection: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """What the index says of every object."""
    sorted_terms = (
        "ARRAY(SELECT u FROM unnest(t) u ORDER BY 1), ARRAY(SELECT u FROM unnest(dates) u ORDER BY 1)"
    )
    return {
        level: connection.execute(
            f"SELECT oid, {sorted_terms}, shape, f FROM search_{level} ORDER BY 1"
        ).fetchall()
        for level in LEVELS
    }


def _answers(url: str, *, fill: bool = False) -> list[list[str]]:
    async def ask() -> list[list[str]]:
        database = Database(url, size=2)
        dictionary = attach(database)
        while fill and await drain(database, dictionary):
            pass
        async with database.transaction() as connection:
            pages = [
                await query.search(connection, parse(text), "session", query.EVERYTHING) for text in QUESTIONS
            ]
        await database.close()
        return [page.ids for page in pages]

    return asyncio.run(ask())


def test_a_filled_index_of_an_older_release_is_carried_over(empty_database, flyql_cases):
    upgrade(empty_database)
    with psycopg.connect(empty_database) as connection:
        load(connection, read_cases(flyql_cases)["dataset"])
    answers = _answers(empty_database, fill=True)
    with psycopg.connect(empty_database) as connection:
        rows = _rows(connection)
    with create_engine(sqlalchemy_url(empty_database)).connect() as connection:
        config = alembic_config(empty_database)
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
        connection.commit()
    with psycopg.connect(empty_database) as connection:
        for level in LEVELS:
            connection.execute(OLDER.format(level))
        connection.execute("TRUNCATE search_dirty")
    upgrade(empty_database)
    with psycopg.connect(empty_database) as connection:
        assert _rows(connection) == rows
        assert connection.execute("SELECT count(*) FROM search_dirty").fetchone() == (0,)
    assert _answers(empty_database) == answers
    assert all(answers)
