"""Judging sessions costs one statement for any number of them, and a glance where there are no templates."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from treadle.server.catalog import compliance
from treadle.server.catalog.containers import apply_changes, get_container
from treadle.server.store.db import Database

SESSIONS, ALLOWED_S = 3000, 20
PROJECT, FREE = "1" * 24, "2" * 24
TEMPLATES = [
    {"session": {"label": "^nothing$"}, "acquisitions": []},
    {
        "session": {"label": "^e", "subject": {"code": "s"}},
        "acquisitions": [
            {
                "label": "^a[0-4]$",
                "minimum": 5,
                "files": [{"type": "nifti", "classification": "T1", "minimum": 1}],
            },
            {"label": "localizer", "minimum": 0, "maximum": 0},
        ],
    },
]
_FILL = """
INSERT INTO blob (sha384, size) VALUES ('x', 1);
INSERT INTO container (id, level, label, group_id) VALUES ('study', 'group', 'study', 'study');
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id)
SELECT id, 'project', id, 'study', 'group', 'study', id FROM unnest(%(projects)s::text[]) id;
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id)
SELECT '01' || project, 'subject', 's', project, 'project', 'study', project, '01' || project
FROM unnest(%(projects)s::text[]) project;
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id)
SELECT '02' || project || n, 'session', 'e' || n, '01' || project, 'subject', 'study', project, '01' || project,
       '02' || project || n
FROM generate_series(0, %(count)s - 1) n, unnest(%(projects)s::text[]) project;
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id,
                       acquisition_id)
SELECT '03' || session_id || n, 'acquisition', 'a' || n, session_id, 'session', 'study', project_id, subject_id,
       session_id, '03' || session_id || n
FROM container, generate_series(0, 4) n WHERE level = 'session';
INSERT INTO file (id, file_id, version, is_current, name, parent_id, parent_level, group_id, project_id, subject_id,
                  session_id, acquisition_id, blob_sha384, size, type, classification, origin_type)
SELECT id, id, 1, true, 'f', id, 'acquisition', 'study', project_id, subject_id, session_id, id, 'x', 1, 'nifti',
       '{"Measurement": ["T1"]}', 'user'
FROM container WHERE level = 'acquisition';
"""


@pytest.fixture(scope="module")
def database_with_sessions(database_url: str) -> str:
    with psycopg.ClientCursor(psycopg.connect(database_url)) as cursor:
        cursor.execute(_FILL, {"projects": [PROJECT, FREE], "count": SESSIONS})
        cursor.connection.commit()
        cursor.connection.autocommit = True
        cursor.execute("VACUUM ANALYZE container")
        cursor.execute("VACUUM ANALYZE file")
        cursor.connection.close()
    return database_url


def test_a_whole_project_and_a_single_session(database_with_sessions: str) -> None:
    async def work() -> None:
        database = Database(database_with_sessions, size=2)
        statements: list[str] = []

        def count(*arguments: Any) -> None:
            statements.append(arguments[2])

        event.listen(database.engine.sync_engine, "before_cursor_execute", count)
        try:
            async with database.transaction() as connection:
                project = await get_container(connection, PROJECT)
                await apply_changes(connection, project, {"doc": {"templates": TEMPLATES}})
                started = time.perf_counter()
                changed = await compliance.refresh(connection, PROJECT)
                assert len(changed) == SESSIONS
                assert time.perf_counter() - started < ALLOWED_S
                assert await compliance.refresh(connection, PROJECT) == []
            async with database.transaction() as connection:
                statements.clear()
                started = time.perf_counter()
                session = f"02{PROJECT}7"
                await compliance.settle(connection, "session", PROJECT, {"session_id": session})
                assert (len(statements), time.perf_counter() - started < 1) == (3, True)
                statements.clear()
                await compliance.settle(connection, "session", FREE, {"session_id": f"02{FREE}7"})
                assert len(statements) == 1
        finally:
            await database.close()

    asyncio.run(work())
