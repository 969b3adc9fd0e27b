"""What the server's processes share: database and blobs for given settings."""

from __future__ import annotations

from dataclasses import dataclass

from treadle.server.kit.settings import Settings
from treadle.server.search.index.dictionary import Dictionary
from treadle.server.search.index.flush import attach
from treadle.server.store.blobs import Blobs, open_blobs
from treadle.server.store.db import Database


def database_url(settings: Settings) -> str:
    """Where PostgreSQL is; the embedded one is started by `treadle up`, which names it to its children."""
    if settings.database_url is None:
        raise RuntimeError("no database: set TREADLE_DATABASE_URL, or run 'treadle up' for the embedded one")
    return settings.database_url


@dataclass(frozen=True)
class ServerState:
    """The open resources of a process without HTTP."""

    settings: Settings
    database: Database
    blobs: Blobs
    dictionary: Dictionary

    async def close(self) -> None:
        """Give everything back."""
        await self.blobs.close()
        await self.database.close()


def open_state(settings: Settings) -> ServerState:
    """The resources for these settings."""
    database = Database(database_url(settings), size=settings.database_pool)
    return ServerState(
        settings,
        database,
        open_blobs(settings.blobs, min_free_bytes=settings.uploads.min_free_bytes),
        attach(database),
    )
