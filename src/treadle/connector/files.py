"""DICOM files in a folder and in the zip files in it; everything else is passed over and counted."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from treadle.dicom.header import NotDicomError, read_facts
from treadle.dicom.identity import InstanceFacts

_DIRECTORY = b"\x02\x00\x02\x00UI\x14\x001.2.840.10008.1.3.10"  # Media Storage SOP Class: directory
# A data set without preamble begins with the group 0008, or 0002 before it, in either byte order.
_BEGINNINGS = (b"\x08\x00", b"\x02\x00", b"\x00\x08")
_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"


@dataclass
class Finder:
    """Goes through `folder` in the order of names; members of zips are unpacked into `scratch`.

    `most` is how much of a member is unpacked: a header needs only its beginning.
    """

    folder: Path
    scratch: Path
    most: int
    on_path: Callable[[], object] = bool
    """Called once for each file of the folder that was looked at."""
    found: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    _members_seen: int = 0

    def __iter__(self) -> Iterator[InstanceFacts]:
        """Facts of each DICOM file, with its path."""
        for path in _walk(self.folder):
            try:
                with path.open("rb") as file:
                    head = file.read(4)
                if head == _ZIP:
                    yield from self._members(path)
                elif (facts := self._facts(path)) is not None:
                    yield facts
            except OSError:
                self.passed_over["unreadable"] += 1
            self.on_path()

    def _facts(self, path: Path) -> InstanceFacts | None:
        with path.open("rb") as file:
            what = _what(file)
        if what is None:
            try:
                facts = read_facts(path)
            except NotDicomError:
                what = "not DICOM"
            else:
                self.found += 1
                return facts
        self.passed_over[what] += 1
        return None

    def _members(self, path: Path) -> Iterator[InstanceFacts]:
        try:
            with zipfile.ZipFile(path) as archive:
                members = sorted(archive.infolist(), key=lambda member: member.filename)
                for member in members:
                    if not member.is_dir() and (facts := self._member(archive, member)) is not None:
                        yield facts
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            self.passed_over["unreadable"] += 1

    def _member(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> InstanceFacts | None:
        self._members_seen += 1
        target = self.scratch / f"{self._members_seen}.dcm"
        try:
            with archive.open(member) as source, target.open("wb") as out:
                _copy(source, out, most=self.most)  # type: ignore[arg-type]
        except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, zlib.error):
            target.unlink(missing_ok=True)
            self.passed_over["unreadable"] += 1
            return None
        facts = self._facts(target)
        if facts is None:
            target.unlink()
        return facts


def count_paths(folder: Path) -> int:
    """How many files there are to look at."""
    return sum(1 for _ in _walk(folder))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root, name)
            if path.is_file():
                yield path


def _what(file: BinaryIO) -> str | None:
    """What the file is if it cannot be an instance: nobody reads gigabytes of something else as DICOM."""
    head = file.read(1024)
    if head[128:132] != b"DICM":
        return None if head[:2] in _BEGINNINGS else "not DICOM"
    return "DICOMDIR" if _DIRECTORY in head else None


def _copy(source: BinaryIO, out: BinaryIO, *, most: int) -> None:
    while most > 0 and (chunk := source.read(min(_CHUNK, most))):
        out.write(chunk)
        most -= len(chunk)
