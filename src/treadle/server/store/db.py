"""PostgreSQL: one engine per process, one transaction per request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import psycopg
from sqlalchemy import ColumnElement, MetaData, Text, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def sqlalchemy_url(url: str) -> str:
    """The database URL with our driver named, whatever PostgreSQL form the administrator wrote."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def open_engine(url: str, *, size: int = 10) -> AsyncEngine:
    """A connection pool; `size` connections kept, as many more under load."""
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=size,
        max_overflow=size,
        pool_pre_ping=True,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"application_name": "treadle", "connect_timeout": 10},
    )


def driver_of(connection: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """psycopg's own connection, for statements so frequent or so large that the detour costs as much as they do.

    It is not asked for by `await`, which would cost as much again.
    """
    return connection.sync_connection.connection.driver_connection  # type: ignore[union-attr, return-value]


def among(column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """The column is one of these: one array, since a statement has room for 65,535 single parameters."""
    return column == any_(literal(list(values), ARRAY(Text)))


class Database:
    """What the rest of the server knows of PostgreSQL."""

    def __init__(self, url: str, *, size: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = open_engine(url, size=size)
        # What higher floors do at the end of every transaction, and when all is closed.
        self.before_commit: list[Callable[[AsyncConnection], Awaitable[None]]] = []
        self.at_close: list[Callable[[], Awaitable[None]]] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose work is committed at the end, or rolled back on any error."""
        async with self.engine.begin() as connection:
            yield connection
            for step in self.before_commit:
                await step(connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads, and sees the database as it was at the first statement."""
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            async with connection.begin():
                yield connection

    async def close(self) -> None:
        """Give all connections back."""
        for step in self.at_close:
            await step()
        await self.engine.dispose()
