"""Files: new versions, metadata, moves, versions (api.md 10)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, cast, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog import compliance, history, queries
from treadle.server.catalog.containers import touch
from treadle.server.catalog.errors import FileMissing, NameTaken
from treadle.server.catalog.instances import copy_instances
from treadle.server.catalog.rows import Container, File, as_file
from treadle.server.catalog.tables import container, file
from treadle.server.catalog.types import guess_mimetype, guess_type
from treadle.server.kit.clock import now
from treadle.server.kit.errors import BadRequest, Invalid
from treadle.server.kit.ids import new_id
from treadle.server.store.blobs import BlobRef
from treadle.server.store.info import info_object
from treadle.server.store.outbox import Fact, FactName, emit, emit_all

MAX_NAME = 255


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file about to become visible; None means not given."""

    name: str
    blob: BlobRef
    type: str | None = None
    mimetype: str | None = None
    modality: str | None = None
    classification: Mapping[str, Any] | None = None
    tags: Sequence[str] | None = None
    info: Mapping[str, Any] | None = None
    zip_member_count: int | None = None
    gear_info: Mapping[str, Any] | None = None
    deid_log_id: str | None = None
    deid_log_skip_reason: str | None = None
    deid: Mapping[str, Any] | None = None
    series: Mapping[str, Any] | None = None


def clean_name(name: Any) -> str:
    """A file's base name; Invalid for what could not be one."""
    base = str(name).replace("\\", "/").rsplit("/", 1)[-1].strip() if isinstance(name, str) else ""
    if (
        base in ("", ".", "..")
        or len(base) > MAX_NAME
        or any(unicodedata.category(letter) == "Cc" for letter in base)
    ):
        raise Invalid(f"A file name has 1 to {MAX_NAME} characters and no control characters.")
    return base


