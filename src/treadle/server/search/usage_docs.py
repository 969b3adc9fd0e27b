"""Usage as the clients' models have it. Nothing computes here yet, so what jobs used is 0."""

from __future__ import annotations

from datetime import date
from typing import Any

from treadle.server.search.usage import Level, Place

_NO_JOBS = {
    "center_job_count": 0,
    "group_job_count": 0,
    "center_compute_ms": 0,
    "group_compute_ms": 0,
}
ORIGINS = ("user", "job", "device", "user_workspace", "system", "gear_rule", "task", "unknown")
_POINTS = ("start", "end", "delta")

Days = list[tuple[date, Level]]


def day_doc(place: Place, day: date, level: Level) -> dict[str, Any]:
    """One project on one day."""
    return {
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "project": place.id,
        "project_label": place.label,
        "group": place.group,
        "group_label": place.group_label,
        "session_count": level.sessions,
        **_NO_JOBS,
        "center_storage_bytes": level.bytes,
        "center_storage_soft_deleted_bytes": level.deleted_bytes,
        "group_storage_bytes": 0,
        "group_storage_soft_deleted_bytes": 0,
    }


def month_doc(place: Place, days: Days) -> dict[str, Any]:
    """One project in one month: sessions at its end, bytes times days."""
    held = sum(level.bytes for _, level in days)
    deleted = sum(level.deleted_bytes for _, level in days)
    return {
        "project": place.id,
        "project_label": place.label,
        "group": place.group,
        "session_count": days[-1][1].sessions,
        **_NO_JOBS,
        "total_job_count": 0,
        "total_compute_ms": 0,
        "center_storage_byte_day": held,
        "center_storage_soft_deleted_byte_day": deleted,
        "group_storage_byte_day": 0,
        "group_storage_soft_deleted_byte_day": 0,
        "total_storage_byte_day": held,
        "total_storage_soft_deleted_byte_day": deleted,
        "days": len(days),
    }


def legacy_doc(level: Level, **key: Any) -> dict[str, Any]:
    """What is there at the end of a period."""
    return {
        "gear_execution_count": 0,
        "file_mbs": round(level.bytes / 1e6, 3),
        "session_count": level.sessions,
        **key,
    }


def between(name: str, first: int, last: int) -> dict[str, int]:
    """A number at the start and the end of a period, and its change."""
    return dict(zip((f"{name}_{point}" for point in _POINTS), (first, last, last - first), strict=True))
