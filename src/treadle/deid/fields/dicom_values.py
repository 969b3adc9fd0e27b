"""Reading and writing the values of DICOM elements as the actions want them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.filebase import DicomIO
from pydicom.filewriter import write_data_element

from treadle.deid.fields.dicom_paths import base

TEXT_VRS = frozenset(
    ["AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"]
)
INTEGER_VRS = {
    "IS": (-(2**31), 2**31 - 1),
    "SS": (-(2**15), 2**15 - 1),
    "US": (0, 2**16 - 1),
    "SL": (-(2**31), 2**31 - 1),
    "UL": (0, 2**32 - 1),
    "SV": (-(2**63), 2**63 - 1),
    "UV": (0, 2**64 - 1),
}
BINARY_VRS = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "UN"])
_UNHASHABLE = (
    frozenset(["AT", "DS", "FD", "FL", "IS", "SL", "SQ", "SS", "SV", "UI", "UL", "US", "UV"]) | BINARY_VRS
)


def may_hash(vr: str) -> bool:
    """Whether a hash in hexadecimal makes a value of this VR."""
    return vr not in _UNHASHABLE


def text_of(element: DataElement) -> str | None:
    """The value as one text, several joined with commas; None when there is no value at all."""
    value = element.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        raise ValueError("binary")  # noqa: TRY004 one kind of error for callers
    if element.VR == "SQ":
        raise ValueError("a sequence")
    return ",".join(map(str, value)) if isinstance(value, list) or element.VM > 1 else str(value)


def fitted(vr: str, value: Any) -> Any:
    """A value as an element of this VR takes it: numbers where numbers belong, no number longer than DS allows."""
    if isinstance(value, list):
        return [fitted(vr, item) for item in value]
    if isinstance(value, float) and vr in INTEGER_VRS:
        low, high = INTEGER_VRS[vr]
        return min(max(int(value), low), high)
    if isinstance(value, float) and vr == "DS":
        return f"{value:.10g}"
    if isinstance(value, int | float) and not isinstance(value, bool) and vr in TEXT_VRS:
        return str(value)
    if isinstance(value, str) and vr == "UN":
        return value.encode()
    return value


def made(tag: int, vr: str, value: Any) -> DataElement:
    """An element with a value; ValueError when the value cannot be written with this VR."""
    try:
        new = DataElement(base(tag), vr, value, validation_mode=config.IGNORE)
        if not (isinstance(value, str) and vr in TEXT_VRS):
            _written(new)
    except Exception as error:  # pydicom raises what struct, decimal and its own checks raise
        raise ValueError(f"does not fit {vr}") from error
    return new


def _written(element: DataElement) -> None:
    target = DicomIO(BytesIO())
    target.is_little_endian, target.is_implicit_VR = True, False
    write_data_element(target, element)
