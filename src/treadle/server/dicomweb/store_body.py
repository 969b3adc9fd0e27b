"""The parts of a multipart/related body (PS3.18 10.5), each one written to a file as it comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from treadle.server.dicomweb.errors import BodyUnsupported
from treadle.server.ingest.errors import BadForm
from treadle.server.ingest.form import body_stream
from treadle.server.kit.errors import TooLarge
from treadle.server.kit.settings import UploadSettings

MOST = 5000  # instances of one request


async def receive_parts(request: Request, folder: Path, limits: UploadSettings) -> list[Path]:
    """The instances of this request as files in the folder, in the order they came."""
    reader = _Parts(_boundary(request.headers.get("content-type", "")), folder, limits)
    try:
        async for chunk in body_stream(request):
            await asyncio.to_thread(reader.feed, chunk)
    finally:
        reader.close()
    return reader.finished()


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/related" or not 0 < len(boundary) <= 200:
        raise BodyUnsupported
    if options.get(b"type", b"application/dicom").lower() != b"application/dicom":
        raise BodyUnsupported
    return boundary


class _Parts:
    """Writes what the parser finds."""

    def __init__(self, boundary: bytes, folder: Path, limits: UploadSettings) -> None:
        self._folder, self._most_bytes = folder, limits.max_file_bytes
        self._paths: list[Path] = []
        self._is_complete = False
        self._parser = MultipartParser(
            boundary,
            {"on_part_begin": self._begin, "on_part_data": self._take, "on_end": self._end},
        )
        self._file = (folder / "preamble").open("wb")

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        try:
            self._parser.write(chunk)
        except MultipartParseError:
            raise BadForm("The multipart/related body cannot be read.") from None

    def finished(self) -> list[Path]:
        """All of them."""
        if not self._is_complete or not self._paths:
            raise BadForm("The multipart/related body ends too early or has no parts.")
        return self._paths

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()

    def _begin(self) -> None:
        if len(self._paths) >= MOST:
            raise TooLarge(f"One request stores at most {MOST} instances; send the others separately.")
        self._file.close()
        self._paths.append(self._folder / f"{len(self._paths)}.dcm")
        self._file = self._paths[-1].open("wb")

    def _take(self, data: bytes, start: int, end: int) -> None:
        self._file.write(data[start:end])
        if self._file.tell() > self._most_bytes:
            raise TooLarge(f"One instance has at most {self._most_bytes} bytes here.")

    def _end(self) -> None:
        self._is_complete = True
