"""What every handler does around its own record: the rules, then the name of what comes out."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.filenames import output_name, sanitized
from treadle.deid.fields.model import Section
from treadle.deid.fields.record import Record, apply
from treadle.deid.fields.scope import Scope
from treadle.deid.run import Run

Read = Callable[[str], Any]


def changed(record: Record, read: Read, data: bytes, section: Section, run: Run) -> Scope:
    """Apply the rules of a section to a record; the scope serves for the name."""
    scope = Scope.of(section, run, read, data)
    apply(record, section.rules, scope, run.report)
    return scope


def named(name: str, section: Section, read: Read, scope: Scope) -> str:
    """The name by `filenames`, else the input's own base name."""
    if section.filenames:
        return output_name(section.filenames, name, read, scope)
    if own := sanitized(posixpath.basename(name.replace("\\", "/"))):
        return own
    raise Rejected(Code.NAME_NO_MATCH)


def nothing(_name: str) -> None:
    """For types without fields that a name could use."""
    return
