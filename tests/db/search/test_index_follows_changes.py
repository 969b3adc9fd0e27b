"""What an acknowledged change leaves in the index: found at once under its new values, and no longer under the old."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from case_site import load, read_cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, exists, func, insert, select, text, update

from treadle.flyql.dataset import Dataset
from treadle.flyql.evaluate import evaluate
from treadle.flyql.literals import Clock
from treadle.flyql.parser import parse
from treadle.server.catalog.tables import container, file, note
from treadle.server.kit.ids import new_id
from treadle.server.search import query
from treadle.server.search.index.counts import fold
from treadle.server.search.index.flush import attach, drain
from treadle.server.search.index.maintain import check, mark, waiting
from treadle.server.search.query import run
from treadle.server.store.db import Database

NOW = datetime(2024, 6, 15, 12, tzinfo=UTC)
_LEVELS = ("group", "project", "subject", "session", "acquisition", "analysis", "file")
_NATIVE = ("created", "modified", "timestamp")

_DICOM = "file.info.header.dicom"
_QUERIES = (
    ("file.type = dicom AND subject.sex = female", "session"),
    ("file.info.header.dicom.EchoTime < 30 OR file.info.qc.snr > 11.5", "file"),
    ("NOT session.tags = followup AND session.age_in_years >= 40", "session"),
    ("HAS file (file.name CONTAINS flair) AND NOT HAS analysis (analysis.label LIKE afq*)", "subject"),
    ('session.notes.text CONTAINS odd OR acquisition.label =~ "T1.*"', "acquisition"),
    ("session.created >= 2020-06-01 AND subject.info.flag EXISTS", "file"),
    ('project.label = "PSY Study" AND subject.cohort IN [Control, Study]', "subject"),
    (f"{_DICOM}.StudyDate >= 2020-03-07 AND {_DICOM}.StudyDate <= 2020-04-13", "file"),
    (f"{_DICOM}.StudyDate > 2020-03-07T12:00 AND {_DICOM}.StudyDate < 2021-01-01", "acquisition"),
    (f"{_DICOM}.SliceLocation > -38.63 AND {_DICOM}.SliceLocation <= -20.15", "file"),
    ("session.weight > 58 AND session.weight <= 66.5 AND session.age < 1000000000", "session"),
    ("file.info.changed > 11 AND file.info.changed < 12.34567 AND file.info.changed >= 12", "file"),
    ("file.info.changed = 12.3456 OR file.tags = new", "file"),
)


@pytest.fixture(scope="module")
def changing(database_url: str, flyql_cases: Any) -> Iterator[Callable[..., Any]]:
    """Runs a coroutine that is given the database of the case site, whose notes have been indexed."""
    with psycopg.connect(database_url) as connection:
        load(connection, read_cases(flyql_cases)["dataset"])

    def run(work: Callable[[Database], Coroutine[Any, Any, Any]]) -> Any:
        async def main() -> Any:
            database = Database(database_url, size=2)
            dictionary = attach(database)
            try:
                while await drain(database, dictionary):
                    pass
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(main())

    yield run


async def _found(database: Database, asked: str, level: str) -> list[str]:
    async with database.transaction() as connection:
        page = await query.search(
            connection, parse(asked), level, query.EVERYTHING, size=10_000, now=NOW, count="exact"
        )
    assert page.total == len(page.ids)
    return sorted(page.ids)


async def _stored(database: Database) -> dict[str, Any]:
    """The site as the reference reads it, from the catalog's own rows."""
    found: dict[str, Any] = {level: [] for level in _LEVELS}
    async with database.transaction() as connection:
        rows = await connection.execute(
            text(
                "SELECT d.level, d.oid, d.document, coalesce(c.parent_level, f.parent_level), "
                "coalesce(c.parent_id, f.parent_id) FROM search_document d LEFT JOIN container c ON c.id = d.oid "
                "LEFT JOIN file f ON f.id = d.oid AND d.level = 'file'"
            )
        )
        for level, oid, document, parent_level, parent_id in rows:
            doc = json.loads(json.dumps(document))
            for name in _NATIVE:
                if doc.get(name):
                    doc[name] = datetime.fromisoformat(doc[name]).isoformat()
            parent = [parent_level, parent_id] if parent_id else None
            found[level].append({"_id": oid, "parent": parent, "doc": doc})
    return found


