"""The API key of a running job (gears.md 8): made when its config is fetched, gone when the job ends."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.identity import Scope
from treadle.server.access.keys import create_job_key, create_rule_key, delete_job_keys
from treadle.server.jobs.rows import Job


async def new_key(connection: AsyncConnection, running: Job, *, read_only: bool) -> str | None:
    """The secret of the job's key; an earlier one is worthless from now on. None when nobody's rights are known."""
    await delete_job_keys(connection, running.id)
    if running.rule_id is not None and running.role_id is not None:
        made = await create_rule_key(
            connection, running.id, running.rule_id, project_id=running.project_id, role_id=running.role_id
        )
    elif running.user_id is not None:
        made = await create_job_key(
            connection,
            running.id,
            running.user_id,
            project_id=running.project_id,
            scope=_scope(running.scope),
            read_only=read_only,
        )
    else:
        return None
    return made.secret


def _scope(kept: dict[str, Any] | None) -> Scope:
    parts = kept or {}
    projects, actions = parts.get("projects"), parts.get("actions")
    return Scope(
        projects=None if projects is None else frozenset(projects),
        actions=None if actions is None else frozenset(actions),
    )
