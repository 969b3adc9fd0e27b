"""A PostgreSQL per test process, a fresh database per module, and the access room served over HTTP."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url

from treadle.server.access import refusals, routes
from treadle.server.access.bootstrap import ensure_admin, ensure_builtin_roles, new_user_key
from treadle.server.kit.ids import new_id
from treadle.server.kit.settings import Settings
from treadle.server.store.db import Database
from treadle.server.store.embedded import EmbeddedPostgres
from treadle.server.store.migrate import upgrade
from treadle.server.wire import http
from treadle.server.wire.routing import RouteTable

ADMIN = "admin@treadle.local"
ADMIN_PASSWORD = "correct horse battery"
RO, RW, AD = (f"{number:024x}" for number in (1, 2, 3))


@dataclass
class World:
    """One site: its administrator's client, and whatever a test adds."""

    ADMIN = ADMIN
    ADMIN_PASSWORD = ADMIN_PASSWORD
    RO, RW, AD = RO, RW, AD

    url: str
    connection: psycopg.Connection[Any]
    admin_key: str
    settings: Settings
    _clients: list[httpx.Client] = field(default_factory=list)

    def client(self, key: str | None = None, **headers: str) -> httpx.Client:
        """A client with this API key, or nobody's."""
        if key is not None:
            headers["Authorization"] = f"scitran-user {key}"
        # Plain HTTP: leaving out the certificates makes a client forty times cheaper.
        made = httpx.Client(base_url=self.url, headers=headers, timeout=120, verify=False)
        self._clients.append(made)
        return made

    @cached_property
    def admin(self) -> httpx.Client:
        return self.client(self.admin_key)

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def user(self, **fields: Any) -> str:
        """A new user's id."""
        user_id = f"u{uuid.uuid4().hex[:10]}@example.org"
        self.good(
            self.admin.post("/users", json={"_id": user_id, "firstname": "A", "lastname": "B", **fields})
        )
        return user_id

    def as_user(self, user_id: str, **headers: str) -> httpx.Client:
        """The client of a user, with a fresh key."""
        made = self.good(self.admin.post(f"/users/{user_id}/key", json={"label": "t"}))
        return self.client(made["unencrypted_secret"], **headers)

    def group(self) -> str:
        """A group without members."""
        group_id = f"g{uuid.uuid4().hex[:10]}"
        self.connection.execute(
            "INSERT INTO container (id, level, label, group_id) VALUES (%s, 'group', %s, %s)",
            (group_id, group_id, group_id),
        )
        return group_id

    def project(self, group_id: str, **roles: list[str]) -> str:
        """A project without users."""
        project_id = new_id()
        self.connection.execute(
            "INSERT INTO container (id, level, label, group_id, project_id, parent_id)"
            " VALUES (%s, 'project', %s, %s, %s, %s)",
            (project_id, project_id, group_id, project_id, group_id),
        )
        return project_id

    def grant(self, project_id: str, user_id: str, *role_ids: str) -> httpx.Response:
        return self.admin.post(
            f"/projects/{project_id}/permissions", json={"_id": user_id, "role_ids": list(role_ids)}
        )

    def role(self, *actions: str, group: str | None = None) -> str:
        """A role's id, in the pool of the group if one is given."""
        label = uuid.uuid4().hex[:20]
        made = self.good(self.admin.post("/roles", json={"label": label, "actions": list(actions)}))
        if group is not None:
            self.good(self.admin.post(f"/groups/{group}/roles", json={"_id": made["_id"]}))
        return str(made["_id"])

    @staticmethod
    def good(answer: httpx.Response) -> Any:
        """The JSON of a success."""
        assert answer.status_code == 200, answer.text
        return answer.json()

    @staticmethod
    def refused(answer: httpx.Response, status: int) -> Any:
        """The JSON of a refusal of this status."""
        assert answer.status_code == status, answer.text
        body = answer.json()
        assert isinstance(body["message"], str)
        assert body["message"]
        return body


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A running PostgreSQL; `TREADLE_TEST_DATABASE_URL` names another one."""
    if given := os.environ.get("TREADLE_TEST_DATABASE_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="tr-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "postgres")
    yield server.start()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _new_database(postgres_url: str, template: str = "template1") -> Iterator[str]:
    name = f"t{secrets.token_hex(8)}"
    url = make_url(postgres_url).set(drivername="postgresql")
    plain = url.render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def new_database() -> Callable[..., AbstractContextManager[str]]:
    """Makes databases: `with new_database(postgres_url, template) as url`."""
    return _new_database


@pytest.fixture
def empty_database(postgres_url: str) -> Iterator[str]:
    """A new database without tables."""
    with _new_database(postgres_url) as made:
        yield made


@pytest.fixture(scope="session")
def migrated_database(postgres_url: str) -> Iterator[str]:
    """The name of a database with all tables, triggers and functions, to be copied."""
    with _new_database(postgres_url) as made:
        upgrade(made)
        yield str(make_url(made).database)


@pytest.fixture(scope="module")
def database_url(postgres_url: str, migrated_database: str) -> Iterator[str]:
    """A new database with all tables."""
    with _new_database(postgres_url, migrated_database) as made:
        yield made


async def _first_key(url: str) -> str:
    database = Database(url, size=1)
    async with database.transaction() as connection:
        await ensure_builtin_roles(connection)
        admin = await ensure_admin(connection, ADMIN, ADMIN_PASSWORD)
        made = await new_user_key(connection, admin.id, "first")
    await database.close()
    return made.secret


def _app(url: str, home: Path) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = Database(url, size=4)
        yield
        await app.state.database.close()

    app = FastAPI(lifespan=lifespan)
    app.state.settings = Settings(home=home, database_url=url)
    http.install(app)
    refusals.install(app)
    app.router.routes.append(RouteTable([routes.router]))
    return app


@pytest.fixture(scope="module")
def world(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The access room alone, over a real socket."""
    key = asyncio.run(_first_key(database_url))
    app = _app(database_url, tmp_path_factory.mktemp("home"))
    config = uvicorn.Config(app, port=0, log_config=None, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with psycopg.connect(database_url, autocommit=True) as connection:
        made = World(f"http://127.0.0.1:{port}/api", connection, key, app.state.settings)
        yield made
        made.close()
    server.should_exit = True
    thread.join(10)
