"""The access log: append-only, by months, sealed so that tampering shows."""

import asyncio
import threading
from contextlib import contextmanager

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

from treadle.server.access import audit
from treadle.server.access.accesslog import LogQuery, as_csv, pages
from treadle.server.access.audit_seal import SEGMENT, seal
from treadle.server.access.audit_verify import Anchor, verify
from treadle.server.access.identity import Identity
from treadle.server.kit.source import Source, source
from treadle.server.store.db import Database, sqlalchemy_url
from treadle.server.store.migrate import alembic_config, upgrade

SOMEBODY = Identity(kind="user", id="a@example.org")


@pytest.fixture
def site(migrated_database, postgres_url, new_database):
    """The URL of a fresh database."""
    with new_database(postgres_url, migrated_database) as made:
        yield made


def with_database(url, work):
    async def run():
        database = Database(url, size=4)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def write(url, number=1, **context):
    async def work(database):
        async with database.transaction() as connection:
            await audit.record_all(
                connection,
                identity=SOMEBODY,
                access_type="view_file",
                contexts=[{"file": {"name": f"f{n}"}, **context} for n in range(number)],
                method="GET",
                path="/api/files/x",
            )

    with_database(url, work)


def sealed(url):
    return with_database(url, seal)


def checked(url, **how):
    return with_database(url, lambda database: verify(database, **how))


