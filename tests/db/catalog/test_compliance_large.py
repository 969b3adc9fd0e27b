"""Judging sessions costs one statement for any number of them, and a glance where there are no templates."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from sqlalchemy import event

from treadle.server.catalog import compliance
from treadle.server.catalog.containers import apply_changes, get_container
from treadle.server.store.db import Database

ALLOWED_S = 20
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


def test_a_whole_project_and_a_single_session(study) -> None:
    async def work() -> None:
        database = Database(study.url, size=2)
        statements: list[str] = []

        def count(*arguments: Any) -> None:
            statements.append(arguments[2])

        event.listen(database.engine.sync_engine, "before_cursor_execute", count)
        try:
            async with database.transaction() as connection:
                project = await get_container(connection, study.project)
                await apply_changes(connection, project, {"doc": {"templates": TEMPLATES}})
                started = time.perf_counter()
                changed = await compliance.refresh(connection, study.project)
                assert len(changed) == study.sessions
                assert time.perf_counter() - started < ALLOWED_S
                assert await compliance.refresh(connection, study.project) == []
            async with database.transaction() as connection:
                statements.clear()
                started = time.perf_counter()
                session = f"02{study.project}7"
                await compliance.settle(connection, "session", study.project, {"session_id": session})
                assert (len(statements), time.perf_counter() - started < 1) == (3, True)
                statements.clear()
                await compliance.settle(
                    connection, "session", study.other, {"session_id": f"02{study.other}7"}
                )
                assert len(statements) == 1
        finally:
            await database.close()

    asyncio.run(work())
