"""What a gear left behind: regular files directly in `output/`, and `.metadata.json`.

The folder was written by somebody else's program: no path in it is followed that the gear could not follow itself.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from treadle.engine.errors import RunFailed
from treadle.engine.plan import BASE, Folder
from treadle.gears.metadata import MOST_BYTES, NAME, MetadataError, parse

_MOST_LINKS = 40


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be stored under that name."""

    name: str
    path: Path
    size: int


@dataclass(slots=True)
class Outputs:
    """Files, the metadata, and what was left out with the reason."""

    files: list[Output] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)


def collect(folder: Folder) -> Outputs:
    """Look through `output/`; RunFailed for a name that cannot be stored, or metadata that are wrong."""
    found = Outputs()
    try:
        entries = sorted(os.scandir(folder.output), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        raise RunFailed("output_upload", "the gear removed the folder output") from None
    if folder.output.is_symlink():
        raise RunFailed("output_upload", "the gear made the folder output a symbolic link")
    for entry in entries:
        _take(folder, entry, found)
    return found


def _take(folder: Folder, entry: os.DirEntry[str], found: Outputs) -> None:
    shown = entry.name.encode("utf-8", "backslashreplace").decode()
    path = resolve(folder, Path(entry.path))
    if path is None:
        found.warnings.append(f"output/{shown}: a link that leads out of output and input is not stored")
        return
    about = path.lstat()
    if stat.S_ISDIR(about.st_mode):
        found.warnings.append(f"output/{shown}: folders are not stored, zip them")
        return
    if not stat.S_ISREG(about.st_mode):
        found.warnings.append(f"output/{shown}: not a regular file, not stored")
        return
    if entry.name == NAME:
        found.metadata, warnings = _metadata(path)
        found.warnings += [f"{NAME}{warning}" for warning in warnings]
        return
    _check_name(entry.name, shown)
    found.files.append(Output(entry.name, path, about.st_size))


def _check_name(name: str, shown: str) -> None:
    why = None
    if not name.isascii() and any("\udc80" <= letter <= "\udcff" for letter in name):
        why = "is not UTF-8"
    elif any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        why = "holds control characters"
    elif len(name.encode()) > 255:
        why = "is longer than 255 bytes"
    if why:
        raise RunFailed("output_upload", f"the name of the output {shown!r} {why}")


def resolve(folder: Folder, path: Path) -> Path | None:
    """Where a link leads as the gear sees it, if that is below `output/` or `input/`; nothing otherwise."""
    base = folder.base
    todo = list(path.relative_to(base).parts)
    here: list[str] = []
    links = 0
    while todo:
        step = todo.pop(0)
        if step == "..":
            if not here:
                return None
            here.pop()
            continue
        at = base.joinpath(*here, step)
        try:
            is_link = stat.S_ISLNK(at.lstat().st_mode)
        except OSError:
            return None
        if not is_link:
            here.append(step)
            continue
        links += 1
        target = at.readlink()
        if links > _MOST_LINKS:
            return None
        if target.is_absolute():
            if not target.is_relative_to(BASE):
                return None
            here, target = [], target.relative_to(BASE)
        todo = [part for part in target.parts if part != "."] + todo
    if len(here) < 2 or here[0] not in ("output", "input"):
        return None
    return base.joinpath(*here)


def _metadata(path: Path) -> tuple[dict[str, Any], list[str]]:
    with path.open("rb") as source:
        raw = source.read(MOST_BYTES + 1)  # one byte more than allowed is enough to say that it is too long
    try:
        return parse(raw)
    except MetadataError as error:
        raise RunFailed("metadata_invalid", f"invalid {NAME}: {error}") from None
