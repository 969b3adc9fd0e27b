"""A copy costs some statements per level, whatever the number of rows."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from sqlalchemy import event, func, select

from treadle.server.catalog import queries
from treadle.server.catalog.containers import create_container, get_container
from treadle.server.catalog.copy_rules import read_filter
from treadle.server.catalog.copy_sql import copy_rows
from treadle.server.catalog.tables import container, file
from treadle.server.store.db import Database

ALLOWED_S = 60
MOST_STATEMENTS = 40


def test_a_project_of_thousands_of_sessions_is_copied(study) -> None:
    async def work() -> None:
        database = Database(study.url, size=2)
        statements: list[str] = []

        def count(*arguments: Any) -> None:
            statements.append(arguments[2])

        try:
            async with database.transaction() as connection:
                source = await get_container(connection, study.project)
                group = await get_container(connection, "study")
                target = await create_container(
                    connection, level="project", parent=group, label="copy", fields={}, origin=("user", "x")
                )
                event.listen(database.engine.sync_engine, "before_cursor_execute", count)
                started = time.perf_counter()
                await copy_rows(connection, source, target, read_filter({}))
                assert (len(statements) < MOST_STATEMENTS, time.perf_counter() - started < ALLOWED_S) == (
                    True,
                    True,
                )
            async with database.transaction() as connection:
                stats = await queries.project_stats(connection, [study.project, target.id])
                assert stats[target.id] == stats[study.project]
                assert stats[target.id]["acquisitions"] == 5 * study.sessions
                astray = select(func.count()).where(
                    file.c.project_id == target.id, file.c.acquisition_id != file.c.parent_id
                )
                assert (await connection.execute(astray)).scalar_one() == 0
                above = container.alias()
                misplaced = (
                    select(func.count())
                    .select_from(container)
                    .join(above, above.c.id == container.c.parent_id)
                    .where(
                        container.c.project_id == target.id,
                        container.c.level == "acquisition",
                        container.c.session_id != above.c.id,
                    )
                )
                assert (await connection.execute(misplaced)).scalar_one() == 0
        finally:
            await database.close()

    asyncio.run(work())
