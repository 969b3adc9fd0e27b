"""The series against a protocol that somebody expects."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from geometry import volumes
from slices import Series

from treadle.dicom.header_json import header_json
from treadle.gearkit.checks import Check, some
from treadle.gearkit.run import Refused

TOLERANCE = 1e-6
WORDS = {"value", "tolerance", "min", "max", "pattern"}


def read(path: Path) -> dict[str, Any]:
    """The protocol file; refused when it is not what the manifest says."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise Refused(f"the protocol '{path.name}' is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise Refused(f"the protocol '{path.name}' is no object of keyword and value")
    for name, wanted in found.items():
        if isinstance(wanted, dict) and (not wanted or wanted.keys() - WORDS):
            raise Refused(f"'{name}' of the protocol knows {', '.join(sorted(WORDS))} only")
        try:
            re.compile(wanted["pattern"] if isinstance(wanted, dict) and "pattern" in wanted else "")
        except (re.error, TypeError) as error:
            raise Refused(f"the pattern of '{name}' in the protocol cannot be read: {error}") from None
    return found


def expected(series: Series, protocol: dict[str, Any]) -> Check:
    """Every value of the protocol is met by the first image, or by the series as a whole."""
    header = header_json(series.first)
    header |= {"files": series.files, **{key: volumes(series).data.get(key) for key in ("slices", "volumes")}}
    wrong = {
        name: {"expected": wanted, "found": header.get(name)}
        for name, wanted in protocol.items()
        if not _meets(header.get(name), wanted)
    }
    if wrong:
        faults = [f"{name} is {one['found']}, expected {one['expected']}" for name, one in wrong.items()]
        return Check("expected-protocol", "fail", some(faults), {"wrong": wrong})
    return Check("expected-protocol", "pass", f"{len(protocol)} values as expected")


def _meets(found: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        wanted = {"value": wanted}
    if found is None:
        return False
    if "pattern" in wanted and not re.search(wanted["pattern"], str(found), re.IGNORECASE):
        return False
    if not all(_within(one, wanted) for one in (found if isinstance(found, list) else [found])):
        return False
    return "value" not in wanted or _equal(found, wanted["value"], float(wanted.get("tolerance", TOLERANCE)))


def _within(found: Any, wanted: dict[str, Any]) -> bool:
    bounds = [key for key in ("min", "max") if key in wanted]
    if bounds and not isinstance(found, (int, float)):
        return False
    return not ("min" in wanted and found < wanted["min"]) and not ("max" in wanted and found > wanted["max"])


def _equal(found: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(
            _equal(one, other, tolerance) for one, other in zip(found, wanted, strict=True)
        )
    if isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
        return abs(found - wanted) <= tolerance
    return bool(found == wanted)
