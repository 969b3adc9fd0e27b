"""Metadata of containers for a de-identified export, by the `flywheel:` section (deid.md, section 2.9)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from treadle.deid.fields.json_record import JsonRecord
from treadle.deid.fields.model import Section
from treadle.deid.fields.record import apply
from treadle.deid.fields.scope import Scope
from treadle.deid.run import Run

LEVELS = ("subject", "session", "acquisition", "file")


@dataclass(frozen=True, slots=True)
class Level:
    """What goes along from one kind of container. Nothing does unless it is said."""

    section: Section
    everything: bool = False
    info_header: bool = False


def exported(level: Level | None, document: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """The metadata that may go along, after the rules; `document` itself is left as it is."""
    if level is None:
        return {}
    record = JsonRecord(copy.deepcopy(dict(document)))
    if not level.info_header:
        record.remove("info.header")
        record.remove("header")
    scope = Scope.of(level.section, run, record.read, str(document.get("_id", "")).encode())
    apply(record, level.section.rules, scope, run.report)
    if level.everything:
        return dict(record.document)
    chosen = JsonRecord({})
    for rule in level.section.rules:
        for place in record.places(rule):
            if (value := record.get(place)) is not None:
                chosen.put(place, value)
    return dict(chosen.document)
