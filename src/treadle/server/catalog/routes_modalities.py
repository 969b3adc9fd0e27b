"""Endpoints of modalities (api.md 17)."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from treadle.server.access.guard import AdminGuard, UserGuard
from treadle.server.catalog import modalities
from treadle.server.catalog.modalities import Modality
from treadle.server.catalog.models import ModalityDocument
from treadle.server.wire.answer import Deleted, InsertedId, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["modalities"])


def _document(found: Modality) -> dict[str, Any]:
    return {
        "_id": found.id,
        "classification": found.classification,
        "active": found.active,
        "description": found.description,
        "rts_managed": False,
    }


@router.get("/modalities", response_model=list[ModalityDocument], operation_id="get_all_modalities")
async def list_all(guard: UserGuard) -> Response:
    """The classification vocabulary of each modality."""
    return json_answer([_document(item) for item in await modalities.all_modalities(guard.connection)])


@router.post("/modalities", response_model=InsertedId, operation_id="add_modality")
async def add(guard: AdminGuard, body: ObjectBody) -> Response:
    """A modality of this site's own."""
    return json_answer({"_id": (await modalities.add_modality(guard.connection, body)).id})


@router.get("/modalities/{id}", response_model=ModalityDocument, operation_id="get_modality")
async def read(guard: UserGuard, id: str) -> Response:
    """The classification vocabulary of one modality."""
    return json_answer(_document(await modalities.get_modality(guard.connection, id)))


@router.put("/modalities/{id}", response_model=ModalityDocument, operation_id="replace_modality")
async def replace(guard: AdminGuard, id: str, body: ObjectBody) -> Response:
    """Another vocabulary for a modality."""
    return json_answer(_document(await modalities.replace_modality(guard.connection, id, body)))


@router.delete("/modalities/{id}", response_model=Deleted, operation_id="delete_modality")
async def delete(guard: AdminGuard, id: str) -> Response:
    """Without this modality; files keep theirs."""
    await modalities.delete_modality(guard.connection, id)
    return json_answer({"deleted": 1})