_CHANGE = st.one_of(
    st.tuples(
        st.just("value"), st.integers(0, 160), st.sampled_from([12.3456, 12, "text", True, [1, "two"]])
    ),
    st.tuples(st.just("tag"), st.integers(0, 160), st.sampled_from(["new", "reviewed"])),
    st.tuples(st.just("delete"), st.integers(0, 160), st.just(None)),
    st.tuples(st.just("restore"), st.integers(0, 160), st.just(None)),
    st.tuples(st.just("move"), st.integers(0, 25), st.integers(0, 16)),
    st.tuples(st.just("note"), st.integers(0, 25), st.sampled_from(["an odd one", "fine"])),
    st.tuples(st.just("sex"), st.integers(0, 16), st.sampled_from(["male", "female"])),
)


async def _apply(database: Database, kind: str, which: int, value: Any) -> None:
    async with database.transaction() as connection:
        files = file.c.id == (f"{0x750000000000000000000001 + which:024x}")
        session_id, subject_id = (
            f"{0x720000000000000000000001 + which:024x}",
            f"{0x710000000000000000000001 + which:024x}",
        )
        match kind:
            case "value":
                changed = file.c.info.op("||")({"changed": value})
                await connection.execute(update(file).where(files).values(info=changed))
            case "tag":
                await connection.execute(update(file).where(files).values(tags=[value]))
            case "delete":
                await connection.execute(update(file).where(files).values(deleted_at=NOW))
            case "restore":
                # Nothing is restored below what is deleted.
                above = container.c.id.in_([file.c.subject_id, file.c.session_id, file.c.acquisition_id])
                gone = exists().where(above, container.c.deleted_at.is_not(None))
                await connection.execute(update(file).where(files, ~gone).values(deleted_at=None))
            case "move":
                await _move(connection, session_id, f"{0x710000000000000000000001 + value:024x}")
            case "note":
                row = {"id": new_id(), "container_id": session_id, "text": value}
                await connection.execute(delete(note).where(note.c.container_id == session_id))
                await connection.execute(insert(note).values(row))
            case "sex":
                changed = container.c.doc.op("||")({"sex": value})
                await connection.execute(
                    update(container).where(container.c.id == subject_id).values(doc=changed)
                )


async def _move(connection: Any, session_id: str, subject_id: str) -> None:
    subject = (
        await connection.execute(
            text(
                "SELECT group_id, project_id, subject_id FROM container WHERE id = :id AND deleted_at IS NULL"
            ),
            {"id": subject_id},
        )
    ).one_or_none()
    if subject is None:
        return
    for table in (container, file):
        await connection.execute(
            update(table).where(table.c.session_id == session_id).values(**subject._mapping)
        )
    await connection.execute(
        update(container).where(container.c.id == session_id).values(parent_id=subject_id)
    )


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(_CHANGE, min_size=1, max_size=8))
def test_after_any_changes_the_index_says_what_the_reference_says(changing, changes):
    async def work(database: Database) -> None:
        for change in changes:
            await _apply(database, *change)
        site = Dataset(await _stored(database))
        for asked, level in _QUERIES:
            expected = sorted(evaluate(parse(asked), site, level, clock=Clock(NOW)))
            assert await _found(database, asked, level) == expected, asked

    changing(work)


def test_a_change_is_found_by_the_next_request_and_nothing_waits(changing):
    async def work(database: Database) -> None:
        one = f"{0x750000000000000000000003:024x}"
        async with database.transaction() as connection:
            changed = {"info": {"fresh": {"key": ["brand new", 7]}}, "deleted_at": None}
            await connection.execute(update(file).where(file.c.id == one).values(**changed))
        assert await _found(
            database, 'file.info.fresh.key CONTAINS "AND NEW" AND file.info.fresh.key = 7', "file"
        ) == [one]
        async with database.transaction() as connection:
            assert (await query.status(connection)).waiting == 0
        async with database.transaction() as connection:
            await connection.execute(update(file).where(file.c.id == one).values(info={}))
        assert await _found(database, "file.info.fresh EXISTS", "file") == []

    changing(work)


