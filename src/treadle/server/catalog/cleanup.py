"""Taking one key of the custom metadata off everything that has it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, cast, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.levels import BY_PLURAL
from treadle.server.catalog.tables import container, file
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid


async def remove_info(connection: AsyncConnection, plural: str, path: str) -> int:
    """Without the (dotted) key: how many live containers of the level, or files, had it."""
    keys = path.split(".")
    if not all(keys):
        raise Invalid("The path is a key, or keys joined by dots.")
    table: Any = file if plural == "files" else container
    place = cast(keys, ARRAY(Text))
    query = update(table).where(table.c.deleted_at.is_(None), table.c.info.op("#>")(place).is_not(None))
    if plural in BY_PLURAL:
        query = query.where(table.c.level == BY_PLURAL[plural].name)
    changed = await connection.execute(
        query.values(info=table.c.info.op("#-")(place), revision=table.c.revision + 1, modified_at=now())
    )
    return changed.rowcount
