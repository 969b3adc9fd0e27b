"""Modalities and their vocabularies: those that come with the program, overlaid by what the site changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.dicom.classify import MODALITIES
from treadle.server.catalog.files import clean_classification
from treadle.server.catalog.tables import modality
from treadle.server.kit.errors import Conflict, Invalid, NotFound

MAX_ID = 64
CUSTOM = "Custom"  # the key under which any word may stand


@dataclass(frozen=True)
class Modality:
    """A modality's vocabulary: classification key -> allowed words."""

    id: str
    classification: Mapping[str, list[str]]
    active: bool = True
    description: str | None = None


async def all_modalities(connection: AsyncConnection) -> list[Modality]:
    """Every modality, by id."""
    known = {key: Modality(key, words) for key, words in MODALITIES.items()}
    for row in await connection.execute(select(modality)):
        known.pop(row.id, None)
        if not row.is_deleted:
            known[row.id] = Modality(row.id, row.classification, row.is_active, row.description)
    return [known[key] for key in sorted(known)]


async def find_modality(connection: AsyncConnection, modality_id: str) -> Modality | None:
    """The modality of this id."""
    row = (await connection.execute(select(modality).where(modality.c.id == modality_id))).one_or_none()
    if row is None:
        words = MODALITIES.get(modality_id)
        return None if words is None else Modality(modality_id, words)
    return None if row.is_deleted else Modality(row.id, row.classification, row.is_active, row.description)


async def get_modality(connection: AsyncConnection, modality_id: str) -> Modality:
    """The modality of this id; NotFound without."""
    found = await find_modality(connection, modality_id)
    if found is None:
        raise NotFound(f"There is no modality '{modality_id}'.")
    return found


def _read(modality_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    active, description = body.get("active"), body.get("description")
    if active is not None and not isinstance(active, bool):
        raise Invalid("'active' must be true or false.")
    if description is not None and not isinstance(description, str):
        raise Invalid("'description' must be text.")
    return {
        "id": modality_id,
        "classification": clean_classification(body.get("classification")),
        "is_active": active is not False,
        "description": description,
        "is_deleted": False,
    }


async def _put(connection: AsyncConnection, row: dict[str, Any]) -> Modality:
    changed = {name: value for name, value in row.items() if name != "id"}
    await connection.execute(
        insert(modality).values(row).on_conflict_do_update(index_elements=["id"], set_=changed)
    )
    return Modality(row["id"], row["classification"], row["is_active"], row["description"])


async def add_modality(connection: AsyncConnection, body: Mapping[str, Any]) -> Modality:
    """One more modality; Conflict when it is there."""
    key = body.get("_id")
    if not isinstance(key, str) or not key.strip() or len(key) > MAX_ID:
        raise Invalid(f"'_id' must be a text of 1 to {MAX_ID} characters.")
    row = _read(key.strip(), body)
    if await find_modality(connection, row["id"]) is not None:
        raise Conflict(f"The modality '{row['id']}' already exists.")
    return await _put(connection, row)


async def replace_modality(
    connection: AsyncConnection, modality_id: str, body: Mapping[str, Any]
) -> Modality:
    """Another vocabulary for a modality."""
    await get_modality(connection, modality_id)
    return await _put(connection, _read(modality_id, body))


async def delete_modality(connection: AsyncConnection, modality_id: str) -> None:
    """Without this modality; files keep theirs."""
    await get_modality(connection, modality_id)
    await _put(connection, {**_read(modality_id, {}), "is_deleted": True})


async def check_words(
    connection: AsyncConnection, modality_id: str | None, classification: Mapping[str, list[str]]
) -> None:
    """Invalid names the first key or word that the modality's vocabulary does not have."""
    found = await find_modality(connection, modality_id) if modality_id else None
    if reason := unknown_word(found, modality_id, classification):
        raise Invalid(reason)


def unknown_word(
    found: Modality | None, modality_id: str | None, classification: Mapping[str, list[str]]
) -> str | None:
    """The first key or word that the vocabulary of the modality does not have, in a sentence."""
    asked = {key: words for key, words in classification.items() if key != CUSTOM and words}
    if not asked:
        return None
    if found is None:
        return f"Classification needs a known modality; there is no '{modality_id or ''}'."
    for key, words in asked.items():
        known = found.classification.get(key)
        if known is None:
            return f"The modality '{found.id}' has no classification '{key}'."
        for word in words:
            if word not in known:
                return f"'{word}' is not a '{key}' of the modality '{found.id}'."
    return None
