"""Values that say nothing, valid for their VR (deid.md, section 3.3). All zeros, so byte order does not matter."""

from __future__ import annotations

TEXT = b"REMOVED"
DUMMIES: dict[str, bytes] = {
    **dict.fromkeys(("PN", "LO", "SH", "ST", "LT", "UT", "UC", "AE", "CS"), TEXT),
    "DA": b"19000101",
    "TM": b"000000",
    "DT": b"19000101000000",
    "AS": b"000Y",
    "IS": b"0",
    "DS": b"0",
    "UR": b"http://removed.invalid",
    **dict.fromkeys(("FD", "SV", "UV", "OV", "OD"), bytes(8)),
    **dict.fromkeys(("FL", "SL", "UL", "AT", "OF", "OL"), bytes(4)),
    **dict.fromkeys(("SS", "US", "OB", "OW", "UN"), bytes(2)),
}