def clean_classification(value: Any) -> dict[str, list[str]]:
    """Classification with lists of texts as values: the clients fail on anything else."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Invalid("'classification' must be an object of lists.")
    return {
        str(key): [str(item) for item in (items if isinstance(items, list) else [items])]
        for key, items in value.items()
        if items is not None
    }


def fact(name: FactName, target: File) -> Fact:
    """What is told when something happens to a file."""
    return Fact(
        name,
        {
            "level": "file",
            "id": target.file_id,
            "version_id": target.id,
            "type": target.type,
            "project": target.project_id,
            "parents": {**target.parents, target.parent_level: target.parent_id},
        },
    )


async def announce_file(connection: AsyncConnection, name: FactName, target: File) -> None:
    """Tell the listeners what happened to this file, and judge the session it touches."""
    await emit(connection, fact(name, target))
    await _judge(connection, target)


async def _judge(connection: AsyncConnection, target: File) -> None:
    if target.parent_level == "acquisition":
        await compliance.settle(
            connection, "acquisition", target.project_id, {"session_id": target.session_id}
        )


async def current_file(connection: AsyncConnection, parent_id: str, name: str) -> File | None:
    """The live file of this name in the container."""
    row = (
        await connection.execute(
            select(file).where(file.c.parent_id == parent_id, file.c.name == name, queries.LIVE_FILE)
        )
    ).one_or_none()
    return None if row is None else as_file(row)


async def current_files(connection: AsyncConnection, parent_id: str, names: Sequence[str]) -> dict[str, File]:
    """The live files of these names in the container."""
    rows = await connection.execute(
        select(file).where(file.c.parent_id == parent_id, file.c.name == func.any(names), queries.LIVE_FILE)
    )
    return {row.name: as_file(row) for row in rows}


async def get_file(connection: AsyncConnection, file_id: str, *, version: int | None = None) -> File:
    """The file by its id or the id of any version: the version asked for, else the current one."""
    query = select(file).where(
        file.c.file_id
        == func.coalesce(select(file.c.file_id).where(file.c.id == file_id).scalar_subquery(), file_id)
    )
    condition: ColumnElement[bool] = file.c.is_current if version is None else file.c.version == version
    row = (await connection.execute(query.where(condition, file.c.deleted_at.is_(None)))).one_or_none()
    if row is None:
        raise FileMissing
    return as_file(row)


async def version_of(connection: AsyncConnection, target: File, version: int | None) -> File:
    """Another version of the same file."""
    if version is None or version == target.version:
        return target
    return await get_file(connection, target.file_id, version=version)


async def place_file(
    connection: AsyncConnection,
    *,
    parent: Container,
    new: NewFile,
    origin: tuple[str, str | None],
    preserve_metadata: bool = False,
) -> File:
    """A new file, or a new version of the file of that name; visible when the transaction commits."""
    (made,) = await place_files(
        connection, parent=parent, new=[new], origin=origin, preserve_metadata=preserve_metadata
    )
    return made


async def place_files(
    connection: AsyncConnection,
    *,
    parent: Container,
    new: Sequence[NewFile],
    origin: tuple[str, str | None],
    preserve_metadata: bool = False,
) -> list[File]:
    """Files of different names on one container, in a handful of statements however many they are."""
    # The parent's row lock makes writers of one container take turns: versions never collide.
    await connection.execute(
        select(container.c.id).where(container.c.id == parent.id).with_for_update(key_share=True)
    )
    names = [clean_name(item.name) for item in new]
    old = await current_files(connection, parent.id, names)
    at = now()
    if old:
        replaced = [item.id for item in old.values()]
        await connection.execute(
            update(file).where(file.c.id == func.any(replaced)).values(is_current=False, replaced_at=at)
        )
    rows = [
        _new_row(parent, name, item, old.get(name), origin, at, preserve=preserve_metadata)
        for name, item in zip(names, new, strict=True)
    ]
    inserted = await connection.execute(insert(file).returning(file, sort_by_parameter_order=True), rows)
    made = [as_file(row) for row in inserted]
    await touch(connection, parent.id)
    await history.note_all(
        connection,
        [
            (
                "REPLACE_FILE" if item.name in old else "CREATE",
                item,
                history.file_patch(None, item, info=True),
            )
            for item in made
        ],
    )
    await emit_all(connection, [fact("file.created", item) for item in made])
    await _judge(connection, made[0])
    return made


def _new_row(
    parent: Container,
    name: str,
    new: NewFile,
    old: File | None,
    origin: tuple[str, str | None],
    at: datetime,
    *,
    preserve: bool,
) -> dict[str, Any]:
    own_id = new_id()
    return {
        "id": own_id,
        "file_id": old.file_id if old else own_id,
        "version": old.version + 1 if old else 1,
        "is_current": True,
        "name": name,
        "parent_id": parent.id,
        "parent_level": parent.level,
        **parent.ancestors,
        "analysis_id": parent.id if parent.level == "analysis" else None,
        "blob_sha384": new.blob.sha384,
        "size": new.blob.size,
        **_metadata(new, old, preserve=preserve),
        "zip_member_count": new.zip_member_count,
        "gear_info": dict(new.gear_info) if new.gear_info else None,
        "deid_log_id": new.deid_log_id,
        "deid_log_skip_reason": new.deid_log_skip_reason,
        "deid": dict(new.deid) if new.deid else None,
        "series": dict(new.series) if new.series else None,
        "origin_type": origin[0],
        "origin_id": origin[1],
        "created_at": old.created_at if old else at,
        "modified_at": at,
    }


def _metadata(new: NewFile, old: File | None, *, preserve: bool) -> dict[str, Any]:
    """What the new version says of itself; the old version fills what was not given."""
    given = {
        "type": new.type,
        "modality": new.modality,
        "classification": None if new.classification is None else clean_classification(new.classification),
        "tags": None if new.tags is None else list(dict.fromkeys(map(str, new.tags))),
        "info": None if new.info is None else info_object(dict(new.info)),
    }
    kept: dict[str, Any] = {}
    if old is not None:
        kept = {name: getattr(old, name) for name in ("type", "modality", "classification", "tags")}
        if preserve:
            kept["info"] = old.info
    merged = {name: kept.get(name) if value is None or preserve else value for name, value in given.items()}
    if preserve:  # keeps the old words; new ones only fill gaps
        merged = {name: value if value else given[name] for name, value in merged.items()}
    return {
        "type": merged["type"] or guess_type(new.name),
        "modality": merged["modality"],
        "classification": merged["classification"] or {},
        "tags": merged["tags"] or [],
        "info": merged["info"] or {},
        "mimetype": new.mimetype or guess_mimetype(new.name),
    }


async def change_file(connection: AsyncConnection, target: File, changes: Mapping[str, Any]) -> File:
    """Write column values of one version, count the revision and tell the listeners."""
    row = (
        await connection.execute(
            update(file)
            .where(file.c.id == target.id, file.c.deleted_at.is_(None))
            .values(**changes, revision=file.c.revision + 1, modified_at=now())
            .returning(file)
        )
    ).one_or_none()
    if row is None:
        raise FileMissing
    changed = as_file(row)
    patch = history.file_patch(target, changed, info="info" in changes)
    if patch:
        await history.note(connection, "UPDATE", changed, patch)
    await announce_file(connection, "file.modified", changed)
    return changed


async def modify_file(connection: AsyncConnection, target: File, fields: Mapping[str, Any]) -> File:
    """Change the given metadata only; null clears."""
    changes: dict[str, Any] = {}
    for name in ("type", "modality", "mimetype", "deid_log_id"):
        if name in fields:
            value = fields[name]
            if value is not None and (not isinstance(value, str) or len(value) > MAX_NAME):
                raise Invalid(f"'{name}' must be a text of at most {MAX_NAME} characters.")
            changes[name] = value or None
    if "classification" in fields:
        changes["classification"] = clean_classification(fields["classification"])
    if fields.get("info"):
        changes["info"] = file.c.info.op("||")(cast(info_object(fields["info"]), JSONB))
    if isinstance(fields.get("tags"), list):
        changes["tags"] = list(dict.fromkeys(map(str, fields["tags"])))
    return await change_file(connection, target, changes) if changes else target


async def classify_file(connection: AsyncConnection, target: File, body: Mapping[str, Any]) -> File:
    """`{modality?, add?, delete?, replace?}`: add unites, delete removes values and emptied keys."""
    replaced = body.get("replace")
    if replaced is not None and (body.get("add") or body.get("delete")):
        raise BadRequest("'replace' cannot be used together with 'add' or 'delete'.")
    modality = body.get("modality", target.modality)
    if modality is not None and (not isinstance(modality, str) or len(modality) > MAX_NAME):
        raise Invalid(f"'modality' must be a text of at most {MAX_NAME} characters.")
    locked = as_file(
        (await connection.execute(select(file).where(file.c.id == target.id).with_for_update())).one()
    )
    current = {key: list(values) for key, values in locked.classification.items()}
    if replaced is not None:
        current = clean_classification(replaced)
    for key, values in clean_classification(body.get("add")).items():
        current[key] = list(dict.fromkeys([*current.get(key, []), *values]))
    for key, values in clean_classification(body.get("delete")).items():
        current[key] = [value for value in current.get(key, []) if value not in values]
    changes: dict[str, Any] = {"classification": {key: values for key, values in current.items() if values}}
    if "modality" in body:
        changes["modality"] = modality or None
    return await change_file(connection, target, changes)


async def move_file(
    connection: AsyncConnection, target: File, *, parent: Container, name: str | None
) -> File:
    """The file, all its versions, under another container and/or name; NameTaken when that is there."""
    wanted = clean_name(name) if name else target.name
    there = await current_file(connection, parent.id, wanted)
    if there is not None and there.file_id != target.file_id:
        raise NameTaken(f"A file named '{wanted}' is already there.")
    await connection.execute(
        update(file)
        .where(file.c.file_id == target.file_id)
        .values(
            parent_id=parent.id,
            parent_level=parent.level,
            **parent.ancestors,
            analysis_id=parent.id if parent.level == "analysis" else None,
            name=wanted,
        )
    )
    await touch(connection, parent.id)
    if parent.id != target.parent_id:
        await touch(connection, target.parent_id)
        await compliance.settle(
            connection, target.parent_level, target.project_id, {"session_id": target.session_id}
        )
    return await change_file(connection, target, {"name": wanted})


async def versions(connection: AsyncConnection, target: File) -> list[File]:
    """Every version that still exists, oldest first."""
    rows = await connection.execute(
        select(*queries.FILE_LIST)
        .where(file.c.file_id == target.file_id, file.c.deleted_at.is_(None))
        .order_by(file.c.version)
    )
    return [as_file(row) for row in rows]


async def restore_version(
    connection: AsyncConnection, target: File, *, version: int, origin: tuple[str, str | None]
) -> File:
    """An old version's content and metadata as a new version."""
    old = await get_file(connection, target.file_id, version=version)
    parent = await queries.container_by_id(connection, target.parent_id)
    if parent is None:
        raise FileMissing
    blob = BlobRef(sha384=old.blob_sha384, size=old.size)
    made = await place_file(
        connection,
        parent=parent,
        new=NewFile(
            name=target.name,
            blob=blob,
            type=old.type,
            mimetype=old.mimetype,
            modality=old.modality,
            classification=old.classification,
            tags=old.tags,
            info=old.info,
            zip_member_count=old.zip_member_count,
            series=old.series,
            deid=old.deid,
        ),
        origin=origin,
    )
    await copy_instances(connection, old.id, made.id)
    return await change_file(connection, made, {"restored_from": version, "restored_by": origin[1]})
