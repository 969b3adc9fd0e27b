"""The body of a request that writes a measurement set: a form with `data` and perhaps `file`, or JSON alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from treadle.server.access.guard import Guard
from treadle.server.annotations.sets import Companion
from treadle.server.annotations.wire import Said
from treadle.server.ingest.errors import BadMetadata
from treadle.server.ingest.form import Form, receive_form
from treadle.server.kit.errors import Invalid
from treadle.server.kit.settings import Settings
from treadle.server.store.blobs_rows import keep
from treadle.server.wire.body import json_object


@dataclass(frozen=True)
class Sent:
    """What a client sent."""

    raw: dict[str, Any]
    form: Form | None = None

    def said(self) -> Said:
        """Its JSON, read."""
        return Said.model_validate(self.raw)

    async def companion(self, request: Request, guard: Guard) -> Companion | None:
        """The file beside it, with its row."""
        if self.form is None or not self.form.files:
            return None
        received = self.form.files[0]
        return Companion(
            await keep(guard.connection, request.app.state.blobs, received.receipt), received.name
        )


@asynccontextmanager
async def sent(request: Request) -> AsyncIterator[Sent]:
    """The body; what was not kept is forgotten afterwards."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/"):
        yield Sent(await json_object(request))
        return
    settings: Settings = request.app.state.settings
    form = await receive_form(request, request.app.state.blobs, settings.uploads, said="data", optional=True)
    try:
        if not isinstance(form.metadata, dict):
            raise BadMetadata("The form needs a 'data' part: a JSON object.")
        if len(form.files) > 1:
            raise Invalid("A measurement set has one companion file at most.")
        yield Sent(form.metadata, form)
    finally:
        await form.close()