def test_what_is_new_in_a_project_is_found_along_the_newest_before_it_is_counted(changing, monkeypatch):
    monkeypatch.setattr(run, "FEW_ROWS", -1)

    async def work(database: Database) -> None:
        async with database.transaction() as connection:
            live = select(func.min(file.c.id)).where(file.c.deleted_at.is_(None)).group_by(file.c.project_id)
            ids = sorted((await connection.execute(live)).scalars())
            projects = (await connection.execute(select(file.c.project_id).distinct())).scalars().all()
        scope = query.Scope(projects, projects, projects, [])
        for number, one in enumerate(ids, 1):
            async with database.transaction() as connection:
                changed = {"info": {"newly": "here"}}
                await connection.execute(update(file).where(file.c.id == one).values(**changed))
            async with database.transaction() as connection:
                page = await query.search(connection, parse("file.info.newly = here"), "file", scope)
            assert sorted(page.ids) == ids[:number]
            while await fold(database):
                pass

    changing(work)


def test_measurements_that_older_viewers_left_at_a_session_are_on_files_of_the_series_they_name(changing):
    async def work(database: Database) -> None:
        async with database.transaction() as connection:
            live = select(file.c.session_id, file.c.id).where(file.c.deleted_at.is_(None)).limit(1)
            session, one = (await connection.execute(live.order_by(file.c.id))).one()
            header = {"info": {"header": {"dicom": {"SeriesInstanceUID": "1.2.840.9.7"}}}}
            await connection.execute(update(file).where(file.c.id == one).values(**header))
            drawn = {"location": "Hilum", "cachedStats": {"area": 412}, "handles": {}}
            tools = {
                "RectangleRoi": [
                    {**drawn, "SeriesInstanceUID": "1.2.840.9.7"},
                    {**drawn, "SeriesInstanceUID": "1.2.840.9.8", "location": "Elsewhere"},
                    "odd",
                ],
                "Odd": 5,
            }
            left = {"ohifViewer": {"measurements": tools}}
            await connection.execute(update(container).where(container.c.id == session).values(info=left))
        site = Dataset(await _stored(database))
        for asked, found in (
            ("file.roi HAS (label = Hilum AND area > 400)", [one]),
            ("file.info.roi.label = Hilum AND file.roi.type = RectangleRoi", [one]),
            ("file.roi.label = Elsewhere", []),
        ):
            assert await _found(database, asked, "file") == found
            assert evaluate(parse(asked), site, "file", clock=Clock(NOW)) == found

    changing(work)


def test_a_change_taken_back_is_not_found(changing):
    async def work(database: Database) -> None:
        one = file.c.id == f"{0x750000000000000000000004:024x}"
        with pytest.raises(RuntimeError):
            async with database.transaction() as connection:
                await connection.execute(update(file).where(one).values(info={"never": 1}))
                raise RuntimeError
        assert await _found(database, "file.info.never EXISTS", "file") == []

    changing(work)


def test_check_finds_and_repairs_what_came_past_the_index(changing):
    async def work(database: Database) -> None:
        dictionary = attach(database)
        ids = [f"{0x750000000000000000000010 + n:024x}" for n in range(3)]
        async with database.transaction() as connection:
            await connection.execute(update(file).where(file.c.id.in_(ids)).values(deleted_at=None))
        assert (await check(database, dictionary, sample=1_000)).ok
        async with database.transaction() as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))  # without triggers
            await connection.execute(
                update(file).where(file.c.id == ids[0]).values(info={"past": "the index"})
            )
            await connection.execute(update(file).where(file.c.id == ids[1]).values(deleted_at=NOW))
            await connection.execute(text("DELETE FROM search_file WHERE oid = :id"), {"id": ids[2]})
        verdict = await check(database, dictionary, sample=1_000)
        assert (verdict.missing, verdict.astray, verdict.different) == (1, 1, 1)
        while await drain(database, dictionary):
            pass
        assert (await check(database, dictionary, sample=1_000)).ok
        assert await _found(database, 'file.info.past = "the index"', "file") == [ids[0]]

    changing(work)


def test_the_reindexing_of_a_site_can_be_interrupted(changing):
    async def work(database: Database) -> None:
        dictionary = attach(database)
        before = await _found(database, "file.type = dicom", "file")
        marked = await mark(database)
        assert await drain(database, dictionary, batch=50) == 50
        assert await _found(database, "file.type = dicom", "file") == before
        async with database.transaction() as connection:
            state = await query.status(connection)
            assert (state.state, state.waiting) == ("indexing", marked - 50)
        while await drain(database, dictionary, batch=100):
            pass
        assert await waiting(database) == 0
        assert (await check(database, dictionary, sample=1_000)).ok

    changing(work)
