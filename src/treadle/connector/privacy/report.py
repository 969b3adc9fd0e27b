"""What was done to a series: by attribute and action, never a value (deid.md 7)."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from treadle.connector.events import SeriesLike, event_id
from treadle.connector.privacy.recipe import Recipe
from treadle.deid import Code, FileReport


@dataclass
class SeriesReport:
    """The reports of all instances of a bucket, added up."""

    instances: int = 0
    elements: Counter[tuple[str, str]] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    pixels: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, report: FileReport) -> None:
        """One instance more."""
        self.instances += 1
        if report.error is not None:
            self.rejected[report.error, report.where] += 1
            return
        self.elements.update(report.elements)
        self.changes.update(report.changes)
        self.pixels[report.pixels] += 1
        self.warnings.update(report.warnings)

    def reject(self, code: Code, count: int) -> None:
        """So many instances cannot go for a reason that only shows when they are seen together."""
        if count:
            self.rejected[code.value, ""] += count

    def reason(self) -> str | None:
        """Why the bucket cannot go, for a person; None when it can."""
        if not self.rejected:
            return None
        (code, where), count = self.rejected.most_common(1)[0]
        at = f" at {where}" if where else ""
        others = sorted({other for other, _ in self.rejected} - {code})
        more = f"; also {', '.join(others)}" if others else ""
        return f"{code}{at}: {count} of {self.instances} images. {Code(code).sentence}{more}"

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "instances": self.instances,
            "rejected": [[code, where, count] for (code, where), count in sorted(self.rejected.items())],
            "changes": dict(sorted(self.changes.items())),
            "elements": [[path, action, count] for (path, action), count in sorted(self.elements.items())],
            "pixels": dict(sorted(self.pixels.items())),
            "warnings": dict(sorted(self.warnings.items())),
        }


class Reports:
    """One file for each bucket and day, in a folder for each day."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, series: SeriesLike, bucket: str, recipe: Recipe, report: SeriesReport) -> None:
        """Write the report; the last one of a day stays."""
        now = datetime.now(UTC)
        folder = self._root / now.date().isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        document = {
            "series": event_id(series),
            "bucket": bucket,
            "device": series.device,
            "at": now.isoformat(timespec="seconds"),
            "deid": recipe.record,
            **report.document(),
        }
        path = folder / f"{event_id(series)}-{bucket}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(document, indent=1), encoding="utf-8")
        part.replace(path)

    def sweep(self, keep_s: float) -> None:
        """Delete reports of days that are over for so long."""
        oldest = (datetime.now(UTC) - timedelta(seconds=keep_s)).date()
        for folder in self._root.iterdir():
            if _day(folder.name, default=oldest) < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _day(name: str, *, default: date) -> date:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return default
