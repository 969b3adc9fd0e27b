"""Regions of interest as search sees them: rows of their own, since not everybody may know of every reader's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.search.index.tables import region


async def put_regions(
    connection: AsyncConnection,
    annotation_id: str,
    *,
    file_version_id: str,
    reader: str,
    elements: Sequence[Mapping[str, Any]],
) -> None:
    """The regions of a measurement set, in place of those it had."""
    await forget_regions(connection, annotation_id)
    if elements:
        await connection.execute(
            insert(region),
            [
                {
                    "annotation_id": annotation_id,
                    "place": place,
                    "file_version_id": file_version_id,
                    "reader": reader,
                    "element": dict(element),
                }
                for place, element in enumerate(elements)
            ],
        )


async def forget_regions(connection: AsyncConnection, annotation_id: str) -> None:
    """A deleted set is not found."""
    await connection.execute(delete(region).where(region.c.annotation_id == annotation_id))
