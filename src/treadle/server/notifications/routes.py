"""What concerns the caller (web.md 11)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy import Row

from treadle.server.access.guard import UserGuard
from treadle.server.kit.errors import BadRequest
from treadle.server.notifications import listing
from treadle.server.notifications.models import Notifications, SeenInput
from treadle.server.wire.answer import Modified, json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["notifications"])

_PATH = "/x/me/notifications"
_MODIFIED = {"modified": 1, "jobs_spawned": 0}


@router.get(_PATH, response_model=Notifications, summary="What concerns the caller")
async def list_notifications(
    guard: UserGuard,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[str | None, Query(description="`next` of the page before")] = None,
) -> Response:
    """Jobs of theirs that failed and what others let them into, in 30 days, newest first."""
    user_id = guard.require_user()
    rows, unseen = await listing.page(guard, user_id, limit=limit + 1, before=_cursor(before))
    shown = rows[:limit]
    return json_answer(
        {
            "unseen": unseen,
            "seen_until": stamp(await listing.seen_until(guard.connection, user_id)),
            "notifications": [_document(row) for row in shown],
            "next": f"{shown[-1].at.isoformat()}|{shown[-1].key}" if len(rows) > limit else None,
        }
    )


@router.put(_PATH, response_model=Modified, summary="The caller has seen what concerns them")
async def see_notifications(guard: UserGuard, body: ObjectBody) -> Response:
    """All until an instant, which the newest one that was shown gives."""
    await listing.see(guard.connection, guard.require_user(), SeenInput.model_validate(body).seen_until)
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
