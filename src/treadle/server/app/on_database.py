"""What commands do on the site's database without a server process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from treadle.server.kit.operator import OperatorError
from treadle.server.kit.settings import Settings
from treadle.server.store.db import Database
from treadle.server.store.embedded import running_url

T = TypeVar("T")


async def on_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """The answer of `work` on the database that is set, or on the embedded one of a running Treadle."""
    url = settings.database_url or running_url(settings.home / "postgres")
    if url is None:
        raise OperatorError(
            "the embedded database is not running: start `treadle up`, or set TREADLE_DATABASE_URL"
        )
    database = Database(url, size=1)
    try:
        return await work(database)
    finally:
        await database.close()
