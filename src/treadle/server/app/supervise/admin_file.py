"""`<home>/admin.json`: how the first administrator and scripts on this machine get in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from treadle.server.store.disk import write_private

NAME = "admin.json"


@dataclass(frozen=True)
class AdminFile:
    """Address and credentials; `api_key` in the form the official clients take."""

    url: str
    api_key: str
    email: str
    password: str | None


def read(home: Path) -> AdminFile | None:
    """What an earlier start wrote, None if there is nothing usable."""
    try:
        content = json.loads((home / NAME).read_text(encoding="utf-8"))
        return AdminFile(**{name: content[name] for name in AdminFile.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(home: Path, admin: AdminFile) -> None:
    """Replace the file in one step; nobody else may ever read it."""
    write_private(home / NAME, json.dumps(asdict(admin), indent=2) + "\n")
