"""Multipart forms of any size: file parts stream straight into the blob store (api.md 10.1)."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

import orjson
from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect

from treadle.server.catalog.files import clean_name
from treadle.server.ingest.errors import BadForm, BadMetadata, Interrupted, NoFile
from treadle.server.kit.errors import BadRequest, TooLarge
from treadle.server.kit.settings import UploadSettings
from treadle.server.store.blobs import BlobRef, BlobWriter, Receipt

MAX_FILES = 2000
MAX_PARTS = 4000
_AT_ONCE = 16  # files being synced: a disk takes many as fast as one
_EXTENDED_NAME = re.compile(r"""filename\*\s*=\s*"?([\w-]+)'[^']*'([^;"]+)""", re.IGNORECASE)
_IGNORED_FIELD = 64 << 10


class Sink(Protocol):
    """Where the files of a form go: the store of contents, or quarantine."""

    async def writer(self) -> BlobWriter:
        """A new stream in."""
        ...


@dataclass(frozen=True)
class ReceivedFile:
    """One file of a form, its content finished but in no row yet."""

    name: str
    receipt: Receipt
    sent_as: str = ""  # its name before it was de-identified on arrival
    deid: Mapping[str, Any] | None = None

    @property
    def blob(self) -> BlobRef:
        """The content."""
        return self.receipt.ref


@dataclass
class Form:
    """What a multipart request brought."""

    files: list[ReceivedFile] = field(default_factory=list)
    metadata: Any = None

    async def close(self) -> None:
        """Drop the temporary names; contents that were kept stay."""
        await asyncio.gather(*(item.receipt.close() for item in self.files))


async def body_stream(request: Request) -> AsyncIterator[bytes]:
    """The request's body; Interrupted when the client went away."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise Interrupted from None


async def receive_form(
    request: Request, blobs: Sink, limits: UploadSettings, *, said: str = "metadata", optional: bool = False
) -> Form:
    """The form of this request, `said` being its JSON part; nothing remains when it fails.

    Without a file it is refused, unless files are optional.
    """
    boundary = boundary_of(request.headers.get("content-type", ""))
    reader = _FormReader(boundary, blobs, limits, said=said, optional=optional)
    try:
        async for chunk in body_stream(request):
            await reader.feed(chunk)
        return await reader.finish()
    except BaseException:
        await reader.abort()
        raise


def boundary_of(content_type: str) -> bytes:
    """The boundary of a multipart form; BadForm when there is none."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise BadForm("Send the files as multipart/form-data with a boundary.")
    return boundary


def read_disposition(header: bytes) -> tuple[str, str | None]:
    """Field name and file name of a part, whatever way the client wrote the name."""
    text = _text(header)
    _, options = parse_options_header(text.encode("utf-8").decode("latin-1"))
    name = _text(options.get(b"name", b""))
    extended = _EXTENDED_NAME.search(text)
    if extended:
        try:
            return name, unquote_to_bytes(extended[2]).decode(extended[1])
        except (LookupError, UnicodeDecodeError):
            raise BadForm("A file name (filename*) has an unknown encoding.") from None
    raw = options.get(b"filename")
    return name, None if raw is None else _text(raw).replace("%22", '"')


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class _FormReader:
    """Feeds the parser and does, after each piece, what its callbacks noted (writing may have to wait)."""

    def __init__(
        self, boundary: bytes, blobs: Sink, limits: UploadSettings, *, said: str, optional: bool
    ) -> None:
        self._blobs, self._limits = blobs, limits
        self._said, self._optional = said, optional
        self._form = Form()
        self._writer: BlobWriter | None = None
        self._file_name = ""
        self._field: bytearray | None = None  # a value that is held in memory
        self._field_name = ""
        self._events: list[tuple[str, bytes]] = []
        self._header_name, self._header_value = bytearray(), bytearray()
        self._disposition = b""
        self._parts = 0
        # Files being made durable while the next ones arrive, in their order.
        self._storing: deque[asyncio.Future[ReceivedFile]] = deque()
        self._is_complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    async def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        try:
            self._parser.write(chunk)
        except MultipartParseError:
            raise BadForm from None
        events, self._events = self._events, []
        for kind, data in events:
            if kind == "data":
                await self._take(data)
            elif kind == "begin":
                await self._begin(data)
            else:
                await self._end()

    async def finish(self) -> Form:
        """The whole form."""
        if not self._is_complete:
            raise BadForm("The multipart form ends too early.")
        while self._storing:
            await self._collect()
        if not self._form.files and not self._optional:
            raise NoFile
        return self._form

    async def abort(self) -> None:
        """Forget everything that came."""
        if self._writer is not None:
            await self._writer.abort()
        for stored in await asyncio.gather(*self._storing, return_exceptions=True):
            if isinstance(stored, ReceivedFile):
                self._form.files.append(stored)
        await self._form.close()

    async def _begin(self, disposition: bytes) -> None:
        name, file_name = read_disposition(disposition)
        self._parts += 1
        if self._parts > MAX_PARTS or len(self._form.files) + len(self._storing) >= MAX_FILES:
            raise TooLarge(f"One form has at most {MAX_FILES} files; send the others separately.")
        if name == self._said or file_name is None:
            self._field, self._field_name = bytearray(), name
            return
        self._file_name = clean_name(file_name)
        self._writer = await self._blobs.writer()

    async def _take(self, data: bytes) -> None:
        if self._writer is not None:
            await self._writer.write(data)
            if self._writer.size > self._limits.max_file_bytes:
                raise TooLarge(f"One file has at most {self._limits.max_file_bytes} bytes here.")
        elif self._field is not None:
            self._field += data
            is_metadata = self._field_name == self._said
            if len(self._field) > (self._limits.max_json_bytes if is_metadata else _IGNORED_FIELD):
                raise TooLarge("A form field is too long.")

    async def _end(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            self._storing.append(asyncio.ensure_future(store(writer, self._file_name)))
            if len(self._storing) >= _AT_ONCE:
                await self._collect()
        elif self._field is not None:
            if self._field_name == self._said:
                self._form.metadata = read_metadata(bytes(self._field))
            self._field = None

    async def _collect(self) -> None:
        self._form.files.append(await self._storing.popleft())

    def _on_part_begin(self) -> None:
        self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name, self._header_value = bytearray(), bytearray()

    def _on_headers_finished(self) -> None:
        self._events.append(("begin", self._disposition))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        whole = start == 0 and end == len(data)
        self._events.append(("data", data if whole else data[start:end]))

    def _on_part_end(self) -> None:
        self._events.append(("end", b""))

    def _on_end(self) -> None:
        self._is_complete = True


async def store(writer: BlobWriter, name: str) -> ReceivedFile:
    """A file whose last byte has come, durable under its hash."""
    try:
        receipt = await writer.finish()
    except BaseException:
        await writer.abort()
        raise
    try:
        await receipt.publish()
    except BaseException:
        await receipt.close()
        raise
    return ReceivedFile(name, receipt)


def read_metadata(raw: bytes) -> Any:
    """The JSON of a metadata part; an empty one counts as absent."""
    if not raw.strip():
        return None
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadRequest("The metadata part is not valid JSON.") from None
    if b"\\u0000" in raw:
        raise BadMetadata("Texts must not contain NUL characters.")
    return value
