"""Live events: one listening connection per process, fanned out to everybody who subscribed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg
from sqlalchemy import func, select

from treadle.server.kit.logging import get_logger
from treadle.server.store.db import Database
from treadle.server.store.outbox import listening
from treadle.server.store.tables import outbox

log = get_logger("treadle.events")

_QUEUE = 1000
_REPLAY = 1000
_RETRY_S = 2.0
_SHOWN = ("level", "id", "project", "parents")


@dataclass(frozen=True)
class Event:
    """One fact on its way to browsers."""

    id: int
    name: str
    data: dict[str, Any]

    @property
    def project(self) -> str | None:
        """The project whose members may know of it."""
        return self.data.get("project")


@dataclass(eq=False)
class Subscription:
    """What one browser still has to be told; None means that it must load everything again."""

    queue: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(_QUEUE))

    def offer(self, event: Event | None) -> None:
        """Queue the event; who is too slow is told to load again instead."""
        if event is None or self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            event = None
        self.queue.put_nowait(event)


class EventHub:
    """Hears of facts from PostgreSQL and hands them to subscribers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscriptions: set[Subscription] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def subscribe(self) -> Subscription:
        """A queue that gets every fact from now on."""
        subscription = Subscription()
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """No more facts for this one."""
        self._subscriptions.discard(subscription)

    async def missed(self, last_id: int) -> AsyncIterator[Event]:
        """The facts after this one, as far back as a reconnecting browser reasonably asks."""
        async with self._database.transaction() as connection:
            newest = (await connection.execute(select(func.max(outbox.c.id)))).scalar_one() or 0
            rows = (
                await connection.execute(
                    select(outbox.c.id, outbox.c.name, outbox.c.payload)
                    .where(outbox.c.id > max(min(last_id, newest), newest - _REPLAY))
                    .order_by(outbox.c.id)
                )
            ).all()
        for row in rows:
            yield _event(row.id, row.name, row.payload)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except (psycopg.Error, OSError) as error:
                log.warning("events_connection_lost", error=type(error).__name__)
            await asyncio.sleep(_RETRY_S)

    async def _listen_once(self) -> None:
        async with listening(self._database.url) as told:
            self._tell(None)  # facts may have passed unheard
            async for text in told:
                fact = orjson.loads(text)
                self._tell(_event(fact["id"], fact["name"], fact["data"]))

    def _tell(self, event: Event | None) -> None:
        for subscription in self._subscriptions:
            subscription.offer(event)


def _event(number: int, name: str, payload: dict[str, Any]) -> Event:
    return Event(number, name, {key: payload.get(key) for key in _SHOWN})
