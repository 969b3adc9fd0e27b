"""Reading a catalogue of gears: a folder or git work tree full of manifests, bare or with their addresses."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from treadle.cli.client import ClientError
from treadle.gears import Document, ManifestError, read

Json = dict[str, Any]
_OF_A_MANIFEST = frozenset({"name", "version", "inputs", "config"})


@dataclass
class Catalogue:
    """What was found in a folder."""

    name: str
    address: str
    commit: str | None
    gears: list[Json] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def read_catalogue(folder: Path, name: str | None) -> Catalogue:
    """Every manifest below the folder; other JSON files are passed over, broken ones are named."""
    if not folder.is_dir():
        raise ClientError(f"{folder} is no folder; a catalogue is a folder or git work tree of manifests")
    here = folder.resolve()
    found = Catalogue(name or _name(here.name), str(here), _commit(here))
    for path in _files(here):
        try:
            document = read(path)
        except ManifestError as error:
            found.unreadable.append(f"{path.relative_to(here)}: {error}")
            continue
        if document.manifest.keys() >= _OF_A_MANIFEST:
            found.gears.append(_entry(document))
    if not found.gears:
        raise ClientError(f"{folder} holds no manifest")
    return found


def _entry(document: Document) -> Json:
    return {"category": document.category, "gear": document.manifest, "exchange": document.exchange}


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        yield from (Path(place, one) for one in sorted(files) if one.endswith(".json"))


def _name(word: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", word.lower()).strip("-._")[:64] or "catalogue"


def _commit(folder: Path) -> str | None:
    """The commit of a git work tree."""
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
