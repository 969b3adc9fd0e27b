"""What a profile would do to files that are here, computed without storing anything.

The secret is a random one: a preview tells nobody how identifiers are really mapped.
"""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.deid.secrets import SECRET_BYTES
from treadle.server.access.guard import Guard
from treadle.server.catalog.queries import FILE_LIST, container_by_id
from treadle.server.catalog.rows import Container, File, as_file
from treadle.server.catalog.tables import file
from treadle.server.kit.errors import Invalid
from treadle.server.kit.process_pool import ProcessPool
from treadle.server.privacy.orders import Order, compare
from treadle.server.privacy.places import way_up
from treadle.server.privacy.resolve import effective
from treadle.server.privacy.save import check
from treadle.server.store.blobs import Blobs, local_copy

_LIMIT_S = 60.0
_MEMORY = 3 << 30
FILES_AT_ONCE = 10
_previews = ProcessPool(1, memory=_MEMORY)


def stop_previews() -> None:
    """End the processes of previews."""
    _previews.stop()


async def order_for(guard: Guard, target: Container | File, text: str | None) -> Order:
    """The profile that is tried (the one that applies, when none is given) for files of this place."""
    if text is None:
        found = await effective(guard.connection, way_up(project=target.project_id, group=target.group_id))
        if found.version is None:
            raise Invalid("No profile applies here; give one as 'text'.")
        text = found.version.text
    check(text)
    label = await _label(guard.connection, target.project_id)
    subject = await _label(guard.connection, target.subject_id)
    return Order(text, os.urandom(SECRET_BYTES), target.group_id or "", label or "", subject)


async def _label(connection: AsyncConnection, container_id: str | None) -> str | None:
    found = await container_by_id(connection, container_id or "")
    return found.label if found else None


async def files_to_try(connection: AsyncConnection, session_id: str, *, after: str) -> list[File]:
    """The next files of a session, in a fixed order."""
    rows = await connection.execute(
        select(*FILE_LIST)
        .where(
            file.c.session_id == session_id,
            file.c.is_current,
            file.c.deleted_at.is_(None),
            file.c.analysis_id.is_(None),
            file.c.id > after,
        )
        .order_by(file.c.id)
        .limit(FILES_AT_ONCE)
    )
    return list(map(as_file, rows))


async def try_file(blobs: Blobs, order: Order, target: File, *, rows: bool) -> dict[str, Any]:
    """What would become of one file."""
    async with local_copy(blobs, target.blob_sha384, target.size) as path:
        try:
            found = await _previews.run(_LIMIT_S, compare, order, target.name, path, rows=rows)
        except (TimeoutError, BrokenProcessPool):
            raise Invalid("The file is too large, or too deep, to be tried here.") from None
    return {"file_id": target.file_id, "version": target.version, "name": target.name, **found}
