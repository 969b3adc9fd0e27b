"""Executions in the background: claimed once, taken up again, kept for their time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from treadle.server.access.guard import Guard
from treadle.server.access.identity import by_user
from treadle.server.access.tables import app_user
from treadle.server.kit.clock import now
from treadle.server.search.tables import data_view_execution as execution
from treadle.server.search.views import executions
from treadle.server.store.blobs_rows import collect_garbage
from treadle.server.store.tables import blob

VIEW = {"columns": [{"src": "acquisition.label"}], "includeIds": False, "includeLabels": False}


@pytest.fixture(scope="module")
def project(fill):
    return fill(1000)


@pytest.fixture(scope="module", autouse=True)
def admin(on_views):
    """The user whose views run."""

    async def work(views):
        async with views.database.transaction() as connection:
            values = {"id": "admin@x", "email": "admin@x", "roles": ["user", "site_admin"]}
            await connection.execute(insert(app_user).values(values))

    on_views(work)


async def queued(views, project):
    found = await views.prepared(VIEW, project)
    async with views.database.transaction() as connection:
        guard = Guard(
            identity=await by_user(connection, "admin@x"),
            connection=connection,
            method="",
            path="",
        )
        return (await executions.queue(guard, found, view_id=None)).id


async def row_of(views, execution_id):
    async with views.database.transaction() as connection:
        return (
            await connection.execute(select(execution).where(execution.c.id == execution_id))
        ).one_or_none()


async def change(views, execution_id, **values):
    async with views.database.transaction() as connection:
        await connection.execute(update(execution).where(execution.c.id == execution_id).values(**values))


def test_waiting_views_are_carried_out_once_by_any_number_of_workers(on_views, project):
    async def work(views):
        ids = [await queued(views, project) for _ in range(5)]
        await asyncio.gather(*(executions.work(views.database, views.blobs) for _ in range(3)))
        for execution_id in ids:
            row = await row_of(views, execution_id)
            assert (row.state, row.layout["rows"], row.project_ids) == ("completed", 1000, [project])
            assert row.attempts == 1
            found = [one async for batch in executions.StoredResult(views.blobs, row).rows() for one in batch]
            assert [values for _, values in found] == [[f"a{number:06}"] for number in range(1000)]

    on_views(work)


def test_what_a_dead_worker_left_is_taken_up_again_but_not_for_ever(on_views, project):
    async def work(views):
        left, hopeless = await queued(views, project), await queued(views, project)
        long_ago = now() - timedelta(minutes=1)
        await change(views, left, state="processing", attempts=1, started_at=long_ago)
        await change(views, hopeless, state="processing", attempts=3, started_at=long_ago)
        await executions.work(views.database, views.blobs)
        assert (await row_of(views, left)).state == "completed"
        row = await row_of(views, hopeless)
        assert row.state == "failed"
        assert "several times" in row.error

    on_views(work)


def test_what_a_worker_has_just_claimed_is_left_to_it(on_views, project):
    async def work(views):
        claimed = await queued(views, project)
        await change(views, claimed, state="processing", attempts=1, started_at=now())
        await executions.work(views.database, views.blobs)
        row = await row_of(views, claimed)
        assert (row.state, row.attempts) == ("processing", 1)

    on_views(work)


def test_a_view_of_a_user_who_is_gone_fails(on_views, project):
    async def work(views):
        execution_id = await queued(views, project)
        asked = (await row_of(views, execution_id)).query
        await change(views, execution_id, query={**asked, "by": {"user": "gone@x"}})
        await executions.work(views.database, views.blobs)
        assert (await row_of(views, execution_id)).state == "failed"

    on_views(work)


def test_results_are_forgotten_after_their_time_with_their_content(on_views, project):
    async def work(views):
        execution_id = await queued(views, project)
        await executions.work(views.database, views.blobs)
        row = await row_of(views, execution_id)
        assert row.expires_at - row.created_at > timedelta(days=13)
        await collect_garbage(views.database, views.blobs, older_than=timedelta(0))
        assert await views.blobs.exists(row.blob_sha384)
        async with views.database.transaction() as connection:
            await connection.execute(update(execution).values(expires_at=now() - timedelta(seconds=1)))
        assert await executions.drop_expired(views.database) >= 1
        assert await row_of(views, execution_id) is None
        await collect_garbage(views.database, views.blobs, older_than=timedelta(0))
        await collect_garbage(views.database, views.blobs, older_than=timedelta(0))
        async with views.database.transaction() as connection:
            assert (await connection.execute(select(blob))).all() == []
        assert not await views.blobs.exists(row.blob_sha384)

    on_views(work)