@contextmanager
def as_owner(url):
    """Somebody with the database's password who takes the guards off first."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def numbers(url):
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM access_log ORDER BY number")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET access_type = 'x'",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "UPDATE access_log_seal SET records = 0",
        "DELETE FROM access_log_seal",
        "TRUNCATE access_log_seal",
    ],
)
def test_the_database_refuses_to_change_records(site, statement):
    write(site)
    sealed(site)
    with psycopg.connect(site, autocommit=True) as connection:
        month = connection.execute("SELECT tableoid::regclass::text FROM access_log").fetchone()[0]
        for table in ("access_log", month):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                connection.execute(statement.format(table))
    assert len(numbers(site)) == 1


def test_an_untouched_log_is_whole(site):
    write(site, 2 * SEGMENT + 7)
    assert sealed(site) == 3
    write(site, 2)
    verdict = checked(site)
    assert (verdict.broken, verdict.records, verdict.segments, verdict.waiting) == (
        None,
        2 * SEGMENT + 7,
        3,
        2,
    )
    assert sealed(site) == 1
    assert sealed(site) == 0


TAMPERED = {
    "changed": (
        "UPDATE access_log SET origin_id = 'b' WHERE number = %(n)s",
        "record {n} was changed after it was sealed",
    ),
    "backdated": (
        "UPDATE access_log SET at = at - interval '1 second' WHERE number = %(n)s",
        "record {n} was changed after it was sealed",
    ),
    "removed": ("DELETE FROM access_log WHERE number = %(n)s", "record {n} is missing"),
    "added": (
        "INSERT INTO access_log SELECT (jsonb_populate_record(l, jsonb_build_object('at',"
        " at + interval '1 second'))).* FROM access_log l WHERE number = %(n)s",
        "record {n} was added after its time",
    ),
    "segment removed": ("DELETE FROM access_log_seal WHERE segment = 2", "segment 2 is missing"),
    "first segment removed": ("DELETE FROM access_log_seal WHERE segment = 1", "segment 1 is missing"),
    "seal changed": (
        "UPDATE access_log_seal SET digest = sha256('x') WHERE segment = 2",
        "segment 2 (records",
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_names_the_first_broken_record(site, how):
    for _ in range(3):
        write(site, 3)
        sealed(site)
    statement, told = TAMPERED[how]
    number = numbers(site)[4]
    with as_owner(site) as connection:
        connection.execute(statement, {"n": number})
    verdict = checked(site)
    assert told.format(n=number) in verdict.broken
    assert "tampered" in verdict.told


def test_a_rebuilt_chain_does_not_have_the_digest_noted_down(site):
    write(site, 3)
    sealed(site)
    head = checked(site).head
    assert checked(site, anchor=head).broken is None
    with as_owner(site) as connection:
        connection.execute("DELETE FROM access_log_seal")
        connection.execute("UPDATE access_log SET origin_id = 'b'")
    sealed(site)
    assert checked(site).broken is None
    assert "noted down" in checked(site, anchor=head).broken
    assert "missing" in checked(site, anchor=Anchor(segment=9, digest="0")).broken


def test_a_check_may_start_later(site):
    write(site)
    sealed(site)
    with as_owner(site) as connection:
        connection.execute("UPDATE access_log SET origin_id = 'b'")
        moment = connection.execute("SELECT clock_timestamp()").fetchone()[0]
    write(site)
    sealed(site)
    assert checked(site).broken is not None
    verdict = checked(site, since=moment)
    assert (verdict.broken, verdict.records) == (None, 1)


def test_a_record_of_an_unfinished_transaction_is_waited_for(site):
    """The seal never passes a record that is still on its way, and later writers do not wait for it."""
    insert = (
        "INSERT INTO access_log (id, access_type, context, origin_type, request_method, request_path)"
        " VALUES ('a', 'view_file', '{}', 'user', 'GET', '/')"
    )
    with psycopg.connect(site) as slow:
        slow.execute(insert)
        write(site, 2)  # a later writer, done already
        sealing = threading.Thread(target=sealed, args=(site,))
        sealing.start()
        sealing.join(1.0)
        assert sealing.is_alive()
        assert checked(site).segments == 0
        slow.commit()
        sealing.join(10)
    verdict = checked(site)
    assert (verdict.broken, verdict.records, verdict.waiting) == (None, 3, 0)


def test_rolled_back_records_leave_gaps_that_are_no_alarm(site):
    write(site)
    with psycopg.connect(site) as connection:
        connection.execute(
            "SELECT access_log_next('access_log_number'), access_log_next('access_log_number')"
        )
        connection.rollback()
    write(site)
    sealed(site)
    assert checked(site).broken is None
    assert len(numbers(site)) == 2


def test_many_writers_and_sealers_at_once_lose_nothing(site):
    async def work(database):
        async def writer():
            for _ in range(20):
                async with database.transaction() as connection:
                    await audit.record(
                        connection,
                        identity=SOMEBODY,
                        access_type="search",
                        context={},
                        method="GET",
                        path="/",
                    )

        async def sealer():
            for _ in range(10):
                await seal(database)
                await asyncio.sleep(0.01)

        await asyncio.gather(*(writer() for _ in range(6)), sealer(), sealer())
        await seal(database)
        return await verify(database)

    verdict = with_database(site, work)
    assert (verdict.broken, verdict.records, verdict.waiting) == (None, 120, 0)


def test_a_record_says_where_it_came_from(site):
    token = source.set(Source("r1", "192.0.2.7", "curl/8"))
    try:
        write(site, reason="asked by the patient")
    finally:
        source.reset(token)
    with psycopg.connect(site) as connection:
        found = connection.execute("SELECT request_id, address, client, reason, context FROM access_log")
        assert found.fetchone() == (
            "r1",
            "192.0.2.7",
            "curl/8",
            "asked by the patient",
            {"file": {"name": "f0"}},
        )


def test_months_are_made_ahead_and_at_need(site):
    """A server whose worker stands still makes the month it needs."""
    with as_owner(site) as connection:
        for (name,) in connection.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'access_log'::regclass"
        ).fetchall():
            connection.execute(f"DROP TABLE {name}")
    write(site)
    with psycopg.connect(site) as connection:
        months = connection.execute(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'access_log'::regclass"
        )
        assert months.fetchone() == (3,)
    assert len(numbers(site)) == 1


def test_months_are_made_while_others_write(site):
    """Making a month waits for no writer, and a second one that makes it waits but does not fail."""
    insert = (
        "INSERT INTO access_log (id, access_type, context, origin_type, request_method, request_path)"
        " VALUES ('a', 'view_file', '{}', 'user', 'GET', '/')"
    )
    with psycopg.connect(site) as writer, psycopg.connect(site, autocommit=True) as maker:
        writer.execute(insert)
        maker.execute("SET lock_timeout = '3s'")
        maker.execute("SELECT access_log_month(now() + interval '7 months')")
        maker.execute("SELECT access_log_month(now() + interval '7 months')")
        writer.commit()
    assert len(numbers(site)) == 1


def test_the_migration_keeps_the_records_of_a_filled_site(empty_database):
    engine = create_engine(sqlalchemy_url(empty_database))
    with engine.connect() as connection:
        config = alembic_config(empty_database)
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.commit()
    engine.dispose()
    with psycopg.connect(empty_database) as connection:
        connection.execute(
            "INSERT INTO access_log (id, access_type, context, origin_type, origin_id, request_method,"
            " request_path, at) SELECT n::text, 'delete_file', jsonb_build_object('file',"
            " jsonb_build_object('id', n), 'reason', CASE WHEN n % 2 = 0 THEN 'why' END), 'user', 'a',"
            " 'DELETE', '/x', now() - n * interval '1 day' FROM generate_series(0, 199) AS n"
        )
    upgrade(empty_database)
    with psycopg.connect(empty_database) as connection:
        rows = connection.execute(
            "SELECT id, context, reason, tableoid::regclass::text FROM access_log ORDER BY number"
        ).fetchall()
    assert [row[0] for row in rows] == [str(number) for number in range(199, -1, -1)]
    assert rows[-1][1:3] == ({"file": {"id": 0}}, "why")
    assert rows[-2][1:3] == ({"file": {"id": 1}}, None)
    assert len({row[3] for row in rows}) >= 7
    write(empty_database)
    sealed(empty_database)
    assert checked(empty_database).records == 201


def test_lines_of_any_form_can_be_read(site):
    """What a context says is up to each room, now and in later releases."""
    for context in ({"subject": "text"}, {"project": None}, {"group": {"id": None}}, {"file": [1]}):
        write(site, **context)

    async def work(database):
        found = []
        async for block in as_csv(pages(database, LogQuery()), full=True):
            found.append(block)
        return b"".join(found).decode()

    assert len(with_database(site, work).splitlines()) == 5
