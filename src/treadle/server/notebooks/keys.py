"""The key that a notebook works with."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import BUILTIN_ROLES
from treadle.server.access.identity import Scope
from treadle.server.access.keys import READING, NewKey, create_key, delete_expired
from treadle.server.kit.clock import now

_LABEL = "Notebook"
_WRITING = frozenset(BUILTIN_ROLES["rw"])


async def notebook_key(
    connection: AsyncConnection, user_id: str, project_id: str, *, hours: float, read_only: bool
) -> NewKey:
    """A key of this user for this project alone; their earlier ones that ended are cleared away."""
    await delete_expired(connection, user_id, label=_LABEL)
    scope = Scope(projects=frozenset({project_id}), actions=READING if read_only else _WRITING)
    ends = now() + timedelta(hours=hours)
    return await create_key(connection, "user_id", user_id, label=_LABEL, expires_at=ends, scope=scope)
