"""De-identification on arrival, for clients that cannot do it (deid.md 5.3).

Bytes wait in quarantine, go through the engine, and only what comes out becomes content. One file that is refused
refuses the whole request: nothing of it is kept, and its sender is told which file and why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi import Request

from treadle import __version__
from treadle.deid import Code
from treadle.server.access.guard import Guard
from treadle.server.catalog.queries import container_by_id
from treadle.server.catalog.rows import Container
from treadle.server.ingest.errors import ArrivalRefused
from treadle.server.ingest.form import Form, ReceivedFile, receive_form, store
from treadle.server.kit.errors import TooLarge
from treadle.server.kit.process_pool import ProcessPool
from treadle.server.kit.settings import Settings
from treadle.server.privacy.orders import Order, Outcome, process_held
from treadle.server.privacy.places import places_of, way_up
from treadle.server.privacy.quarantine import BLOCK, Held, quarantine
from treadle.server.privacy.resolve import effective
from treadle.server.privacy.routes import de_identifies
from treadle.server.privacy.secrets import Owner, owner_of, owner_of_label, secret_of
from treadle.server.privacy.site_key import site_key
from treadle.server.store.blobs import Blobs, Receipt

_LIMIT_S = 600.0
_MEMORY = 4 << 30
_engines = ProcessPool(2, memory=_MEMORY)


@dataclass(frozen=True)
class Arrival:
    """What is to be done with the files of a request."""

    order: Order
    record: dict[str, Any]


async def arrival_at(
    request: Request, guard: Guard, target: Container, *, subject: str | None = None
) -> Arrival | None:
    """What must be done to files for this container; None when they come as they should be."""
    if target.project_id is None or de_identifies(request) or guard.identity.is_job_of(target.project_id):
        return None
    applies = (await effective(guard.connection, places_of(target))).to_apply()
    if applies is None:
        return None
    applies.loaded()  # a broken one stops the upload before a byte of it is read
    group = await container_by_id(guard.connection, target.group_id or "")
    project = await container_by_id(guard.connection, target.project_id)
    if subject is None and target.subject_id is not None:
        found = await container_by_id(guard.connection, target.subject_id)
        subject = found.label if found else None
    label = project.label if project else ""
    owner = owner_of(group, project) if project else Owner("project", target.project_id)
    return await _arrival(request, guard, applies, owner, (target.group_id or "", label), subject)


async def arrival_at_label(
    request: Request, guard: Guard, group: Container | None, group_id: str, label: str, subject: str | None
) -> Arrival | None:
    """The same for a project that will be made for the files."""
    if de_identifies(request):
        return None
    applies = (await effective(guard.connection, way_up(group=group_id))).to_apply()
    if applies is None:
        return None
    owner = owner_of_label(group, group_id, label)
    return await _arrival(request, guard, applies, owner, (group_id, label), subject)


async def _arrival(
    request: Request, guard: Guard, applies: Any, owner: Owner, place: tuple[str, str], subject: str | None
) -> Arrival:
    key = site_key(request.app.state.settings)
    secret = await secret_of(guard.connection, key, owner, label="/".join(place))
    record = {
        "profile_id": applies.place.profile_id,
        "version": applies.number,
        "sha256": applies.sha256,
        "engine": __version__,
        "at": "server",
        "epoch": secret.epoch,
    }
    return Arrival(Order(applies.text, secret.value, *place, subject), record)


async def receive(request: Request, arrival: Arrival | None) -> Form:
    """The form of this request, its files as they may be kept."""
    if arrival is None:
        settings: Settings = request.app.state.settings
        return await receive_form(request, request.app.state.blobs, settings.uploads)

    async def known(_form: Form) -> Arrival | None:
        return arrival

    return await receive_then(request, known)


async def receive_then(request: Request, decide: Callable[[Form], Awaitable[Arrival | None]]) -> Form:
    """The same when only the form says where its files go."""
    settings: Settings = request.app.state.settings
    blobs: Blobs = request.app.state.blobs
    limits = settings.uploads
    async with quarantine(settings.home) as place:
        form = await receive_form(request, place, limits)
        arrival = await decide(form)
        admitted = Form(metadata=form.metadata)
        try:
            for index, item in enumerate(form.files):
                admitted.files += await _admitted(blobs, item, arrival, settings, index, len(form.files))
                await item.receipt.close()
        except BaseException:
            await admitted.close()
            raise
        return admitted


async def _admitted(
    blobs: Blobs, item: ReceivedFile, arrival: Arrival | None, settings: Settings, index: int, total: int
) -> list[ReceivedFile]:
    held = item.receipt
    assert isinstance(held, Held)  # noqa: S101 - the form was received in quarantine
    if arrival is None:
        return [replace(item, receipt=await _released(blobs, held))]
    if held.size > settings.deid.arrival_max_bytes:
        raise TooLarge(
            f"This server de-identifies files of at most {settings.deid.arrival_max_bytes} bytes;"
            " use `treadle deid`, or a connector, and send the result."
        )
    outcome = await _outcome(arrival.order, item.name, held)
    if not outcome.outputs:
        code = Code(outcome.error or Code.UNSUPPORTED_TYPE)
        raise ArrivalRefused(
            f"File {index + 1} of {total} could not be de-identified: {code.sentence} Nothing was kept.",
            errors=[{"index": index, "code": code.value, "path": str(outcome.report.get("where", ""))}],
        )
    record = {**arrival.record, "changes": outcome.report.get("changes", {})}
    kept: list[ReceivedFile] = []
    try:
        for name, path in outcome.outputs:
            kept.append(ReceivedFile(name, await _content(blobs, path), sent_as=item.name, deid=record))
    except BaseException:
        await asyncio.gather(*(one.receipt.close() for one in kept))
        raise
    return kept


async def _outcome(order: Order, name: str, held: Held) -> Outcome:
    try:
        return await _engines.run(_LIMIT_S, process_held, order, name, held)
    except (TimeoutError, BrokenProcessPool):
        return Outcome([], {}, Code.LIMIT.value)


def stop_engines() -> None:
    """End the processes of the engine."""
    _engines.stop()


async def _released(blobs: Blobs, held: Held) -> Receipt:
    """Content that needs nothing done to it."""
    return await _stored(blobs, held.blocks())


async def _content(blobs: Blobs, path: Path) -> Receipt:
    with path.open("rb") as file:
        receipt = await _stored(blobs, iter(lambda: file.read(BLOCK), b""))
    path.unlink()
    return receipt


async def _stored(blobs: Blobs, blocks: Iterator[bytes]) -> Receipt:
    writer = await blobs.writer()
    try:
        while block := await asyncio.to_thread(next, blocks, b""):
            await writer.write(block)
    except BaseException:
        await writer.abort()
        raise
    return (await store(writer, "")).receipt
