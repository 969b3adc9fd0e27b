"""What an import reads: an export with its manifest, or plain folders SUBJECT/SESSION/ACQUISITION; also in a zip."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from treadle.cli.client import ClientError
from treadle.cli.manifest import FIELDS, FORMAT, LEVELS, MANIFEST, VERSION


@dataclass(frozen=True)
class Holder:
    """A container: its place in the source, its level and the fields to give it."""

    path: str
    level: str
    label: str
    fields: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """A file, and the place of its container, which came before."""

    path: str
    holder: str
    name: str
    size: int
    sha384: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Containers and files in the order to make them in, and how to open a file."""

    entries: Callable[[], Iterator[Holder | Content]]
    open: Callable[[str], BinaryIO]
    label: str | None  # of the project an export was made of
    files: int
    bytes: int


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The source at this path."""
    if path.is_dir():
        yield _folder(path)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield _zip(archive)
    elif path.exists():
        raise ClientError(f"{path} is neither a folder nor a zip")
    else:
        raise ClientError(f"{path} is not there")


def _folder(root: Path) -> Source:
    def opened(path: str) -> BinaryIO:
        return (root / path).open("rb")

    if (root / MANIFEST).is_file():
        return _exported(opened)
    if (root / f"{MANIFEST}.part").is_file():
        raise ClientError(f"{root} is an unfinished export; run the export again first")
    return _plain(lambda: _walk(root), opened)


def _zip(archive: zipfile.ZipFile) -> Source:
    def opened(path: str) -> BinaryIO:
        return cast("BinaryIO", archive.open(path))

    if MANIFEST in archive.namelist():
        return _exported(opened)
    members = sorted(
        (info.filename, info.file_size)
        for info in archive.infolist()
        if not info.is_dir() and ".." not in PurePosixPath(info.filename).parts
    )
    return _plain(lambda: iter(members), opened)


def _exported(opened: Callable[[str], BinaryIO]) -> Source:
    first, last = _ends(opened)
    if first.get("format") != FORMAT or first.get("version") != VERSION:
        raise ClientError(f"{MANIFEST} is not a manifest of this Treadle (version {VERSION})")
    if last.get("kind") != "end":
        raise ClientError(f"{MANIFEST} has no end; the export was cut off")

    def entries() -> Iterator[Holder | Content]:
        for line in _lines(opened):
            try:
                entry = _entry(line)
            except (KeyError, TypeError) as error:
                raise ClientError(f"{MANIFEST} is damaged: a line lacks {error}") from error
            if entry is not None:
                yield entry

    return Source(entries, opened, first.get("project"), last.get("files", 0), last.get("bytes", 0))


def _entry(line: dict[str, Any]) -> Holder | Content | None:
    kind = line["kind"]
    if kind == "file":
        if ".." in PurePosixPath(line["path"]).parts or line["path"].startswith("/"):
            raise ClientError(f"{MANIFEST} names a file outside of the export: {line['path']}")
        metadata = {name: line[name] for name in FIELDS["file"] if name in line}
        folder, slash, _ = line["path"].rpartition("/")
        return Content(line["path"], folder + slash, line["name"], line["size"], line["sha384"], metadata)
    if kind not in LEVELS:
        return None
    fields = {name: line[name] for name in FIELDS[kind] if name in line and name != "label"}
    notes = tuple(note["text"] for note in line.get("notes", ()))
    return Holder(line["path"], kind, line["label"], fields, notes)


def _lines(opened: Callable[[str], BinaryIO]) -> Iterator[dict[str, Any]]:
    with opened(MANIFEST) as content:
        for number, line in enumerate(content, 1):
            try:
                yield dict(json.loads(line))
            except (ValueError, TypeError) as error:
                raise ClientError(f"{MANIFEST} is damaged in line {number}") from error


def _ends(opened: Callable[[str], BinaryIO]) -> tuple[dict[str, Any], dict[str, Any]]:
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for line in _lines(opened):
        first, last = first or line, line
    return first, last


def _walk(root: Path) -> Iterator[tuple[str, int]]:
    """Files below a folder by path; hidden ones and links to folders are passed over."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder) / name
            if not name.startswith(".") and path.is_file():
                yield path.relative_to(root).as_posix(), path.stat().st_size


def _plain(walk: Callable[[], Iterator[tuple[str, int]]], opened: Callable[[str], BinaryIO]) -> Source:
    count = size = 0
    for _, one in walk():
        count, size = count + 1, size + one
    if not count:
        raise ClientError("there are no files to import")

    def entries() -> Iterator[Holder | Content]:
        seen: dict[str, set[str]] = {}  # names in the folders on the way to the present one
        for path, length in walk():
            *above, name = PurePosixPath(path).parts
            levels, deeper = above[: len(LEVELS) - 1], above[len(LEVELS) - 1 :]
            for depth in range(len(levels) + 1):
                place = "".join(f"{label}/" for label in levels[:depth])
                if place not in seen:
                    seen = {known: names for known, names in seen.items() if place.startswith(known)}
                    seen[place] = set()
                    yield Holder(place, LEVELS[depth], levels[depth - 1] if depth else "")
            name = "_".join((*deeper, name))
            place = "".join(f"{label}/" for label in levels)
            if name in seen[place]:
                raise ClientError(f"{path} would be a second {name} in {place or 'the project'}")
            seen[place].add(name)
            yield Content(path, place, name, length)

    return Source(entries, opened, None, count, size)
