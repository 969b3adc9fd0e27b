"""The whole server in this process, on a database of its own."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parent))

from placement_kit import Site

from treadle.server.access.bootstrap import ensure_admin, ensure_builtin_roles, new_user_key
from treadle.server.app.asgi import create_app
from treadle.server.kit.settings import Settings
from treadle.server.store.db import Database


async def _first_key(url: str) -> str:
    database = Database(url, size=1)
    async with database.transaction() as connection:
        await ensure_builtin_roles(connection)
        admin = await ensure_admin(connection, "admin@treadle.local", "correct horse battery")
        made = await new_user_key(connection, admin.id, "first")
    await database.close()
    return made.secret


@pytest.fixture(scope="module")
def serve(database_url: str) -> Callable[..., AbstractContextManager[httpx.Client]]:
    """Serves a home folder with the given settings; gives the administrator's client."""
    key = asyncio.run(_first_key(database_url))

    @contextmanager
    def run(home: Path, **settings: Any) -> Iterator[httpx.Client]:
        app = create_app(Settings(home=home, database_url=database_url, **settings))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        headers = {"Authorization": f"scitran-user {key}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api", headers=headers, timeout=120) as client:
            yield client
        server.should_exit = True
        thread.join(10)

    return run


@pytest.fixture
def site(database_url):
    """Runs a coroutine function with an empty site."""

    def run(work):
        async def inside():
            database = Database(database_url, size=10)
            try:
                async with database.transaction() as connection:
                    await connection.execute(text("TRUNCATE container, file, outbox CASCADE"))
                await work(Site(database))
            finally:
                await database.close()

        asyncio.run(inside())

    return run
