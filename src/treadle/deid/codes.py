"""Why a file was not de-identified: codes for programs, a sentence for people (deid.md, section 7)."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Reasons of a rejection. None of them lets a byte of the file through."""

    NOT_DICOM = "DEID_NOT_DICOM"
    TRUNCATED = "DEID_TRUNCATED"
    UNSUPPORTED_TYPE = "DEID_UNSUPPORTED_TYPE"
    NOT_SUPPORTED = "DEID_NOT_SUPPORTED"
    BAD_VALUE = "DEID_BAD_VALUE"
    UNKNOWN_VR = "DEID_UNKNOWN_VR"
    DUPLICATE_SOP = "DEID_DUPLICATE_SOP"
    NAME_NO_MATCH = "DEID_NAME_NO_MATCH"
    DICOMDIR = "DEID_DICOMDIR"
    LIMIT = "DEID_LIMIT"
    PIXELS = "DEID_PIXELS"
    REVIEW = "DEID_REVIEW"
    NEEDS_DESKTOP = "DEID_NEEDS_DESKTOP"
    DOCUMENT = "DEID_DOCUMENT"
    RESIDUAL = "DEID_RESIDUAL"
    PROFILE_INVALID = "DEID_PROFILE_INVALID"
    PROFILE_MISSING = "DEID_PROFILE_MISSING"

    @property
    def sentence(self) -> str:
        """What it means, for a person."""
        return _SENTENCES[self]


_SENTENCES = {
    Code.NOT_DICOM: "Not a DICOM file that can be read.",
    Code.TRUNCATED: "The file is damaged: something in it is shorter than it says.",
    Code.UNSUPPORTED_TYPE: "The profile does not say how to treat files of this type, or a library for it is missing.",
    Code.NOT_SUPPORTED: "The file or the profile needs something that is not built yet.",
    Code.BAD_VALUE: "A rule of the profile could not be applied to a value.",
    Code.UNKNOWN_VR: "A rule would create an element whose type is not known.",
    Code.DUPLICATE_SOP: "Another file of the series has the same SOP instance UID.",
    Code.NAME_NO_MATCH: "No naming rule of the profile fits the file's name.",
    Code.DICOMDIR: "A DICOMDIR lists patients and files; it cannot be de-identified, only made anew.",
    Code.LIMIT: "The file is nested deeper, or holds more, than is sensible.",
    Code.PIXELS: "The picture may show patient data, and no rule says where.",
    Code.REVIEW: "The picture may show patient data; somebody has to look at it before it may go.",
    Code.NEEDS_DESKTOP: "The picture must be decompressed or read to be cleaned, which cannot be done here.",
    Code.DOCUMENT: "A document or report inside the file cannot be cleaned by rules.",
    Code.RESIDUAL: "After de-identification an identifier was still found.",
    Code.PROFILE_INVALID: "The de-identification profile is not valid.",
    Code.PROFILE_MISSING: "There is no de-identification profile.",
}


class Rejected(Exception):
    """A file cannot be de-identified. `path` names the attribute (never its value)."""

    def __init__(self, code: Code, path: str = "") -> None:
        super().__init__(f"{code.value} {path}".strip())
        self.code = code
        self.path = path
