"""The stream of live events (Server-Sent Events)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson
from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse

from treadle.server.access.guard import Guard, UserGuard
from treadle.server.access.identity import Identity
from treadle.server.delivery.live import Event, EventHub, Subscription
from treadle.server.store.db import Database
from treadle.server.wire.routing import Router

router = Router(tags=["events"])

KEEP_ALIVE_S = 15.0
REMEMBER_RIGHTS_S = 10.0


@dataclass
class _Sight:
    """What one caller may see; a project's answer is kept for some seconds."""

    database: Database
    identity: Identity
    _known: dict[str, tuple[float, bool]] = field(default_factory=dict)

    async def allows(self, event: Event) -> bool:
        """Whether the caller may know of this event."""
        if self.identity.is_site_admin:
            return True
        if event.project is None:
            return False
        asked_at, answer = self._known.get(event.project, (0.0, False))
        if time.monotonic() - asked_at < REMEMBER_RIGHTS_S:
            return answer
        async with self.database.transaction() as connection:
            guard = Guard(self.identity, connection, "GET", "/api/x/events")
            answer = await guard.may("containers_view_metadata", project_id=event.project)
        self._known[event.project] = (time.monotonic(), answer)
        return answer


def _message(event: Event) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.name.encode(), orjson.dumps(event.data))


async def _stream(
    hub: EventHub, subscription: Subscription, sight: _Sight, topics: frozenset[str], last_id: int | None
) -> AsyncIterator[bytes]:
    seen = last_id or 0
    try:
        yield b": connected\nretry: 2000\n\n"
        if last_id is not None:
            async for event in hub.missed(last_id):
                seen = event.id
                if _wanted(event, topics) and await sight.allows(event):
                    yield _message(event)
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_S):  # wait_for may forget a cancellation
                    found = await subscription.queue.get()
            except TimeoutError:
                yield b": alive\n\n"
                continue
            if found is None:
                yield b"event: reload\ndata: {}\n\n"
            elif found.id > seen and _wanted(found, topics) and await sight.allows(found):
                yield _message(found)
    finally:
        hub.unsubscribe(subscription)


def _wanted(event: Event, topics: frozenset[str]) -> bool:
    return not topics or event.name in topics or event.name.split(".")[0] in topics


@router.get("/x/events", operation_id="stream_events", response_class=StreamingResponse)
async def events(
    request: Request,
    guard: UserGuard,
    topics: str | None = None,
    last_event_id: str | None = Header(default=None),
) -> Response:
    """Facts as they are committed: `event` is the fact's name, `data` its ids; resumes by Last-Event-ID."""
    hub: EventHub = request.app.state.events
    subscription = hub.subscribe()
    wanted = frozenset(word.strip() for word in (topics or "").split(",") if word.strip())
    last_id = int(last_event_id) if last_event_id and last_event_id.isdecimal() else None
    return StreamingResponse(
        _stream(hub, subscription, _Sight(request.app.state.database, guard.identity), wanted, last_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
