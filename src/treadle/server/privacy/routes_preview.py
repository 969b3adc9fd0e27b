"""For the editor of profiles: checks, the format's schema, and what a profile would do to files that are here."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import Request, Response

from treadle.deid.profile import ProfileError
from treadle.server.access.guard import Guard, StreamGuards, UserGuard
from treadle.server.catalog import rights
from treadle.server.catalog.files import get_file
from treadle.server.kit.errors import Invalid
from treadle.server.privacy.errors import issue_doc
from treadle.server.privacy.models import CheckedDocument, TriedFile, TriedSession
from treadle.server.privacy.preview import FILES_AT_ONCE, files_to_try, order_for, try_file
from treadle.server.privacy.save import read_text
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody, json_object
from treadle.server.wire.routing import Router

router = Router(tags=["de-identification"])


@cache
def _schema() -> dict[str, Any]:
    from treadle.deid.profile import schema as profile_schema  # noqa: PLC0415 - brings pydicom, which few requests need

    return profile_schema.schema()


@router.get("/x/deid/schema", response_model=dict[str, Any], operation_id="get_deid_schema")
async def schema(_guard: UserGuard) -> Response:
    """The format of profiles as JSON schema."""
    return json_answer(_schema())


@router.post("/x/deid/check", response_model=CheckedDocument, operation_id="check_deid_profile")
async def check_text(guard: UserGuard, body: ObjectBody) -> Response:
    """What is wrong with a profile, and what is allowed but unsafe; saves nothing."""
    from treadle.deid.profile import Profile  # noqa: PLC0415 - brings pydicom, which few requests need

    guard.decided()
    try:
        profile = Profile.load(read_text(body.get("text")) or "")
    except ProfileError as error:
        return json_answer({"valid": False, "errors": list(map(issue_doc, error.errors)), "warnings": []})
    warnings = list(map(issue_doc, profile.lint()))
    return json_answer(
        {
            "valid": True,
            "name": profile.name,
            "sha256": profile.sha256,
            "errors": [],
            "warnings": warnings,
        }
    )


def _text(body: dict[str, Any]) -> str | None:
    return read_text(body.get("text"))


@router.post("/files/{id}/deid/preview", response_model=TriedFile, operation_id="preview_file_deid")
async def preview(request: Request, guards: StreamGuards, id: str) -> Response:
    """One file (of a zip its first DICOM member) before and after: `{text}`, or what applies. Stores nothing."""
    body = await json_object(request)
    async with guards() as guard:
        target = await get_file(guard.connection, id)
        await rights.require_file(guard, target, "files_view_contents")
        order = await order_for(guard, target, _text(body))
        await guard.record("view_file", target.context)
    return json_answer(await try_file(request.app.state.blobs, order, target, rows=True))


@router.post("/sessions/{id}/deid/test", response_model=TriedSession, operation_id="test_session_deid")
async def test(request: Request, guards: StreamGuards, id: str) -> Response:
    """What would become of the files of a session, some at a time: `{text, after}`; `after` in the answer goes on."""
    body = await json_object(request)
    after = body.get("after") or ""
    if not isinstance(after, str):
        raise Invalid("'after' must be what the last answer gave.")
    async with guards() as guard:
        session = await _session(guard, id)
        order = await order_for(guard, session, _text(body))
        files = await files_to_try(guard.connection, session.id, after=after)
        await guard.record("view_container", session.context)
    blobs = request.app.state.blobs
    results = [await try_file(blobs, order, item, rows=False) for item in files]
    return json_answer({"results": results, "after": files[-1].id if len(files) == FILES_AT_ONCE else None})


async def _session(guard: Guard, id: str) -> Any:
    return await rights.find(guard, id, "files_view_contents", level="session")
