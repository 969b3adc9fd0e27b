"""The engine's side of de-identification on arrival: runs in a process of its own, with limited memory."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from treadle.deid import Context, Engine, FileReport, Profile, Secrets
from treadle.deid.dicom.elements import Span
from treadle.server.privacy.orders import Order, Outcome
from treadle.server.privacy.quarantine import Held


@lru_cache(maxsize=4)
def engine_for(order: Order) -> Engine:
    """The engine, kept from file to file."""
    context = Context(group=order.group, project=order.project, subject=order.subject)
    profile = Profile.load(order.profile)
    if profile.section("zip") is None:  # series come zipped; each member goes through the same profile
        profile = Profile.load({**profile.document, "zip": {}})
    return Engine(profile, Secrets(order.secret), context)


def process_held(order: Order, name: str, held: Held) -> Outcome:
    """De-identify a file in quarantine; what comes out lies beside it."""
    try:
        data = b"".join(held.blocks())
        parts = engine_for(order).parts(name, data)
        report = parts.result.report
        outputs: list[tuple[str, Path]] = []
        if parts.output is not None:
            with memoryview(data) as view:
                pieces = [view[p.start : p.stop] if isinstance(p, Span) else p for p in parts.output.pieces]
                outputs.append((parts.output.name, _written(held.path.parent, pieces)))
                del pieces
        for out, content in parts.result.outputs:
            outputs.append((out, _written(held.path.parent, [content])))
    except MemoryError:
        return Outcome([], FileReport().document(), "DEID_LIMIT")
    return Outcome(outputs, report.document(), report.error)


def _written(folder: Path, pieces: Any) -> Path:
    handle, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            file.write(piece)
    return Path(name)
