"""The access log: who touched what, when and from where; written in the same transaction as the act."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.identity import Identity
from treadle.server.access.tables import access_log
from treadle.server.kit.ids import new_id
from treadle.server.kit.source import source

AccessType = Literal[
    "view_container",
    "view_subject",
    "view_file",
    "view_annotation",
    "view_job",
    "view_job_logs",
    "view_form_response",
    "view_access_log",
    "search",
    "download_file",
    "sync_to_external",
    "replace_file",
    "create_file",
    "create_container",
    "modify_container",
    "modify_file",
    "delete_file",
    "delete_container",
    "delete_analysis",
    "delete_annotation",
    "delete_form_response",
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
    "user_password_change",
    "user_second_factor_change",
    "user_linked",
    "role_change",
    "add_permission",
    "modify_permission",
    "key_created",
    "key_deleted",
    "write_refused",
    "other_access",
]

DELETIONS = frozenset({"delete_file", "delete_container", "delete_analysis", "delete_annotation"})

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_INSERT = insert(access_log)
# A request that only reads does not wait for the disk: the record is committed before the answer leaves and
# outlives any crash of Treadle, but not a power cut within the same half second (docs/decisions/0007).
_INSERT_OF_A_READ = _INSERT.returning(func.set_config("synchronous_commit", "off", True))

_MONTHS_AGAIN_S = 20 * 86400.0
_months_made: WeakKeyDictionary[Engine, float] = WeakKeyDictionary()


_LATELY_S, _LATELY_MOST = 600.0, 20_000
_lately: OrderedDict[tuple[str | None, ...], float] = OrderedDict()


def is_news(key: tuple[str | None, ...]) -> bool:
    """Whether this process did not hear of it in the last ten minutes."""
    clock = time.monotonic()
    if clock - _lately.get(key, -_LATELY_S) < _LATELY_S:
        return False
    _lately[key] = clock
    _lately.move_to_end(key)
    if len(_lately) > _LATELY_MOST:
        _lately.popitem(last=False)
    return True


async def make_months(connection: AsyncConnection) -> None:
    """The log's partitions of this month and the two after it."""
    ahead = (text("now()"), text("now() + interval '1 month'"), text("now() + interval '2 months'"))
    await connection.execute(select(*(func.access_log_month(moment) for moment in ahead)))


async def _have_months(connection: AsyncConnection) -> None:
    """Partitions at need: a server whose worker stands still goes on writing."""
    engine, clock = connection.engine.sync_engine, time.monotonic()
    if clock - _months_made.get(engine, -_MONTHS_AGAIN_S) >= _MONTHS_AGAIN_S:
        await make_months(connection)
        _months_made[engine] = clock


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
    if not contexts:
        return
    await _have_months(connection)
    origin_type, origin_id = identity.origin
    asked = source.get()
    common = {
        "access_type": access_type,
        "origin_type": origin_type,
        "origin_id": origin_id,
        "request_method": method,
        "request_path": path,
        "request_id": asked.request_id,
        "address": asked.address,
        "client": asked.client,
    }
    lines = [{**common, **_line(context)} for context in contexts]
    statement = _INSERT_OF_A_READ if method in SAFE_METHODS else _INSERT
    await connection.execute(statement, lines if len(lines) > 1 else lines[0])


def _line(context: Mapping[str, Any]) -> dict[str, Any]:
    """The reason is a column of its own."""
    about = {name: value for name, value in context.items() if name != "reason"}
    return {"id": new_id(), "context": about, "reason": context.get("reason")}
