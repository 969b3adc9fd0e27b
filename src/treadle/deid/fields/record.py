"""Rules applied to a record: what every file type that is not DICOM shares."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Protocol

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.actions import REPORTED, result
from treadle.deid.fields.model import Rule
from treadle.deid.fields.scope import Scope
from treadle.deid.report import FileReport

# What reading, changing and writing values may raise when a value does not fit.
UNFIT = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


class Record(Protocol):
    """A file taken apart. A place is wherever a rule's name leads: a path, a column, a node, a tag."""

    def places(self, rule: Rule) -> Iterable[Hashable]:
        """Where a rule applies; a missing field that may be created is a place too."""

    def get(self, place: Any) -> Any:
        """The value, None when it is missing."""

    def put(self, place: Any, value: Any) -> None:
        """Set the value; create what is missing."""

    def remove(self, place: Any) -> None:
        """Delete the field; nothing happens when it is missing."""


def apply(record: Record, rules: Iterable[Rule], scope: Scope, report: FileReport) -> None:
    """Every rule in order; the first value that a rule cannot be applied to rejects the file."""
    for rule in rules:
        if rule.action == "keep":
            continue
        try:
            for place in list(record.places(rule)):
                before = record.get(place)
                if rule.action == "remove":
                    record.remove(place)
                else:
                    after = result(rule, before, scope)
                    if after is None:
                        continue
                    record.put(place, after)
                if before is not None or rule.action != "remove":
                    report.did(rule.name, REPORTED[rule.action])
        except UNFIT as error:
            raise Rejected(Code.BAD_VALUE, rule.name) from error
