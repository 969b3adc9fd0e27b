"""Any file: only its name is changed, what is in it goes out as it is."""

from __future__ import annotations

from treadle.deid.fields.model import Section
from treadle.deid.fields.scope import Scope
from treadle.deid.run import Run
from treadle.deid.types.finish import named, nothing


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """The same contents under the new name."""
    run.report.warn("CONTENT_UNTOUCHED")
    scope = Scope.of(section, run, nothing, data[:4096])
    return [(named(name, section, nothing, scope), bytes(memoryview(data)))]
