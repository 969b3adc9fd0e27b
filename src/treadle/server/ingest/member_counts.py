"""Counts the members of zips that came before members were counted, a batch at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from treadle.server.catalog.queries import LIVE_FILE
from treadle.server.catalog.tables import file
from treadle.server.kit.errors import Trouble
from treadle.server.kit.logging import get_logger
from treadle.server.store import zips
from treadle.server.store.blobs import BlobMissing, Blobs
from treadle.server.store.db import Database

log = get_logger("treadle.member_counts")

_AT_ONCE = 50


class MemberCounts:
    """Goes through all files once; what cannot be counted is passed over until the next start."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._after = ""

    async def step(self) -> int:
        """Look at the next zips; their number, 0 at the end of the list."""
        rows = await self._next()
        counts = {row.id: count for row in rows if (count := await self._count(row)) is not None}
        async with self._database.transaction() as connection:
            for file_id, count in counts.items():
                await connection.execute(
                    update(file)
                    .where(file.c.id == file_id, file.c.zip_member_count.is_(None))
                    .values(zip_member_count=count)
                )
        if rows:
            self._after = rows[-1].id
        return len(rows)

    async def _next(self) -> list[Row[Any]]:
        query = (
            select(file.c.id, file.c.blob_sha384, file.c.size)
            .where(
                LIVE_FILE,
                file.c.zip_member_count.is_(None),
                file.c.name.ilike("%.zip"),
                file.c.id > self._after,
            )
            .order_by(file.c.id)
            .limit(_AT_ONCE)
        )
        async with self._database.transaction() as connection:
            return list(await connection.execute(query))

    async def _count(self, row: Row[Any]) -> int | None:
        try:
            return await zips.count_members(self._blobs, row.blob_sha384, row.size)
        except zips.NotAZip:  # whatever its name says
            return None
        except (BlobMissing, Trouble, OSError) as error:
            log.warning("zip_not_counted", file=row.id, why=type(error).__name__)
            return None
