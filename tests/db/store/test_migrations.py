"""The schema: migrations and tables agree, any number of processes may upgrade at once, data stays."""

import re
from concurrent.futures import ThreadPoolExecutor

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from treadle.server.app import asgi  # noqa: F401 - loads every room's tables
from treadle.server.store.db import metadata, sqlalchemy_url
from treadle.server.store.migrate import upgrade


def _is_not_a_month(name, kind, _parents):
    return not (kind == "table" and re.fullmatch(r"access_log_\d{4}_\d\d", name or ""))


def test_migrations_make_exactly_the_tables_of_the_code(empty_database):
    upgrade(empty_database)
    with create_engine(sqlalchemy_url(empty_database)).connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_not_a_month})
        assert compare_metadata(context, metadata) == []


def test_many_processes_may_upgrade_at_once(empty_database):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(upgrade, [empty_database] * 6))
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_upgrading_a_filled_database_keeps_its_rows(empty_database):
    upgrade(empty_database)
    with psycopg.connect(empty_database) as connection:
        connection.execute(
            "INSERT INTO container (id, level, label, info) VALUES ('g', 'group', 'G', '{\"a\": 1}')"
        )
    upgrade(empty_database)
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT label, info FROM container").fetchone() == ("G", {"a": 1})
