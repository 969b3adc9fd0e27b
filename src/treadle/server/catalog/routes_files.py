"""Endpoints of file metadata: by container and name, and by file id (api.md 10.3)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy import select

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard, ScopedGuard
from treadle.server.catalog import change, files, modalities, rights
from treadle.server.catalog.annotate import add_file_tags, clean_tags
from treadle.server.catalog.answer import answer_files
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.errors import FileMissing
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.listing import file_source
from treadle.server.catalog.models import FileDocument, FilePage, FileVersion
from treadle.server.catalog.revision import IfMatch, read_revision, require_revision
from treadle.server.catalog.rows import File
from treadle.server.catalog.tables import file
from treadle.server.catalog.wire import file_doc, version_doc
from treadle.server.kit.errors import Invalid
from treadle.server.kit.settings import Settings
from treadle.server.store.info import info_object, updated_info
from treadle.server.wire.answer import Deleted, Modified, json_answer
from treadle.server.wire.body import ListBody, ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import DeleteReason, Listing, read_count
from treadle.server.wire.routing import Router

router = Router(tags=["files"])

_MODIFIED = {"modified": 1, "jobs_spawned": 0}
Version = Annotated[str | None, Query(description="version number; the current one when absent")]


def _number(version: str | None) -> int | None:
    return read_count(version, "version") or None


async def by_name(guard: Guard, container_id: str, level: str | None, name: str, *actions: Action) -> File:
    """The current file of this name, when the caller may do this to it."""
    parent = await rights.find(guard, container_id, "files_view_metadata", level=level)
    found = await files.current_file(guard.connection, parent.id, name)
    if found is None:
        raise FileMissing(f"There is no file '{name}' here.")
    if actions:
        await rights.require(guard, parent, *actions)
    return found


async def by_id(guard: Guard, file_id: str, *actions: Action, version: int | None = None) -> File:
    """The file of this id, when the caller may do this to it."""
    found = await files.get_file(guard.connection, file_id, version=version)
    await rights.require_file(guard, found, "files_view_metadata", *actions)
    return found


async def _change_info(guard: Guard, target: File, body: dict[str, Any]) -> Response:
    await files.change_file(guard.connection, target, {"info": updated_info(file.c.info, body)})
    await guard.record("modify_file", target.context)
    return json_answer(_MODIFIED)


async def _check_words(request: Request, guard: Guard, changed: File) -> None:
    """Refuse words that the modality does not have, where the site wants that."""
    settings: Settings = request.app.state.settings
    if settings.check_classification:
        await modalities.check_words(guard.connection, changed.modality, changed.classification)


async def _classify(request: Request, guard: Guard, target: File, body: dict[str, Any]) -> Response:
    changed = await files.classify_file(guard.connection, target, body)
    await _check_words(request, guard, changed)
    await guard.record("modify_file", changed.context)
    return json_answer(_MODIFIED)


def _by_name(path: str, label: str, level: str | None) -> None:
    base = f"{path}/files/{{name}}"

    @router.get(f"{base}/info", response_model=FileDocument, operation_id=f"get_{label}_file_info")
    async def read_file(guard: ScopedGuard, client: ClientDialect, id: str, name: str) -> Response:
        target = await by_name(guard, id, level, name)
        await guard.record("view_file", target.context)
        return json_answer(file_doc(target, client))

    @router.put(base, response_model=Modified, operation_id=f"modify_{label}_file")
    async def modify(request: Request, guard: ScopedGuard, id: str, name: str, body: ObjectBody) -> Response:
        target = await by_name(guard, id, level, name, "files_modify_metadata")
        changed = await files.modify_file(guard.connection, target, body)
        if {"modality", "classification"} & set(body):
            await _check_words(request, guard, changed)
        await guard.record("modify_file", target.context)
        return json_answer(_MODIFIED)

    @router.delete(base, response_model=Deleted, operation_id=f"delete_{label}_file")
    async def delete(
        guard: ScopedGuard,
        id: str,
        name: str,
        delete_reason: DeleteReason = None,
    ) -> Response:
        await change.delete_file(guard, await by_name(guard, id, level, name), reason=delete_reason)
        return json_answer({"deleted": 1})

    @router.patch(f"{base}/info", response_model=Modified, operation_id=f"modify_{label}_file_info")
    @router.post(f"{base}/info", response_model=Modified, operation_id=f"modify_{label}_file_info_by_post")
    async def modify_info(guard: ScopedGuard, id: str, name: str, body: ObjectBody) -> Response:
        target = await by_name(guard, id, level, name, "files_modify_metadata")
        return await _change_info(guard, target, body)

    @router.patch(
        f"{base}/classification", response_model=Modified, operation_id=f"modify_{label}_file_classification"
    )
    @router.post(
        f"{base}/classification",
        response_model=Modified,
        operation_id=f"modify_{label}_file_classification_by_post",
    )
    async def classify(
        request: Request, guard: ScopedGuard, id: str, name: str, body: ObjectBody
    ) -> Response:
        target = await by_name(guard, id, level, name, "files_modify_metadata")
        return await _classify(request, guard, target, body)


for _label, _level in LEVELS.items():
    if _label != "group":
        _by_name(f"/{_level.plural}/{{id}}", _label, _label)
_by_name("/containers/{id}", "container", None)


@router.get("/files", response_model=FilePage, operation_id="get_all_files")
async def list_files(request: Request, guard: ScopedGuard, query: Listing, client: ClientDialect) -> Response:
    """All current files you may see; always with the envelope."""
    if query.exhaustive:
        guard.require_site_admin()
    in_collections = file.c.project_id.is_(None) & rights.visible_collections(guard, file.c.parent_id)
    shown = file.c.analysis_id.is_(None) | guard.allowed(file.c.project_id, "analyses_view_metadata")
    scope = (guard.allowed(file.c.project_id, "files_view_metadata") & shown) | in_collections
    source = file_source(scope, with_info=query.include_all_info)
    return await answer_files(request, guard, source, query, client)


@router.get("/files/{file_id}", response_model=FileDocument, operation_id="get_file")
async def read_file(
    guard: ScopedGuard, client: ClientDialect, file_id: str, version: Version = None
) -> Response:
    """One file by id."""
    target = await by_id(guard, file_id, version=_number(version))
    await guard.record("view_file", target.context)
    return json_answer(file_doc(target, client))


@router.delete("/files/{file_id}", response_model=Deleted, operation_id="delete_file")
async def delete_file(guard: ScopedGuard, file_id: str, delete_reason: DeleteReason = None) -> Response:
    """The file with all its versions into the trash."""
    await change.delete_file(guard, await by_id(guard, file_id), reason=delete_reason)
    return json_answer({"deleted": 1})


@router.get("/files/{file_id}/versions", response_model=list[FileVersion], operation_id="get_file_versions")
async def list_versions(guard: ScopedGuard, file_id: str) -> Response:
    """Every version of the file, oldest first."""
    target = await by_id(guard, file_id)
    return json_answer([version_doc(item) for item in await files.versions(guard.connection, target)])


@router.post("/files/{file_id}/restore", response_model=FileDocument, operation_id="restore_file")
async def restore_version(
    guard: ScopedGuard, client: ClientDialect, file_id: str, version: Version = None
) -> Response:
    """An old version as a new one."""
    number = _number(version)
    if number is None:
        raise Invalid("'version' is required.")
    target = await by_id(guard, file_id, "files_create_single")
    made = await files.restore_version(guard.connection, target, version=number, origin=guard.identity.origin)
    await guard.record("replace_file", made.context)
    return json_answer(file_doc(made, client))


@router.post("/files/{file_id}/move", response_model=Modified, operation_id="move_file")
async def move(guard: ScopedGuard, file_id: str, body: ObjectBody) -> Response:
    """The file under another container and/or name."""
    target = await by_id(
        guard, file_id, "files_move" if body.get("container_reference") else "files_modify_metadata"
    )
    reference = body.get("container_reference") or {}
    parent_id = reference.get("id") if isinstance(reference, dict) else None
    parent = await get_container(guard.connection, str(parent_id or target.parent_id))
    if parent.id != target.parent_id:
        await rights.require(guard, parent, "containers_view_metadata", "files_move")
        if parent.group_id != target.group_id:
            raise Invalid("A file can only be moved within its group.")
    await guard.record("file_moved_away", target.context)
    moved = await files.move_file(guard.connection, target, parent=parent, name=body.get("name"))
    await guard.record("file_moved_in", moved.context)
    return json_answer(_MODIFIED)


@router.get("/files/{file_id}/info", response_model=dict[str, Any], operation_id="get_file_info")
async def read_info(guard: ScopedGuard, file_id: str, version: Version = None) -> Response:
    """The file's custom metadata."""
    return json_answer((await by_id(guard, file_id, version=_number(version))).info)


