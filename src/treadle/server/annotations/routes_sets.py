"""Endpoints of measurement sets (web.md 8.1): lists, single ones, versions, companions."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlalchemy import ColumnElement, select

from treadle.server.access.guard import Guard, Rule, ScopedGuard, StreamGuards
from treadle.server.access.tables import app_user
from treadle.server.annotations import queries, rules, sets
from treadle.server.annotations.body import Sent, sent
from treadle.server.annotations.errors import AnnotationMissing, ReasonNeeded
from treadle.server.annotations.queries import Measurements
from treadle.server.annotations.reasons import REASONS
from treadle.server.annotations.roi import RegionSet
from treadle.server.annotations.sets import Content
from treadle.server.annotations.tables import annotation
from treadle.server.annotations.wire import (
    AnnotationDocument,
    Said,
    VersionDocument,
    annotation_doc,
    version_doc,
)
from treadle.server.catalog.reasons import DEMANDED
from treadle.server.catalog.revision import IfMatch, read_revision
from treadle.server.catalog.rows import File
from treadle.server.catalog.tables import container, file
from treadle.server.delivery.content import content_answer, plain
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import Deleted, json_answer, listing
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import flag, read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/v3/annotations", tags=["annotations"])

_MOST = 1000
_PLACES = ("project_id", "subject_id", "session_id", "acquisition_id", "file_id")


@router.get("", response_model=list[AnnotationDocument])
async def list_annotations(request: Request, guard: ScopedGuard, client: ClientDialect) -> Response:
    """The measurement sets of a file, session, project .. or of everything that the caller may see."""
    where = _filters(request, guard)
    query = request.query_params
    limit = min(read_count(query.get("limit"), "limit") or _MOST, _MOST)
    found = await queries.several(
        guard.connection, guard.identity.person, where, limit=limit, after=query.get("after_id")
    )
    for item in found:
        guard.record_once("view_annotation", rules.context_of(item), of=f"{item.id}:{item.shown.version}")
    authors = await _authors(guard, found) if flag(request, "join_origin") else {}
    return listing(
        [annotation_doc(item, authors.get(item.author_id)) for item in found],
        total=await queries.count(guard.connection, guard.identity.person, where)
        if client.envelope
        else None,
        envelope=client.envelope,
    )


@router.get("/count", response_model=dict[str, int])
async def count_annotations(request: Request, guard: ScopedGuard) -> Response:
    """How many measurement sets there are."""
    where = _filters(request, guard)
    return json_answer({"count": await queries.count(guard.connection, guard.identity.person, where)})


@router.get("/delete_reasons", response_model=list[str])
async def list_delete_reasons(guard: ScopedGuard) -> Response:
    """The words that say why a set is deleted."""
    guard.decided()
    return json_answer(list(REASONS))


def _filters(request: Request, guard: Guard) -> list[ColumnElement[bool]]:
    query = request.query_params
    where = [rules.visible(guard, exhaustive=flag(request, "exhaustive"))]
    where += [file.c[name] == query[name] for name in _PLACES if query.get(name)]
    for name, column in (("task_id", annotation.c.task_id), ("author", annotation.c.author_id)):
        if query.get(name):
            where.append(column == query[name])
    version = read_count(query.get("version"), "version")
    if version is not None:
        where.append(file.c.version == version)
    if flag(request, "exclude_deleted", default=True):
        where.append(annotation.c.deleted_at.is_(None))
    if flag(request, "exclude_replaced"):
        where.append(file.c.is_current)
    return where


async def _authors(guard: Guard, found: list[Measurements]) -> dict[str, dict[str, Any]]:
    ids = {item.author_id for item in found}
    rows = await guard.connection.execute(
        select(app_user.c.id, app_user.c.firstname, app_user.c.lastname).where(app_user.c.id.in_(ids))
    )
    return {row.id: {"_id": row.id, "firstname": row.firstname, "lastname": row.lastname} for row in rows}


@router.post("", response_model=AnnotationDocument)
async def create_annotation(request: Request, guards: StreamGuards) -> Response:
    """Make a measurement set on a file version, as a draft or saved."""
    async with guards() as guard:  # credentials are checked before a byte is read
        guard.decided()
    async with sent(request) as body:
        said = body.said()
        if said.file_ref is None or said.name is None:
            raise Invalid("A measurement set needs 'name' and 'file_ref': {file_id, version}.")
        async with guards() as guard:
            target = await rules.target_of(guard, said.file_ref.file_id, said.file_ref.version)
            content = await _content(request, guard, target, body, said)
            made = await sets.create(
                guard.connection,
                target,
                name=said.name,
                author=guard.identity.person,
                task_id=said.task_id,
                content=content,
                draft=said.draft,
            )
            await guard.record("modify_file", rules.context_of(made))
    return json_answer(annotation_doc(made))


async def _content(
    request: Request,
    guard: Guard,
    target: File,
    body: Sent,
    said: Said,
    before: Measurements | None = None,
) -> Content:
    """The set, checked; without a new companion it keeps the one it had."""
    checked = await sets.check_regions(guard.connection, target, RegionSet.model_validate(said.data))
    companion = await body.companion(request, guard)
    if companion is None and before is not None:
        companion = sets.companion_of(before.shown)
    return Content(data=checked.document(), companion=companion)


async def _write(
    request: Request, guards: StreamGuards, annotation_id: str, if_match: str | None, *, draft: bool
) -> Response:
    expected = read_revision(if_match)
    async with guards() as guard:
        await rules.writable(guard, annotation_id)
    async with sent(request) as body:
        said = body.said()
        async with guards() as guard:
            found, target = await rules.writable(guard, annotation_id)
            is_draft = said.draft or (draft and "draft" not in body.raw)
            if is_draft and found.author_id != guard.identity.person:
                raise Invalid("Only its author keeps a draft of a measurement set; save a version instead.")
            made = await sets.write(
                guard.connection,
                annotation_id,
                guard.identity.person,
                content=await _content(request, guard, target, body, said, found),
                draft=is_draft,
                expected=expected,
                name=said.name,
            )
            await guard.record("modify_file", rules.context_of(made))
    return json_answer(annotation_doc(made))


@router.post("/{annotation_id}", response_model=AnnotationDocument)
async def save_annotation(
    request: Request, guards: StreamGuards, annotation_id: str, if_match: IfMatch = None
) -> Response:
    """Write the next version of a set; `draft` keeps it to its author."""
    return await _write(request, guards, annotation_id, if_match, draft=False)


@router.put("/{annotation_id}", response_model=AnnotationDocument)
async def change_draft(
    request: Request, guards: StreamGuards, annotation_id: str, if_match: IfMatch = None
) -> Response:
    """Change the draft of a set (autosave); with `draft: false` it becomes a saved version."""
    return await _write(request, guards, annotation_id, if_match, draft=True)


@router.get("/{annotation_id}", response_model=AnnotationDocument)
async def get_annotation(guard: ScopedGuard, annotation_id: str) -> Response:
    """A set: its author's draft to its author, the newest saved version to others."""
    return json_answer(annotation_doc(await rules.readable(guard, annotation_id)))


