"""Blanking rectangles: native pixel data in place, compressed ones decompressed first (deid.md, section 6.2)."""

from __future__ import annotations

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.part10 import DicomFile
from treadle.deid.pixels.picture import PIXEL_DATA, Picture, picture_of
from treadle.deid.pixels.rules import Rectangle, clip


def blank(file: DicomFile, boxes: list[Rectangle], picture: Picture | None = None) -> None:
    """Blank a file's picture; Rejected(DEID_PIXELS) when that cannot be proved to have worked."""
    picture = picture or picture_of(file)
    for box in boxes:
        picture.fill(box)
    if not all(picture.is_blank(box) for box in boxes):
        raise Rejected(Code.PIXELS, "7FE00010")
    for element in file.elements:
        if element.tag == PIXEL_DATA:
            element.value = bytes(picture.data)


def blank_text(file: DicomFile) -> list[Rectangle]:
    """Blank what can be read; Rejected(DEID_REVIEW) when something still can afterwards. What was blanked."""
    from treadle.deid.pixels.ocr import text_in  # noqa: PLC0415 - runs a program, which browsers have not

    picture = picture_of(file)
    found = [
        box for word in text_in(picture) if (box := clip(word, picture.rows, picture.columns)) is not None
    ]
    blank(file, found, picture)
    if found and text_in(picture):
        raise Rejected(Code.REVIEW, "7FE00010")
    return found
