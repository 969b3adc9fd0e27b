"""Values for the `{{ variables }}` of a profile: from a row of a CSV, or from containers (deid.md, section 2.9)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from treadle.deid.profile.issues import Issue, ProfileError
from treadle.deid.profile.source import Variables

SUBJECT, SESSION = "subject.label", "session.label"
CONTAINERS = ("project", "subject", "session", "acquisition")


def from_csv(text: str, subject: str, session: str | None = None, source: str = "values") -> Variables:
    """The row of a subject (and session). ProfileError when it is missing or there are several."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    wanted = {SUBJECT: subject} | ({} if session is None else {SESSION: session})
    columns = set(rows[0]) if rows else set()
    if missing := [column for column in wanted if column not in columns]:
        raise ProfileError([Issue("", "MISSING_COLUMN", f'There is no column "{missing[0]}".')], source)
    found = [row for row in rows if all(row[column] == value for column, value in wanted.items())]
    if len(found) != 1:
        count = "no row" if not found else f"{len(found)} rows"
        asked = ", ".join(wanted)
        message = f"There is {count} with the wanted {asked}; exactly one is needed."
        raise ProfileError([Issue("", "ROW", message)], source)
    row = {key: value for key, value in found[0].items() if isinstance(key, str) and isinstance(value, str)}
    return row.__getitem__


def from_containers(containers: Mapping[str, Mapping[str, Any]]) -> Variables:
    """By dotted path from `project`, `subject`, `session`, `acquisition`. Lists and mappings are no values."""

    def value(name: str) -> Any:
        found: Any = {key: containers[key] for key in CONTAINERS if key in containers}
        for step in name.split("."):
            if not isinstance(found, Mapping):
                raise KeyError(name)
            found = found[step]
        if found is None or isinstance(found, Mapping | list):
            raise KeyError(name)
        return found

    return value
