"""Rates and small charts out of the hourly counts: what the heartbeat tells and `/metrics` shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from time import time
from typing import Any

from treadle.connector.health import VISIBLE_LIMITS_S
from treadle.connector.history import HOUR_S, WEEK_HOURS, History, hour_of

_WINDOWS = {"24h": 24, "7d": WEEK_HOURS}
_CHART = ("instances", "series_uploaded", "series_failed")
_CHART_HOURS = 24
_MISROUTED = "misrouted_"


def figures(history: History, *, at: float | None = None) -> dict[str, dict[str, Any]]:
    """By device: success of uploads, mis-routed shares, seconds to visible, and the last day by the hour."""
    now = time() if at is None else at
    sums = {name: history.since(hours, at=now) for name, hours in _WINDOWS.items()}
    charts = history.hourly(_CHART, _CHART_HOURS, at=now)
    start = datetime.fromtimestamp((hour_of(now) - _CHART_HOURS + 1) * HOUR_S, UTC).isoformat()
    devices = sorted({device for counts in sums.values() for device in counts})
    return {
        device: {
            **{name: _window(counts.get(device, {})) for name, counts in sums.items()},
            "hours": {"start": start, **charts.get(device, {name: [0] * _CHART_HOURS for name in _CHART})},
        }
        for device in devices
    }


def _window(counts: Mapping[str, float]) -> dict[str, Any]:
    uploaded, first = counts.get("series_uploaded", 0), counts.get("series_first_try", 0)
    given_up = counts.get("series_held", 0) + counts.get("series_abandoned", 0)
    files = counts.get("files", 0)
    return {
        "series": {
            name: int(counts.get(f"series_{name}", 0))
            for name in ("seen", "complete", "skipped", "uploaded", "failed", "held", "abandoned")
        },
        "instances": int(counts.get("instances", 0)),
        "bytes": int(counts.get("bytes", 0)),
        "associations": int(counts.get("associations", 0)),
        "rejected": int(counts.get("rejected", 0)),
        "success_first_try": _share(first, uploaded + given_up),
        "success_final": _share(uploaded, uploaded + given_up),
        "misrouted": {
            name.removeprefix(_MISROUTED): _share(count, files)
            for name, count in sorted(counts.items())
            if name.startswith(_MISROUTED)
        },
        "seconds_to_visible": _seconds(counts, uploaded),
    }


def _share(part: float, whole: float) -> float | None:
    return round(min(part / whole, 1.0), 4) if whole else None


def _seconds(counts: Mapping[str, float], uploaded: float) -> dict[str, float] | None:
    """Mean, and the smallest limit that half (nearly all) of the series kept."""
    if not uploaded:
        return None
    found = {"mean": round(counts.get("visible_s", 0) / uploaded, 1)}
    for name, share in (("half_within", 0.5), ("most_within", 0.95)):
        kept = (
            limit for limit in VISIBLE_LIMITS_S if counts.get(f"visible_le_{limit}", 0) >= share * uploaded
        )
        if (limit := next(kept, None)) is not None:
            found[name] = limit
    return found
