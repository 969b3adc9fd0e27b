"""The worker: handles facts as they are committed, and tidies up on a timetable."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from treadle.server.access import audit, audit_seal
from treadle.server.app.alerts import watch
from treadle.server.app.state import ServerState, open_state
from treadle.server.catalog import copies, trash
from treadle.server.delivery.tickets import drop_expired as drop_tickets
from treadle.server.gears.tickets import drop_expired as drop_gear_tickets
from treadle.server.ingest.extract import handle_file_created, stop_readers
from treadle.server.ingest.member_counts import MemberCounts
from treadle.server.ingest.uploads import drop_expired
from treadle.server.jobs import ending
from treadle.server.jobs.claim import raise_old
from treadle.server.jobs.leases import reap
from treadle.server.jobs.rows import LEVELS as JOB_LEVELS
from treadle.server.kit.errors import Refused
from treadle.server.kit.settings import Settings
from treadle.server.notifications.digest import send_due
from treadle.server.privacy.quarantine import sweep
from treadle.server.rules import evaluate
from treadle.server.search.index.counts import fold
from treadle.server.search.index.flush import drain
from treadle.server.search.views import executions as views_executions
from treadle.server.store.blobs_rows import adopt_orphans, collect_garbage
from treadle.server.store.outbox import listening
from treadle.server.store.tables import outbox

log = structlog.get_logger("treadle.worker")

Handler = Callable[[ServerState, dict[str, Any]], Awaitable[None]]


async def handle_copy(state: ServerState, payload: dict[str, Any]) -> None:
    """Fill a copy; what can never succeed is said on the container, other trouble is tried again."""
    async with state.database.transaction() as connection:
        if not await copies.start_copy(connection, payload["target"]):
            return
    try:
        async with state.database.transaction() as connection:
            await copies.fill_copy(connection, payload)
    except (Refused, ProgrammingError, DataError, IntegrityError) as error:
        log.exception("copy_failed", target=payload["target"])
        why = error.message if isinstance(error, Refused) else "The server could not copy this; see its log."
        async with state.database.transaction() as connection:
            await copies.fail_copy(connection, payload["target"], why)


async def handle_container_deleted(state: ServerState, payload: dict[str, Any]) -> None:
    """What waits or runs for a deleted container has no use any more."""
    if payload["level"] in JOB_LEVELS:
        await ending.cancel_below(state.database, payload["level"], payload["id"])


HANDLERS: dict[str, Handler] = {
    "file.created": handle_file_created,
    "copy.requested": handle_copy,
    "container.deleted": handle_container_deleted,
}

_MAX_FAILURES = 8
_KEEP_FACTS = timedelta(days=2)  # browsers that reconnect read what they missed
_POLL_S = 15.0
VIEWS_AT_ONCE = 2
_INDEX_S = 3.0
_WEEK_S, _FIRST_LISTING_S = 7 * 86400.0, 3600.0
_ZIPS_S = 5.0
_REAP_S = 15.0
_RULES_S = 0.5
_MAILS_S = 300.0


async def handle_next(state: ServerState) -> bool:
    """Handle one waiting fact; False when there was none. A failing one is tried again later."""
    async with state.database.transaction() as connection:
        row = (
            await connection.execute(
                select(outbox)
                .where(outbox.c.handled_at.is_(None), outbox.c.due_at <= func.now())
                .order_by(outbox.c.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
        ).one_or_none()
        if row is None:
            return False
        done: dict[str, Any] = {"handled_at": func.now()}
        handler = HANDLERS.get(row.name)
        if handler is not None:
            try:
                await handler(state, row.payload)
            except Exception:
                log.exception("fact_failed", fact=row.name, fact_id=row.id, failures=row.failures + 1)
                done = _later(row.failures)
        await connection.execute(update(outbox).where(outbox.c.id == row.id).values(**done))
    return True


def _later(failures: int) -> dict[str, Any]:
    if failures + 1 >= _MAX_FAILURES:
        return {"handled_at": func.now(), "failures": failures + 1}
    return {"due_at": func.now() + timedelta(seconds=2**failures), "failures": failures + 1}


async def _work(state: ServerState, wake: asyncio.Event) -> None:
    while True:
        wake.clear()
        while await handle_next(state):
            pass
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):  # wait_for forgets a cancellation that comes with the event
                await wake.wait()


async def _listen(state: ServerState, wakes: list[asyncio.Event]) -> None:
    """Wake the tasks when a fact is committed."""
    async with listening(state.database.url) as told:
        async for _ in told:
            for wake in wakes:
                wake.set()


async def tidy(state: ServerState) -> None:
    """Everything whose time has come: expired trash, uploads, facts and unreferenced content."""
    async with state.database.transaction() as connection:
        while await trash.purge(connection, older_than=timedelta(days=state.settings.trash_days)):
            pass
        await audit.make_months(connection)
        await connection.execute(delete(outbox).where(outbox.c.handled_at < func.now() - _KEEP_FACTS))
        await raise_old(connection)
    await drop_expired(state.database, state.blobs)
    await drop_tickets(state.database)
    await views_executions.drop_expired(state.database)
    await ending.drop_expired(state.database)
    await drop_gear_tickets(state.database)
    await state.blobs.clean()
    await asyncio.to_thread(sweep, state.settings.home)
    await collect_garbage(state.database, state.blobs)


async def _seal(state: ServerState) -> None:
    """Chain the newest records of the access log."""
    await audit_seal.seal(state.database)


async def _find_orphans(state: ServerState) -> None:
    """Content without a row (a crash between the two) becomes collectable; a whole listing, so rarely."""
    await asyncio.sleep(_FIRST_LISTING_S)
    found = await adopt_orphans(state.database, state.blobs)
    if found:
        log.info("orphans_adopted", contents=found)


async def _forever(what: str, step: Callable[[], Awaitable[object]], pause_s: float) -> None:
    """Repeat a step for as long as the worker lives; trouble is logged and retried."""
    while True:
        try:
            await step()
        except Exception:
            log.exception("worker_trouble", what=what)
        await asyncio.sleep(pause_s)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel the tasks until they have ended: libraries lose a cancellation now and then."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=1.0)


async def _index(state: ServerState) -> None:
    """What waits to be searched, and the counts of the index."""
    while await drain(state.database, state.dictionary):
        pass
    while await fold(state.database):
        pass


async def _rules(state: ServerState) -> None:
    """What changed and may start gears."""
    while await evaluate.step(state.database):
        pass


async def _run(settings: Settings) -> None:
    state = open_state(settings)
    wakes = [asyncio.Event() for _ in range(settings.worker_tasks)]
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    tasks = [
        asyncio.create_task(_forever("facts", lambda wake=wake: _work(state, wake), 2.0))  # type: ignore[misc]
        for wake in wakes
    ]
    tasks.append(asyncio.create_task(_forever("listen", lambda: _listen(state, wakes), 2.0)))
    tasks.append(asyncio.create_task(_forever("seal", lambda: _seal(state), settings.audit.seal_seconds)))
    tasks.append(
        asyncio.create_task(
            _forever(
                "alerts", lambda: watch.look(state.database, state.settings), settings.alerts.check_seconds
            )
        )
    )
    tasks.append(
        asyncio.create_task(_forever("mails", lambda: send_due(state.database, state.settings), _MAILS_S))
    )
    tasks.append(asyncio.create_task(_forever("tidy", lambda: tidy(state), 600.0)))
    tasks += [
        asyncio.create_task(
            _forever("views", lambda: views_executions.work(state.database, state.blobs), 1.0)
        )
        for _ in range(VIEWS_AT_ONCE)
    ]
    counts = MemberCounts(state.database, state.blobs)
    tasks.append(asyncio.create_task(_forever("zips", counts.step, _ZIPS_S)))
    tasks.append(asyncio.create_task(_forever("search", lambda: _index(state), _INDEX_S)))
    tasks.append(asyncio.create_task(_forever("jobs", lambda: reap(state.database), _REAP_S)))
    tasks.append(asyncio.create_task(_forever("rules", lambda: _rules(state), _RULES_S)))
    tasks.append(asyncio.create_task(_forever("orphans", lambda: _find_orphans(state), _WEEK_S)))
    log.info("worker_started", tasks=len(wakes))
    await stop.wait()
    await _end(tasks)
    stop_readers()
    await state.close()


def run(settings: Settings) -> int:
    """Work until SIGTERM; unfinished facts are taken up again by the next worker."""
    asyncio.run(_run(settings))
    return 0
