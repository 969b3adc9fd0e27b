"""Whether a profile removes at least as much as a locked one above it (deid.md 5.1).

Resolved actions are compared over the attribute table and every element a rule names. What cannot be compared so
(regular expressions, nested names, sections of other file types) must be the same, or absent where that means refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.datadict import dictionary_keyword

from treadle.deid.fields.dicom_names import Name, Tag
from treadle.deid.fields.model import Rule
from treadle.deid.presets.options import PresetOptions
from treadle.deid.presets.plan import MINIMAL, Do, Plan
from treadle.deid.presets.table import table
from treadle.deid.profile import Profile

_REMOVED, _REPLACED, _CLEANED, _KEPT = 3, 2, 1, 0
_OF_RULE = {
    "remove": _REMOVED,
    "replace-with": _REMOVED,
    "hash": _REPLACED,
    "hashuid": _REPLACED,
    "encrypt": _REPLACED,
    "increment-date": _REPLACED,
    "increment-datetime": _REPLACED,
    "jitter": _REPLACED,
    "regex-sub": _CLEANED,
}
_OF_PRESET = {
    Do.DELETE: _REMOVED,
    Do.EMPTY: _REMOVED,
    Do.DUMMY: _REMOVED,
    Do.UID: _REPLACED,
    Do.BIRTH: _REPLACED,
    Do.CLEAN: _CLEANED,
    Do.SCRUB: _CLEANED,
    Do.KEEP: _CLEANED,
    Do.INTO: _CLEANED,
    Do.PLAIN: _KEPT,
}
_SWITCHES = ("remove-private-tags", "remove-undefined", "recurse-sequence")
_SAME = ("alter_pixels", "retain", "asymmetric-encryption", "public-key")
_RANKS = {
    "documents": ("allow", "drop", "reject"),
    "burned_in": ("allow", "ocr", "review", "reject"),
}


class _Resolved:
    """What a profile does to any element of the top level."""

    def __init__(self, profile: Profile) -> None:
        self.preset = profile.preset or PresetOptions(preset="none")
        self._plan = Plan(self.preset) if self.by_table else None
        self.own: dict[int, int] = {}
        self.others: dict[tuple[str, bool], tuple[int, Rule]] = {}
        for rule, name in profile.dicom.targets if profile.dicom else ():
            self._take(rule, name)
        self.keys = dict(profile.dicom.section.own) if profile.dicom else {}

    def _take(self, rule: Rule, name: Name | None) -> None:
        rank = _OF_RULE.get(rule.action, _KEPT)
        if isinstance(name, Tag):
            self.own[name.tag] = rank
        else:
            self.others[(rule.name, rule.regex is not None)] = (rank, rule)

    @property
    def by_table(self) -> bool:
        return self.preset.preset in ("ps315-basic", "research")

    def rank(self, tag: int) -> int:
        if tag in self.own:
            return self.own[tag]
        if self.keys.get("remove-undefined"):
            return _REMOVED
        if self._plan is None:
            return _REMOVED if self.preset.preset == "minimal" and tag in MINIMAL else _KEPT
        do = self._plan[tag].do
        if do is Do.DATE:
            return _KEPT if self._plan.keeps_dates else _REPLACED if self._plan.moves_dates else _REMOVED
        return _OF_PRESET[do]

    def switch(self, key: str) -> bool:
        return bool(self.keys.get(key)) or (self.by_table and key != "remove-undefined")


def looser(lower: Profile, upper: Profile) -> tuple[str, ...]:
    """What the lower profile keeps although the upper one removes it; empty when it is at least as strict."""
    if upper.unchanged:
        return ()
    if lower.unchanged:
        return ("it changes nothing",)
    return tuple(_differences(lower, upper))


def _differences(lower: Profile, upper: Profile) -> Iterator[str]:
    low, high = _Resolved(lower), _Resolved(upper)
    if high.by_table and not low.by_table:
        yield f"it lacks the preset {high.preset.preset}"
        return
    for tag in sorted({*table().rows, *low.own, *high.own}):
        if low.rank(tag) < high.rank(tag):
            yield f"{_word(tag)} would stay"
    for key in _SWITCHES:
        if high.switch(key) and not low.switch(key):
            yield f"dicom.{key} is missing"
    for key in _SAME:
        if (low.keys.get(key) or None) != (high.keys.get(key) or None):
            yield f"dicom.{key} differs"
    yield from _of_presets(low.preset, high.preset)
    yield from _of_names(low, high)
    for kind, section in lower.sections.items():
        if kind != "dicom" and section != upper.section(kind):
            yield f"the section {kind} differs"


def _of_presets(low: PresetOptions, high: PresetOptions) -> Iterator[str]:
    for setting, order in _RANKS.items():
        if order.index(getattr(low, setting)) < order.index(getattr(high, setting)):
            yield f"treadle: {setting.replace('_', '-')} is looser"
    for option in ("retain-safe-private", "clean-graphics", "clean-structured-content"):
        if option in low.options and option not in high.options:
            yield f"the option {option} keeps more"
    if not set(low.safe_private) <= set(high.safe_private) or not low.extra_words <= high.extra_words:
        yield "further private elements or words would stay"


def _of_names(low: _Resolved, high: _Resolved) -> Iterator[str]:
    for key, (rank, rule) in high.others.items():
        if rank > low.others.get(key, (_KEPT, rule))[0]:
            yield f"the rule for {rule.name} is missing or looser"
    for key, (rank, rule) in low.others.items():
        if rank < _REMOVED and rank < high.others.get(key, (_REMOVED, rule))[0]:
            yield f"the rule for {rule.name} might keep more"


def _word(tag: int) -> str:
    try:
        return dictionary_keyword(tag)
    except KeyError:
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