@router.patch("/files/{file_id}/info", response_model=dict[str, Any], operation_id="modify_file_info")
async def merge_info(
    guard: ScopedGuard, file_id: str, body: ObjectBody, if_match: IfMatch = None
) -> Response:
    """Set these keys of the file's metadata."""
    target = await by_id(guard, file_id, "files_modify_metadata")
    await require_revision(guard.connection, file, target.id, read_revision(if_match))
    wanted = body if set(body) <= {"set", "delete", "replace"} and body else {"set": body}
    await _change_info(guard, target, wanted)
    return json_answer((await files.get_file(guard.connection, file_id)).info)


@router.put("/files/{file_id}/info", response_model=dict[str, Any], operation_id="replace_file_info")
async def replace_info(guard: ScopedGuard, file_id: str, body: ObjectBody) -> Response:
    """The file's metadata as a whole."""
    target = await by_id(guard, file_id, "files_modify_metadata")
    await files.change_file(guard.connection, target, {"info": info_object(body)})
    await guard.record("modify_file", target.context)
    return json_answer(info_object(body))


@router.put(
    "/files/{file_id}/classification", response_model=Modified, operation_id="modify_file_classification"
)
async def classify(request: Request, guard: ScopedGuard, file_id: str, body: ObjectBody) -> Response:
    """Add, delete or replace classification values."""
    target = await by_id(guard, file_id, "files_modify_metadata")
    return await _classify(request, guard, target, body)


