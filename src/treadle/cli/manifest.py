"""The form of an exported project: `manifest.jsonl` beside the files, and checksums that `sha384sum -c` reads.

One JSON object per line, so that projects of any size are read and written piece by piece: first `header`, then each
container (`project`, `subject`, `session`, `acquisition`) followed by its `file` lines, last `end` with the counts.
`path` is where it lies in the export, in names every file system takes; `label` and `name` are the real ones.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, BinaryIO

FORMAT, VERSION = "treadle-project", 1
MANIFEST, SUMS = "manifest.jsonl", "SHA384SUMS"
LEVELS = ("project", "subject", "session", "acquisition")
HASH_PREFIX = "v0-sha384-"
LONGEST_NAME = 180  # bytes; file systems end at 255

# What of a document comes back at an import; the rest follows from the server it lies on.
COMMON = ("label", "info", "tags")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "project": (*COMMON, "description"),
    "subject": (
        *(
            *COMMON,
            "firstname",
            "lastname",
            "sex",
            "type",
            "race",
            "ethnicity",
            "species",
            "strain",
            "cohort",
        ),
        *("master_code", "date_of_birth"),
    ),
    "session": (*COMMON, "uid", "timestamp", "timezone", "age", "weight", "operator"),
    "acquisition": (*COMMON, "uid", "timestamp", "timezone"),
    "file": ("type", "mimetype", "modality", "classification", "tags", "info"),
}

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def kept(level: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a document that have a value and are worth keeping."""
    return {name: document[name] for name in FIELDS[level] if document.get(name) not in (None, "", [], {})}


def container_line(level: str, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """A container."""
    notes = [{"text": note["text"], "user": note.get("user")} for note in document.get("notes") or ()]
    return {
        "kind": level,
        "path": path,
        "_id": document["_id"],
        **kept(level, document),
        **({"notes": notes} if notes else {}),
    }


def file_line(path: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """A file."""
    return {
        "kind": "file",
        "path": path,
        "name": document["name"],
        "size": document["size"],
        "sha384": sha384_of(document),
        **kept("file", document),
    }


def sha384_of(document: Mapping[str, Any]) -> str:
    """The checksum the server tells."""
    return str(document["hash"]).removeprefix(HASH_PREFIX)


def digest(content: BinaryIO) -> str:
    """The checksum of an open file, from here to its end."""
    sha = hashlib.sha384()
    while chunk := content.read(1 << 20):
        sha.update(chunk)
    return sha.hexdigest()


class Names:
    """Names of one folder: fit for every file system, each once."""

    def __init__(self, *taken: str) -> None:
        self._taken = {name.casefold() for name in taken}

    def add(self, wanted: str) -> str:
        """The name that comes nearest to this one and is free."""
        plain = _cut(_FORBIDDEN.sub("_", unicodedata.normalize("NFC", wanted)).strip(" ."))
        stem, dot, ending = (plain or "_").partition(".")
        name, number = f"{stem}{dot}{ending}", 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}~{number}{dot}{ending}"
        self._taken.add(name.casefold())
        return name


def _cut(name: str) -> str:
    raw = name.encode()
    if len(raw) <= LONGEST_NAME:
        return name
    ending = raw[-20:] if b"." in raw[-20:] else b""
    return (raw[: LONGEST_NAME - len(ending)] + ending).decode("utf-8", "ignore")
