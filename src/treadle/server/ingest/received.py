"""What a device has brought: each series with its state, its times and its place (web.md 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true

from treadle.dicom.target import UNKNOWN_GROUP
from treadle.server.access.guard import Guard
from treadle.server.catalog.queries import LIVE_FILE
from treadle.server.catalog.tables import container, file
from treadle.server.ingest.misrouted import says
from treadle.server.wire.answer import stamp

_LEVELS = ("project", "subject", "session", "acquisition")
_REASON = container.c.placement["reason"].astext  # of the session that holds the file


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """Which series are wanted; `parked`: those that wait to be sorted, or only the others."""

    search: str = ""
    parked: bool | None = None

    def condition(self) -> ColumnElement[bool]:
        """SQL condition on a file and the session it is in."""
        passes: list[ColumnElement[bool]] = [true()]
        if self.search:
            uids = (
                file.c.series["study"].astext == self.search,
                file.c.series["series"].astext == self.search,
            )
            passes.append(or_(*uids, says(self.search), file.c.name.icontains(self.search, autoescape=True)))
        if self.parked is not None:
            is_parked = func.coalesce(_REASON, "ok") != "ok"
            passes.append(is_parked if self.parked else ~is_parked)
        return and_(*passes)


async def count_received(guard: Guard, device_id: str, sieve: Sieve) -> int:
    """How many series the device has brought."""
    found = await guard.connection.execute(_chosen(select(func.count()), device_id, sieve))
    return int(found.scalar_one())


async def list_received(
    guard: Guard, device_id: str, sieve: Sieve, *, limit: int, before: str | None
) -> list[dict[str, Any]]:
    """Series the device has brought, the latest version of each, newest first."""
    query = _chosen(select(file, container.c.placement), device_id, sieve)
    if before:
        query = query.where(file.c.id < before)
    rows = list(await guard.connection.execute(query.order_by(file.c.id.desc()).limit(limit)))
    ids = {value for row in rows for level in _LEVELS if (value := getattr(row, f"{level}_id"))}
    found = await guard.connection.execute(
        select(container.c.id, container.c.label).where(container.c.id.in_(ids))
    )
    labels = {one.id: one.label for one in found}
    return [_document(row, labels) for row in rows]


def _chosen(query: Select[Any], device_id: str, sieve: Sieve) -> Select[Any]:
    return (
        query.select_from(file)
        .outerjoin(container, container.c.id == file.c.session_id)
        .where(
            file.c.origin_type == "device",
            file.c.origin_id == device_id,
            file.c.series.is_not(None),
            LIVE_FILE,
            sieve.condition(),
        )
    )


def _document(row: Row[Any], labels: dict[str, str]) -> dict[str, Any]:
    placement = row.placement or {}
    reason = placement.get("reason")
    named = {
        level: {"_id": found, "label": labels.get(found, "")}
        if (found := getattr(row, f"{level}_id"))
        else None
        for level in _LEVELS
    }
    return {
        "_id": row.id,
        "name": row.name,
        "version": row.version,
        "size": row.size,
        "modality": row.modality,
        "members": row.zip_member_count,
        "study": row.series.get("study"),
        "series": row.series.get("series"),
        "received": stamp(row.created_at),
        "changed": stamp(row.modified_at),
        "scanner": placement.get("device"),
        "reason": None if reason == "ok" else reason,
        "flags": placement.get("flags") or [],
        "requested": placement.get("requested") or {},
        "place": {"group": row.group_id or UNKNOWN_GROUP, **named},
    }
