"""What processes of their own are asked to read; only they load the DICOM library and its codecs, when they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from treadle.dicom.routing import Route

BULK = "treadle:"  # stands for the address of the instance in a BulkDataURI
_LONGEST_UID = 64


class Broken(Exception):
    """This is no readable DICOM instance."""


@dataclass(frozen=True)
class Pixels:
    """Where the pixel data of an instance are and how its frames are laid out."""

    tag: str
    offset: int  # of the value
    length: int | None  # None: encapsulated
    bits: int  # of one frame, when native
    frames: int
    word: int  # bytes that big endian swaps
    table: tuple[int, ...] = ()  # extended offset table
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Described:
    """What an instance says about itself."""

    json: bytes
    pixels: Pixels | None
    syntax: str


@dataclass(frozen=True)
class Received:
    """One instance that came; the SOP UIDs are empty when it is not readable."""

    path: str
    study_uid: str = ""
    series_uid: str = ""
    sop_uid: str = ""
    sop_class_uid: str = ""

    @property
    def is_readable(self) -> bool:
        """Whether it can be placed."""
        uids = (self.study_uid, self.series_uid, self.sop_uid)
        return all(uids) and max(map(len, uids)) <= _LONGEST_UID


@dataclass(frozen=True)
class Packed:
    """One series as a zip, with what its header says."""

    path: str
    study_uid: str
    series_uid: str
    fields: dict[str, Any]
    header: dict[str, Any]
    modality: str | None
    classification: dict[str, list[str]]
    instances: list[dict[str, Any]] = field(default_factory=list)


def describe_all(beginnings: list[tuple[bytes, bool]]) -> list[Described | None]:
    """Of each beginning (and whether it is all there is) what it says; None when more bytes are needed."""
    from treadle.server.dicomweb import header_process  # noqa: PLC0415 - see the first line

    return header_process.describe_all(beginnings)


def bulk_value(data: bytes, path: list[str]) -> bytes:
    """The bytes of one element, in a header given as a whole."""
    from treadle.server.dicomweb import header_process  # noqa: PLC0415

    return header_process.bulk_value(data, path)


def decoded_frames(path: str, numbers: list[int]) -> list[bytes]:
    """These frames (from 1), native and in little endian."""
    from treadle.server.dicomweb import pixel_process  # noqa: PLC0415

    return pixel_process.decoded_frames(path, numbers)


def as_little_endian(path: str, target: str) -> None:
    """The instance written to `target` in Explicit VR Little Endian."""
    from treadle.server.dicomweb import pixel_process  # noqa: PLC0415

    pixel_process.as_little_endian(path, target)


def rendered(
    path: str,
    number: int,
    kind: str,
    window: tuple[float, float, str] | None,
    size: tuple[int, int] | None,
    quality: int,
    square: bool,
) -> bytes:
    """One frame as a picture: windowed as asked, else as its header says, else over its whole range."""
    from treadle.server.dicomweb import pixel_process  # noqa: PLC0415

    return pixel_process.rendered(path, number, kind, window, size, quality, square)


def read_received(paths: list[str]) -> list[Received]:
    """What the files are, in their order."""
    from treadle.server.dicomweb import store_process  # noqa: PLC0415

    return store_process.read_received(paths)


def pack_received(paths: list[str], folder: str, route: Route) -> list[Packed]:
    """A zip for each series among these files."""
    from treadle.server.dicomweb import store_process  # noqa: PLC0415

    return store_process.pack_received(paths, folder, route)
