"""Reads the DICOM instances of a file or zip; runs in a process of its own, trusts nothing."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from treadle.dicom.classify import classify
from treadle.dicom.header import facts_of, header_json
from treadle.dicom.identity import InstanceFacts, representative
from treadle.dicom.tags import BROKEN_VALUE
from treadle.server.ingest.reading import Found, Unreadable

MAX_MEMBERS = 50_000
MAX_HEADER = 64 << 20  # of one instance
MAX_READ = 8 << 30  # of all together: a bomb ends here
_LOCAL_HEADER = 30
_SHOWN = (
    "sop_uid",
    "sop_class_uid",
    "transfer_syntax",
    "number",
    "position",
    "orientation",
    "frames",
    "rows",
    "study_uid",
    "series_uid",
)


@dataclass(frozen=True)
class _Place:
    """Where an instance lies in the file."""

    member: str | None
    offset: int
    compressed_size: int
    size: int
    method: int


def read_series(path: str) -> Found:
    """Header of the representative instance and the index of all; Unreadable says why not."""
    place = Path(path)
    try:
        if zipfile.is_zipfile(place):
            return _read_zip(place)
        with place.open("rb") as file:
            ds = _read_header(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"damaged zip: {type(error).__name__}") from None
    size = place.stat().st_size
    return _found([(facts_of(ds), _Place(None, 0, size, size, 0))], ds, members=None)


def _read_zip(path: Path) -> Found:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MAX_MEMBERS:
            raise Unreadable(f"{len(entries)} members")
        read = list(_read_members(path, archive, entries))
        if not read:
            raise Unreadable("no DICOM instance in the zip")
        first = representative([facts for facts, _ in read])
        chosen = next(place for facts, place in read if facts is first)
        ds = _open_header(archive, str(chosen.member))
    return _found(read, ds, members=len(entries))


def _read_members(
    path: Path, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> Iterator[tuple[InstanceFacts, _Place]]:
    budget = MAX_READ
    with path.open("rb") as raw:
        for entry in entries:
            with archive.open(entry) as member:
                counted = _Counted(member, min(MAX_HEADER, budget))
                try:
                    ds = _read_header(io.BufferedReader(counted, 256 << 10))
                except Unreadable:
                    continue  # a zip may hold other things beside
                finally:
                    budget -= counted.total
                if budget <= 0:
                    raise Unreadable("more data than a series can have")
            facts = facts_of(ds)
            if facts.sop_uid:
                yield facts, _place(raw, entry)


def _open_header(archive: zipfile.ZipFile, name: str) -> Dataset:
    with archive.open(name) as member:
        return _read_header(io.BufferedReader(_Counted(member, MAX_HEADER), 256 << 10))


def _place(raw: IO[bytes], entry: zipfile.ZipInfo) -> _Place:
    raw.seek(entry.header_offset)
    head = raw.read(_LOCAL_HEADER)
    names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    offset = entry.header_offset + _LOCAL_HEADER + names
    return _Place(entry.filename, offset, entry.compress_size, entry.file_size, entry.compress_type)


def _read_header(file: IO[bytes] | io.BufferedReader) -> Dataset:
    try:
        ds = dcmread(file, stop_before_pixels=True, force=True)
    except (InvalidDicomError, OverflowError, MemoryError, *BROKEN_VALUE) as error:
        raise Unreadable(f"not DICOM: {type(error).__name__}") from None
    if "SOPInstanceUID" not in ds and "SeriesInstanceUID" not in ds:
        raise Unreadable("not DICOM: no UIDs")
    return ds


def _found(read: list[tuple[InstanceFacts, _Place]], ds: Dataset, *, members: int | None) -> Found:
    header = header_json(ds)
    kind = classify(header)
    rows: dict[str, dict[str, Any]] = {}
    for facts, place in read:
        shown = {name: getattr(facts, name) for name in (*_SHOWN, "columns")}
        rows.setdefault(facts.sop_uid, {**shown, **asdict(place)})
    return Found(header, kind.modality, kind.classification, _plain(rows), members)


def _plain(rows: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Index rows with lists for tuples and null for empty texts."""
    return [
        {
            name: list(value) if isinstance(value, tuple) else (None if value == "" else value)
            for name, value in row.items()
        }
        for uid, row in rows.items()
        if uid
    ]


class _Counted(io.RawIOBase):
    """A stream that ends in an error when more is read than a header can have."""

    name = ""  # pydicom asks a buffered reader for it

    def __init__(self, source: IO[bytes], limit: int) -> None:
        self._source, self._limit = source, limit
        self.total = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        self.total += len(data)
        if self.total > self._limit:
            raise Unreadable("a header larger than a header can be")
        buffer[: len(data)] = data
        return len(data)
