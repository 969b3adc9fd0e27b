"""The files of exported runs, where they go along: those that are there and that the caller may download."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries, rights
from treadle.server.catalog.errors import FileMissing
from treadle.server.catalog.rows import File, as_file
from treadle.server.catalog.tables import file
from treadle.server.delivery.layout import Entry, safe_name
from treadle.server.kit.errors import Forbidden
from treadle.server.store.db import among


async def entries_of(guard: Guard, records: Iterable[dict[str, Any]]) -> list[Entry]:
    """One entry for each file version of these runs; what is not among them stays an address."""
    wanted = {one["version_id"] for record in records for one in (*record["inputs"], *record["outputs"])}
    rows = await guard.connection.execute(
        select(*queries.FILE_LIST)
        .where(among(file.c.id, wanted), file.c.deleted_at.is_(None))
        .order_by(file.c.id)
    )
    found = [one for one in map(as_file, rows) if await _may_download(guard, one)]
    if found:
        await guard.record_all("download_file", [one.context for one in found])
    return [Entry(_path(one), one.blob_sha384, one.size, one.modified_at, one) for one in found]


def places(entries: Sequence[Entry]) -> dict[str, str]:
    """Where each version is in the archive, as a relative address."""
    return {one.file.id: quote(one.path) for one in entries}


def _path(item: File) -> str:
    return f"data/{item.file_id}-v{item.version}/{safe_name(item.name)}"


async def _may_download(guard: Guard, item: File) -> bool:
    try:
        await rights.require_file(guard, item, "files_download")
    except (FileMissing, Forbidden):
        return False
    return True
