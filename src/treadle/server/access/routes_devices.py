"""Devices: administered by site administrators, heard of by themselves."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from treadle.server.access import incidents, listing
from treadle.server.access.devices import (
    as_device,
    change_device,
    create_device,
    delete_device,
    get_device,
    heartbeat,
    list_devices,
)
from treadle.server.access.drone import give_key
from treadle.server.access.guard import AdminGuard, Guard, UserGuard
from treadle.server.access.keys import create_key, delete_key, keys_of
from treadle.server.access.models import DeviceDocument, DeviceStatus, IncidentDocument, NewKeyDocument
from treadle.server.access.wire import (
    DeviceChange,
    DeviceInput,
    Heartbeat,
    KeyInput,
    device_doc,
    new_key_doc,
    status_doc,
)
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Forbidden
from treadle.server.wire import answer
from treadle.server.wire.answer import Deleted, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import Listing, flag, read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/devices", tags=["devices"])

_INCIDENTS, _MOST_INCIDENTS = 20, 200


def _own_id(guard: Guard) -> str:
    if guard.identity.kind != "device":
        raise Forbidden("Only a device may do this, with its own key.")
    return guard.identity.id


@router.get("", response_model=list[DeviceDocument], summary="All devices")
async def list_all(request: Request, query: Listing, client: ClientDialect, guard: AdminGuard) -> Response:
    """With their keys (without secrets) by `join_keys=true`."""
    rows, total = await listing.fetch(guard.connection, listing.device_source(), query, count=client.envelope)
    devices = [as_device(row) for row in rows]
    wanted = [device.id for device in devices] if flag(request, "join_keys") else []
    keys = await keys_of(guard.connection, "device_id", wanted)
    documents = [device_doc(device, keys.get(device.id, ())) for device in devices]
    return answer.listing(documents, total=total, envelope=client.envelope)


@router.post("", response_model=DeviceDocument, summary="Add a device")
async def add_device(body: ObjectBody, guard: AdminGuard) -> Response:
    """With a first key, shown in this answer only."""
    wanted = DeviceInput.model_validate(body)
    made = await create_device(guard.connection, label=wanted.label, type=wanted.type)
    key = await create_key(guard.connection, "device_id", made.id, label=wanted.label)
    await guard.record("key_created", {"device": {"id": made.id}, "key": {"id": key.key.id}})
    return json_answer(device_doc(made, [key.key], key.secret))


@router.get("/self", response_model=DeviceDocument, summary="The calling device")
async def get_own(request: Request, guard: UserGuard) -> Response:
    """Its document; with its key when it logged in by the drone secret."""
    return await _document(request, guard, _own_id(guard))


@router.put("/self", response_model=DeviceDocument, summary="Heartbeat of a device")
async def put_own(body: ObjectBody, guard: UserGuard) -> Response:
    """Says that the device lives, what it is and what troubles it."""
    said = Heartbeat.model_validate(body)
    fields: dict[str, Any] = said.model_dump(exclude_none=True)
    if "interval" in fields:
        fields["interval_s"] = fields.pop("interval")
    return json_answer(device_doc(await heartbeat(guard.connection, _own_id(guard), fields)))


@router.get("/status", response_model=dict[str, DeviceStatus], summary="How the devices are")
async def get_status(guard: AdminGuard) -> Response:
    """By device id: ok, missing, error or unknown."""
    return json_answer(status_doc(await list_devices(guard.connection), now()))


@router.get("/{device_id}", response_model=DeviceDocument, summary="One device")
async def get_one(request: Request, device_id: str, guard: UserGuard) -> Response:
    """For administrators, and for the device itself."""
    if guard.identity.id != device_id:
        guard.require_site_admin()
    return await _document(request, guard, device_id)


async def _document(request: Request, guard: Guard, device_id: str) -> Response:
    found = await get_device(guard.connection, device_id)
    key: str | None = None
    if guard.identity.by_secret:
        secret = request.app.state.settings.jobs.drone_secret
        key, made = await give_key(guard.connection, device_id, secret)
        if made is not None:
            await guard.record("key_created", {"device": {"id": device_id}, "key": {"id": made.key.id}})
    keys = await keys_of(guard.connection, "device_id", [device_id])
    return json_answer(device_doc(found, keys[device_id], key))


@router.get(
    "/{device_id}/incidents", response_model=list[IncidentDocument], summary="What was wrong with a device"
)
async def list_incidents(device_id: str, guard: AdminGuard, limit: str | None = None) -> Response:
    """Silences, errors and data held back: the latest first, with who was told."""
    await get_device(guard.connection, device_id)
    most = min(read_count(limit, "limit") or _INCIDENTS, _MOST_INCIDENTS)
    found = await incidents.of_device(guard.connection, device_id, limit=most)
    return json_answer([incidents.incident_doc(incident) for incident in found])


@router.put("/{device_id}", response_model=DeviceDocument, summary="Change a device")
async def put_one(device_id: str, body: ObjectBody, guard: AdminGuard) -> Response:
    """Its label, or whether it may work."""
    wanted = DeviceChange.model_validate(body).model_dump(exclude_none=True)
    return json_answer(device_doc(await change_device(guard.connection, device_id, wanted)))


@router.delete("/{device_id}", response_model=Deleted, summary="Delete a device")
async def remove_one(device_id: str, guard: AdminGuard) -> Response:
    """Makes its keys worthless; what it sent stays."""
    await delete_device(guard.connection, device_id)
    await guard.record("key_deleted", {"device": {"id": device_id}})
    return json_answer({"deleted": 1})


@router.post("/{device_id}/key", response_model=NewKeyDocument, summary="Make a further key for a device")
async def add_device_key(device_id: str, body: ObjectBody, guard: AdminGuard) -> Response:
    """The only answer that shows the key's secret."""
    wanted = KeyInput.model_validate(body)
    found = await get_device(guard.connection, device_id)
    made = await create_key(
        guard.connection, "device_id", found.id, label=wanted.label, expires_at=wanted.expires_at
    )
    await guard.record("key_created", {"device": {"id": found.id}, "key": {"id": made.key.id}})
    return json_answer(new_key_doc(made))


@router.delete("/{device_id}/key/{key_id}", response_model=Deleted, summary="Delete a device's key")
async def delete_device_key(device_id: str, key_id: str, guard: AdminGuard) -> Response:
    """By its public part."""
    await delete_key(guard.connection, "device_id", device_id, key_id)
    await guard.record("key_deleted", {"device": {"id": device_id}, "key": {"id": key_id}})
    return json_answer({"deleted": 1})