@router.get("/files/{file_id}/tags", response_model=list[str], operation_id="get_file_tags")
async def read_tags(guard: ScopedGuard, file_id: str) -> Response:
    """The file's tags."""
    return json_answer((await by_id(guard, file_id, "tags_view")).tags)


async def _tags_of(guard: Guard, file_id: str) -> tuple[File, list[str]]:
    target = await by_id(guard, file_id, "tags_manage")
    row = await guard.connection.execute(select(file.c.tags).where(file.c.id == target.id).with_for_update())
    return target, list(row.scalar_one())


@router.put("/files/{file_id}/tags", response_model=Modified, operation_id="set_file_tags")
async def set_tags(guard: ScopedGuard, file_id: str, body: ListBody) -> Response:
    """Exactly these tags."""
    target, _ = await _tags_of(guard, file_id)
    await files.change_file(guard.connection, target, {"tags": clean_tags(body)})
    return json_answer(_MODIFIED)


@router.patch("/files/{file_id}/tags", response_model=list[str], operation_id="add_file_tags")
async def add_tags(guard: ScopedGuard, file_id: str, body: ListBody) -> Response:
    """These tags too."""
    target = await by_id(guard, file_id, "tags_manage")
    return json_answer(await add_file_tags(guard.connection, target, body))


@router.delete("/files/{file_id}/tags", response_model=list[str], operation_id="delete_file_tags")
async def delete_tags(guard: ScopedGuard, file_id: str, body: ListBody) -> Response:
    """Without these tags."""
    target, tags = await _tags_of(guard, file_id)
    left = [tag for tag in tags if tag not in set(map(str, body))]
    await files.change_file(guard.connection, target, {"tags": left})
    return json_answer(left)
