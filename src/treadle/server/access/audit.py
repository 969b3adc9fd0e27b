"""The access log: who touched what; written in the same transaction as the act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.identity import Identity
from treadle.server.access.tables import access_log
from treadle.server.kit.ids import new_id

AccessType = Literal[
    "view_container",
    "view_subject",
    "view_file",
    "download_file",
    "replace_file",
    "create_file",
    "create_container",
    "modify_container",
    "modify_file",
    "delete_file",
    "delete_container",
    "delete_analysis",
    "file_moved_away",
    "file_moved_in",
    "container_moved_away",
    "container_moved_in",
    "restore",
    "user_login",
    "user_login_failed",
    "user_logout",
    "user_enabled",
    "user_disabled",
    "user_deleted",
    "user_role_change",
    "role_change",
    "add_permission",
    "modify_permission",
    "key_created",
    "key_deleted",
]


async def record(
    connection: AsyncConnection,
    *,
    identity: Identity,
    access_type: AccessType,
    context: dict[str, Any],
    method: str,
    path: str,
) -> None:
    """One line of the access log."""
    await record_all(
        connection, identity=identity, access_type=access_type, contexts=[context], method=method, path=path
    )


async def record_all(
    connection: AsyncConnection,
    *,
    identity: Identity,
    access_type: AccessType,
    contexts: Sequence[dict[str, Any]],
    method: str,
    path: str,
) -> None:
    """One line of the access log for each of many things touched by one request."""
    origin_type, origin_id = identity.origin
    common = {
        "access_type": access_type,
        "origin_type": origin_type,
        "origin_id": origin_id,
        "request_method": method,
        "request_path": path,
    }
    if contexts:
        await connection.execute(
            insert(access_log), [{"id": new_id(), "context": context, **common} for context in contexts]
        )
