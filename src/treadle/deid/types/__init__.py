"""Handlers of the file types that are not DICOM, by the name of their section in a profile.

A handler is `process(name, data, section, run) -> [(output name, bytes), ...]`; it raises `Rejected`. `load(kind)`
imports it on demand, so that a missing extra only takes its own types away (`DEID_UNSUPPORTED_TYPE`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from treadle.deid.codes import Code, Rejected
from treadle.deid.run import Run

Handler = Callable[[str, bytes, Any, Run], list[tuple[str, bytes]]]


def load(kind: str) -> Handler:
    """The handler of a file type."""
    raise Rejected(Code.UNSUPPORTED_TYPE, kind)
