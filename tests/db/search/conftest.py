"""A study of any size, made by SQL, and views run on it without HTTP."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import treadle.server.search.tables  # noqa: F401 - so that its tables are made
from treadle.server.access.guard import Guard
from treadle.server.access.identity import Identity
from treadle.server.search.views.evaluate import Evaluation, prepare, stream
from treadle.server.search.views.formats import Format
from treadle.server.search.views.spec import read_view
from treadle.server.search.views.sql import Asked
from treadle.server.store.blobs import Blobs, open_blobs
from treadle.server.store.db import Database

ADMIN = Identity(kind="user", id="admin@x", roles=("site_admin",))
PROJECT = f"{1:024x}"

_FILL = """
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id,
                       acquisition_id, timestamp, doc, info)
VALUES ('study', 'group', 'study', NULL, NULL, 'study', NULL, NULL, NULL, NULL, NULL, '{}', '{}'),
       (%(project)s, 'project', 'P', 'study', 'group', 'study', %(project)s, NULL, NULL, NULL, NULL, '{}', '{}');
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, doc)
SELECT '01' || lpad(n::text, 22, '0'), 'subject', 's' || lpad(n::text, 6, '0'), %(project)s, 'project', 'study',
       %(project)s, '01' || lpad(n::text, 22, '0'),
       jsonb_build_object('sex', (ARRAY['male', 'female', 'other'])[1 + n %% 3])
FROM generate_series(0, %(count)s / 100 - 1) n;
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id,
                       timestamp, doc)
SELECT '02' || lpad(n::text, 22, '0'), 'session', 'e' || lpad(n::text, 6, '0'),
       '01' || lpad((n / 10)::text, 22, '0'), 'subject', 'study', %(project)s,
       '01' || lpad((n / 10)::text, 22, '0'), '02' || lpad(n::text, 22, '0'),
       timestamptz '2020-01-01' + n * interval '1 hour',
       jsonb_build_object('age', n * 1000, 'weight', 50 + n %% 40)
FROM generate_series(0, %(count)s / 10 - 1) n;
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id,
                       acquisition_id, timestamp, info)
SELECT '03' || lpad(n::text, 22, '0'), 'acquisition', 'a' || lpad(n::text, 6, '0'),
       '02' || lpad((n / 10)::text, 22, '0'), 'session', 'study', %(project)s,
       '01' || lpad((n / 100)::text, 22, '0'), '02' || lpad((n / 10)::text, 22, '0'),
       '03' || lpad(n::text, 22, '0'), timestamptz '2020-01-01' + n * interval '1 minute',
       jsonb_build_object('n', n, 'text', repeat(n::text, 20))
FROM generate_series(0, %(count)s - 1) n;
"""


@pytest.fixture(scope="module")
def fill(database_url: str) -> Callable[[int], str]:
    """Makes a project with this many acquisitions, ten to a session, ten sessions to a subject."""

    def make(count: int) -> str:
        with psycopg.ClientCursor(psycopg.connect(database_url)) as cursor:
            cursor.execute(_FILL, {"project": PROJECT, "count": count})
            cursor.connection.commit()
            cursor.connection.autocommit = True
            cursor.execute("VACUUM ANALYZE container")
            cursor.connection.close()
        return PROJECT

    return make


class Views:
    """Views run as somebody."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self.database, self.blobs = database, blobs

    async def prepared(
        self, view: dict[str, Any], container: str, identity: Identity = ADMIN, **asked: Any
    ) -> Evaluation:
        async with self.database.transaction() as connection:
            guard = Guard(identity=identity, connection=connection, method="POST", path="/api/views/data")
            return await prepare(guard, read_view(view), container, Asked(**asked))

    async def stream(
        self, view: dict[str, Any], container: str, kind: Format, identity: Identity = ADMIN, **asked: Any
    ) -> AsyncIterator[bytes]:
        """The bytes of a result."""
        found = await self.prepared(view, container, identity, **asked)
        async for block in stream(self.database.transaction, self.blobs, found, kind):
            yield block


@pytest.fixture(scope="module")
def on_views(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Callable[[Views], Coroutine[Any, Any, Any]]], Any]]:
    """Runs a coroutine that is given views."""
    root = Path(tmp_path_factory.mktemp("blobs"))

    def run(work: Callable[[Views], Coroutine[Any, Any, Any]]) -> Any:
        async def main() -> Any:
            database, blobs = Database(database_url, size=4), open_blobs(root.as_uri())
            try:
                return await work(Views(database, blobs))
            finally:
                await blobs.close()
                await database.close()

        return asyncio.run(main())

    yield run
