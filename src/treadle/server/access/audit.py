"""The access log: who touched what, when and from where; written in the same transaction as the act."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Engine, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.identity import Identity
from treadle.server.kit.ids import new_id
from treadle.server.kit.source import source
from treadle.server.store.db import driver_of

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
# Every request writes here: past SQLAlchemy, prepared by the driver, a record costs half of what it would through it.
_INSERT = """
    INSERT INTO access_log (id, context, reason, access_type, origin_type, origin_id, request_method, request_path,
        request_id, address, client)
    VALUES (%s, %s::jsonb, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
# A request that only reads does not wait for the disk: the record is committed before the answer leaves and
# outlives any crash of Treadle, but not a power cut within the same half second (docs/decisions/0007).
_INSERT_OF_A_READ = f"{_INSERT} RETURNING set_config('synchronous_commit', 'off', true)"

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
    asked = source.get()
    common = (access_type, *identity.origin, method, path, asked.request_id, asked.address, asked.client)
    rows = [(new_id(), _about(context), context.get("reason"), *common) for context in contexts]
    driver = driver_of(connection)
    statement = _INSERT_OF_A_READ if method in SAFE_METHODS else _INSERT
    if len(rows) == 1:
        await driver.execute(statement, rows[0], prepare=True)
    else:
        async with driver.cursor() as cursor:
            await cursor.executemany(statement, rows)


def _about(context: Mapping[str, Any]) -> str:
    """JSON of what was touched; the reason is a column of its own."""
    if "reason" in context:
        context = {name: value for name, value in context.items() if name != "reason"}
    return orjson.dumps(context).decode()
