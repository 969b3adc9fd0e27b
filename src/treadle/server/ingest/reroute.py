"""Moving sessions out of their parking place."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.containers import apply_changes
from treadle.server.catalog.moves import move_container
from treadle.server.catalog.rows import Container
from treadle.server.catalog.trash import delete_container
from treadle.server.ingest import queries


async def move_session(
    connection: AsyncConnection, session: Container, *, subject: Container, label: str | None = None
) -> Container:
    """The session under another subject; the one it leaves goes to the trash if the connector's and empty."""
    left_id = session.subject_id
    moved = await move_container(connection, session, parent=subject)
    if label and label != moved.label:
        moved = await apply_changes(connection, moved, {"label": label})
    if left_id is not None and left_id != subject.id:
        await _drop_if_bare(connection, left_id)
    return moved


async def _drop_if_bare(connection: AsyncConnection, subject_id: str) -> None:
    left = await queries.live_by_id(connection, subject_id, "subject")
    if left is None or (left.doc.get("origin") or {}).get("type") not in ("device", "system"):
        return
    if await queries.is_bare(connection, left):
        await delete_container(connection, left, origin=("system", None), reason=None)