@router.delete("/{annotation_id}", response_model=Deleted)
async def delete_annotation(
    guard: ScopedGuard, annotation_id: str, delete_reason: str | None = None
) -> Response:
    """Delete a set; its versions stay for whoever has to answer for them."""
    found = await rules.deletable(guard, annotation_id)
    if delete_reason is not None and delete_reason not in REASONS:
        raise ReasonNeeded(f"'delete_reason' must be one of: {', '.join(REASONS)}.")
    if delete_reason is None and await _demanded(guard, found.project_id):
        raise ReasonNeeded(f"This project wants a 'delete_reason', one of: {', '.join(REASONS)}.")
    await guard.record("delete_annotation", {**rules.context_of(found), "reason": delete_reason})
    await sets.remove(guard.connection, found, by=guard.identity.person, reason=delete_reason)
    return json_answer({"deleted": 1})


async def _demanded(guard: Guard, project_id: str | None) -> bool:
    rows = await guard.connection.execute(
        select(container.c.doc["settings"][DEMANDED].astext).where(container.c.id == project_id)
    )
    return rows.scalar_one_or_none() == "true"


@router.get("/{annotation_id}/versions", response_model=list[VersionDocument])
async def list_versions(guard: ScopedGuard, annotation_id: str) -> Response:
    """The history of a set, newest first."""
    await rules.readable(guard, annotation_id)
    found = await queries.versions(guard.connection, annotation_id, guard.identity.person)
    return json_answer([version_doc(item) for item in found])


@router.get("/{annotation_id}/versions/{version}", response_model=AnnotationDocument)
async def get_version(guard: ScopedGuard, annotation_id: str, version: str) -> Response:
    """A set as it was."""
    number = read_count(version, "version")
    return json_answer(annotation_doc(await rules.readable(guard, annotation_id, version=number)))


@router.post("/{annotation_id}/versions/{version}/restore", response_model=AnnotationDocument)
async def restore_version(guard: ScopedGuard, annotation_id: str, version: str) -> Response:
    """Make an old version the newest one."""
    _, target = await rules.writable(guard, annotation_id)
    old = await rules.readable(guard, annotation_id, version=read_count(version, "version"))
    if old.shown.is_draft:
        raise Invalid("A draft is saved, not restored.")
    made = await sets.write(
        guard.connection,
        annotation_id,
        guard.identity.person,
        content=Content(
            data=old.shown.data, companion=sets.companion_of(old.shown), restored_from=old.shown.version
        ),
        draft=False,
        expected=None,
    )
    await guard.record("restore", {**rules.context_of(made), "name": target.name})
    return json_answer(annotation_doc(made))


@router.get("/{annotation_id}/file", response_class=Response)
async def get_companion(request: Request, guards: StreamGuards, annotation_id: str) -> Response:
    """The file beside a set."""
    return await _companion(request, guards, annotation_id, None)


@router.get("/{annotation_id}/versions/{version}/file", response_class=Response)
async def get_version_companion(
    request: Request, guards: StreamGuards, annotation_id: str, version: str
) -> Response:
    """The file beside a version of a set."""
    return await _companion(request, guards, annotation_id, read_count(version, "version"))


async def _companion(
    request: Request, guards: StreamGuards, annotation_id: str, version: int | None
) -> Response:
    async with guards() as guard:
        found = await rules.readable(guard, annotation_id, version=version)
        await guard.record_rest(Rule.SCOPED)
    companion = sets.companion_of(found.shown)
    if companion is None:
        raise AnnotationMissing("This version of the set has no file beside it.")
    return await content_answer(
        request,
        request.app.state.blobs,
        plain(companion.blob.sha384, companion.blob.size),
        name=companion.name,
        etag=f'"{companion.blob.sha384}"',
    )
