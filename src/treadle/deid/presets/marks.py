"""What a file says of its own de-identification (deid.md, section 3.3)."""

from __future__ import annotations

from treadle.deid.dicom.elements import Element
from treadle.deid.presets.options import OPTIONS, PresetOptions

_MEANINGS = {
    "113100": "Basic Application Confidentiality Profile",
    "113101": "Clean Pixel Data Option",
    "113103": "Clean Graphics Option",
    "113104": "Clean Structured Content Option",
    "113105": "Clean Descriptors Option",
    "113106": "Retain Longitudinal Temporal Information Full Dates Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
    "113109": "Retain Device Identity Option",
    "113110": "Retain UIDs Option",
    "113111": "Retain Safe Private Option",
    "113112": "Retain Institution Identity Option",
}


def marks(method: str, options: PresetOptions | None, *, cleared: bool, blanked: bool) -> list[Element]:
    """Elements to add. `cleared`: nothing is left that could show who it is; `blanked`: the picture was."""
    found = [Element(0x00120063, "LO", method.encode("ascii", "replace").replace(b"\\", b" ")[:64])]
    if cleared:
        found.append(Element(0x00120062, "CS", b"YES"))
    if options is not None and options.preset not in {"none", "minimal"}:
        codes = ["113100", *(OPTIONS[name][0] for name in options.options - {"clean-pixel-data"})]
        if blanked:
            codes.append("113101")
        found.append(Element(0x00120064, "SQ", [_code(code) for code in sorted(codes)]))
        found.append(Element(0x00280303, "CS", _dates(options)))
    if blanked:
        found.append(Element(0x00280301, "CS", b"NO"))
    return found


def _dates(options: PresetOptions) -> bytes:
    if "retain-full-dates" in options.options:
        return b"UNMODIFIED"
    return b"MODIFIED" if "retain-modified-dates" in options.options else b"REMOVED"


def _code(code: str) -> list[Element]:
    return [
        Element(0x00080100, "SH", code.encode()),
        Element(0x00080102, "SH", b"DCM"),
        Element(0x00080104, "LO", _MEANINGS[code].encode()),
    ]
