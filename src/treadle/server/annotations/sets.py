"""What is done with measurement sets: made, drafted, saved, restored, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.annotations import queries
from treadle.server.annotations.errors import AnnotationMissing
from treadle.server.annotations.legacy import terms_of_legacy
from treadle.server.annotations.queries import Measurements, Version
from treadle.server.annotations.roi import SCHEMA, RegionSet
from treadle.server.annotations.tables import annotation, annotation_version
from treadle.server.catalog.errors import RevisionChanged
from treadle.server.catalog.rows import File
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Invalid
from treadle.server.kit.ids import new_id
from treadle.server.search.index.regions import forget_regions, put_regions
from treadle.server.store.blobs import BlobRef
from treadle.server.wire.answer import stamp

MAX_NAME = 100


@dataclass(frozen=True)
class Companion:
    """The file beside a set's JSON: a mask, a picture."""

    blob: BlobRef
    name: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a version is to hold."""

    data: Mapping[str, Any]
    companion: Companion | None = None
    restored_from: int | None = None


def companion_of(shown: Version) -> Companion | None:
    """The file beside a version."""
    if shown.blob_sha384 is None:
        return None
    return Companion(BlobRef(shown.blob_sha384, shown.blob_size or 0), shown.blob_name or "file")


async def check_regions(connection: AsyncConnection, target: File, data: RegionSet) -> RegionSet:
    """The set, measured, its regions bound to this file version; Invalid for places it does not have."""
    uids = sorted({region.ref.sop_uid for region in data.rois if region.ref.sop_uid})
    known = await queries.numbers_of(connection, target.id, uids)
    bound = []
    for region in data.rois:
        ref = region.ref
        if ref.sop_uid is not None and ref.sop_uid not in known:
            raise Invalid(f"Region '{region.id}': the file has no instance '{ref.sop_uid}'.")
        if ref.file_id not in (None, target.file_id) or ref.version not in (None, target.version):
            raise Invalid(f"Region '{region.id}' is on another file or version than its set.")
        place = ref.model_copy(update={"file_id": target.file_id, "version": target.version})
        bound.append(region.model_copy(update={"ref": place}))
    return data.model_copy(update={"rois": bound}).settled()


async def create(
    connection: AsyncConnection,
    target: File,
    *,
    name: str,
    author: str,
    task_id: str | None,
    content: Content,
    draft: bool,
) -> Measurements:
    """A new set."""
    own_id = new_id()
    await connection.execute(
        insert(annotation).values(
            id=own_id, file_version_id=target.id, name=name, author_id=author, task_id=task_id, revision=0
        )
    )
    return await write(connection, own_id, author, content=content, draft=draft, expected=None)


async def write(
    connection: AsyncConnection,
    annotation_id: str,
    author: str,
    *,
    content: Content,
    draft: bool,
    expected: int | None,
    name: str | None = None,
) -> Measurements:
    """The next version of a set; a draft replaces the author's draft, a saved one becomes what others see."""
    held = await _hold(connection, annotation_id, expected)
    number = held.version + 1
    companion = content.companion
    values = {
        "is_draft": draft,
        "data": dict(content.data),
        "author_id": author,
        "restored_from": content.restored_from,
        "blob_sha384": companion.blob.sha384 if companion else None,
        "blob_name": companion.name if companion else None,
        "blob_size": companion.blob.size if companion else None,
        "created_at": now(),
    }
    made = insert(annotation_version).values(annotation_id=annotation_id, version=number, **values)
    await connection.execute(
        made.on_conflict_do_update(index_elements=["annotation_id", "version"], set_=values)
    )
    changes: dict[str, Any] = {"revision": annotation.c.revision + 1, "modified_at": now()}
    if not draft:
        changes["version"] = number
    if name is not None:
        changes["name"] = name
    await connection.execute(update(annotation).where(annotation.c.id == annotation_id).values(changes))
    found = await _get(connection, annotation_id, author)
    if not draft:
        await _index(connection, found)
    return found


async def remove(connection: AsyncConnection, found: Measurements, *, by: str, reason: str | None) -> None:
    """Delete a set; its versions stay for whoever has to answer for them."""
    await connection.execute(
        update(annotation)
        .where(annotation.c.id == found.id)
        .values(deleted_at=now(), deleted_by=by, delete_reason=reason, revision=annotation.c.revision + 1)
    )
    await forget_regions(connection, found.id)


async def _hold(connection: AsyncConnection, annotation_id: str, expected: int | None) -> Any:
    row = (
        await connection.execute(
            select(annotation.c.version, annotation.c.revision)
            .where(annotation.c.id == annotation_id, annotation.c.deleted_at.is_(None))
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise AnnotationMissing
    if expected is not None and row.revision != expected:
        raise RevisionChanged(detail={"revision": row.revision, "expected": expected})
    return row


async def _get(connection: AsyncConnection, annotation_id: str, person: str) -> Measurements:
    found = await queries.find(connection, annotation_id, person)
    if found is None:
        raise AnnotationMissing
    return found


async def _index(connection: AsyncConnection, found: Measurements) -> None:
    """Each region of the newest saved version can be searched for."""
    data, created = found.shown.data, stamp(found.shown.created_at) or ""
    if data.get("schema") != SCHEMA:
        terms = terms_of_legacy(data, reader=found.author_id, created=created)
    else:
        regions = RegionSet.model_validate(data).rois
        uids = sorted({region.ref.sop_uid for region in regions if region.ref.sop_uid})
        numbers = await queries.numbers_of(connection, found.file_version_id, uids)
        terms = [
            region.term(reader=found.author_id, created=created, number=numbers.get(region.ref.sop_uid or ""))
            for region in regions
        ]
    await put_regions(
        connection,
        found.id,
        file_version_id=found.file_version_id,
        reader=found.author_id,
        elements=terms,
    )
