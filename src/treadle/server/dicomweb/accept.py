"""What media types a DICOMweb request takes (PS3.18 8.7): the Accept header or the `accept` parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from python_multipart.multipart import parse_options_header

from treadle.server.dicomweb.errors import NotAcceptable

ANY = "*/*"
DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"
OCTETS = "application/octet-stream"
_MOST = 50

# What answers besides 200 mean, for the OpenAPI description.
Answers = dict[int | str, dict[str, Any]]
KNOWN: Answers = {304: {"description": "The caller has this answer already."}}
PARTIAL: Answers = {206: {"description": "The part that was asked for."}}
REFUSED: Answers = {406: {"description": "Not to be had in the media types asked for."}}


@dataclass(frozen=True)
class Taken:
    """One thing the caller takes: a media type, alone or in multipart/related, in some transfer syntax."""

    kind: str
    multipart: bool
    syntax: str | None  # None: not said; `*`: as it is stored
    weight: float

    def takes(self, kind: str) -> bool:
        """Whether this media type is among what is taken."""
        major = kind.partition("/")[0]
        return self.kind in (kind, ANY, f"{major}/*")


def wanted(request: Request) -> list[Taken]:
    """What the caller takes, best first; nothing said means anything."""
    said = request.query_params.getlist("accept") or request.headers.getlist("accept") or [ANY]
    found = [_read(item) for text in said for item in _split(text)[:_MOST]]
    return sorted((item for item in found if item.weight > 0), key=lambda item: -item.weight)


def _split(text: str) -> list[str]:
    """The items of a list, commas inside quotes left alone."""
    items, item, quoted = [], "", False
    for letter in text:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            items.append(item)
            item = ""
        else:
            item += letter
    return [one.strip() for one in (*items, item) if one.strip()]


def _read(item: str) -> Taken:
    raw, raw_options = parse_options_header(item.encode("utf-8", "replace"))
    options = {
        name.decode("latin-1").lower(): value.decode("latin-1").strip() for name, value in raw_options.items()
    }
    kind = raw.decode("latin-1").lower()
    try:
        weight = float(options.get("q", "1"))
    except ValueError:
        weight = 0.0
    syntax = options.get("transfer-syntax") or None
    if kind == "multipart/related":
        return Taken(options.get("type", ANY).lower() or ANY, multipart=True, syntax=syntax, weight=weight)
    return Taken(kind, multipart=False, syntax=syntax, weight=weight)


def choose(request: Request, kinds: Sequence[str]) -> Taken:
    """The best item that takes one of these media types; 406 when there is none."""
    for item in wanted(request):
        if any(item.takes(kind) for kind in kinds):
            return item
    raise NotAcceptable(f"This comes as {', '.join(kinds)}; the request takes none of these.")


def require_json(request: Request) -> None:
    """Go on only when the caller takes DICOM JSON; XML is not offered."""
    choose(request, (DICOM_JSON, "application/json"))
