"""What concerns the caller (web.md 11)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy import Row

from treadle.server.access.guard import UserGuard
from treadle.server.kit.errors import BadRequest
from treadle.server.kit.settings import Settings
from treadle.server.notifications import listing
from treadle.server.notifications.models import Notifications, ReaderInput
from treadle.server.notifications.reader import reader_of, see, want_mail
from treadle.server.wire.answer import Modified, json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["notifications"])

_PATH = "/x/me/notifications"
_MODIFIED = {"modified": 1, "jobs_spawned": 0}


@router.get(_PATH, response_model=Notifications, summary="What concerns the caller")
async def list_notifications(
    request: Request,
    guard: UserGuard,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[str | None, Query(description="`next` of the page before")] = None,
) -> Response:
    """Jobs of theirs that failed and what others let them into, in 30 days, newest first."""
    user_id = guard.require_user()
    reader = await reader_of(guard.connection, user_id)
    rows = await listing.page(guard, user_id, limit=limit + 1, before=_cursor(before))
    shown = rows[:limit]
    settings: Settings = request.app.state.settings
    return json_answer(
        {
            "unseen": await listing.newer(guard, user_id, reader.seen_until),
            "seen_until": stamp(reader.seen_until),
            "mail": reader.mail,
            "mail_possible": settings.alerts.smtp_host is not None,
            "notifications": [_document(row) for row in shown],
            "next": f"{shown[-1].at.isoformat()}|{shown[-1].key}" if len(rows) > limit else None,
        }
    )


@router.put(_PATH, response_model=Modified, summary="What the caller has seen, and whether they want e-mails")
async def change_notifications(guard: UserGuard, body: ObjectBody) -> Response:
    """Seen is all until an instant, which the newest one that was shown gives."""
    user_id, wanted = guard.require_user(), ReaderInput.model_validate(body)
    if wanted.seen_until is not None:
        await see(guard.connection, user_id, wanted.seen_until)
    if wanted.mail is not None:
        await want_mail(guard.connection, user_id, mail=wanted.mail)
    return json_answer(_MODIFIED)


def _cursor(text: str | None) -> listing.Cursor | None:
    if text is None:
        return None
    at, _, key = text.partition("|")
    try:
        return listing.Cursor(datetime.fromisoformat(at), key)
    except ValueError:
        raise BadRequest("'before' must be the `next` of an answer.") from None


def _document(row: Row[Any]) -> dict[str, Any]:
    job = None if row.job_id is None else {"id": row.job_id, "gear": row.gear, "reason": row.reason}
    return {
        "kind": row.kind,
        "at": stamp(row.at),
        "count": row.count,
        "place": {"level": row.level, "id": row.place_id, "label": row.place},
        "job": job,
        "batch": row.batch_id,
        "by": row.giver,
    }
