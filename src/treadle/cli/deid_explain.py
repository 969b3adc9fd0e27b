"""Why a profile treats an attribute as it does, and the whole list of that for whoever has to approve it."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator

from pydicom.datadict import dictionary_keyword, dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from treadle.deid import Profile
from treadle.deid.fields.dicom_view import View
from treadle.deid.presets.options import PresetOptions
from treadle.deid.presets.plan import MINIMAL, Do, Plan
from treadle.deid.presets.table import table

WORDS = {
    Do.DELETE: "removed",
    Do.EMPTY: "emptied",
    Do.DUMMY: "replaced by a dummy",
    Do.UID: "replaced by the mapped UID",
    Do.KEEP: "kept, known identifiers removed",
    Do.CLEAN: "cleaned",
    Do.DATE: "date moved, kept or replaced, by the date options",
    Do.BIRTH: "moved, or its year alone kept",
    Do.SCRUB: "kept, known identifiers removed",
    Do.INTO: "sequence kept, its content treated by the same rules",
    Do.PLAIN: "kept",
}


class UnknownTagError(ValueError):
    """Neither a tag nor a keyword."""


def tag_of(text: str) -> int:
    """`0008,1030`, `(0008,1030)`, `00081030` or a keyword."""
    known = tag_for_keyword(text)
    if known is not None:
        return known
    digits = "".join(c for c in text if c not in "(), ").removeprefix("0x")
    try:
        return int(digits, 16) if len(digits) == 8 else int("no tag")
    except ValueError:
        raise UnknownTagError(f"{text}: neither a tag like 0008,1030 nor a keyword") from None


def explained(profile: Profile, tag: int) -> tuple[str, str]:
    """(what is done, which rule says so)."""
    if profile.unchanged:
        return "kept", "the profile changes nothing"
    rule = _own_rule(profile, tag)
    if rule:
        return rule
    if profile.preset is None:
        return "kept", "no rule names it"
    return _by_preset(profile.preset, tag)


def _by_preset(preset: PresetOptions, tag: int) -> tuple[str, str]:
    if preset.preset == "minimal":
        return ("emptied" if tag in MINIMAL else "kept"), "preset minimal"
    if tag & 0x10000:
        safe = "retain-safe-private" in preset.options
        return (
            "removed unless on the safe list" if safe else "removed"
        ), f"preset {preset.preset}: private element"
    if 0x5000 <= tag >> 16 <= 0x50FF or 0x6000 <= tag >> 16 <= 0x60FF:
        return "removed", f"preset {preset.preset}: curve or overlay"
    found = Plan(preset)[tag]
    what = WORDS[found.do]
    if found.do is Do.CLEAN:
        what += f"; when nothing remains: {WORDS[found.basic]}"
    return what, f"preset {preset.preset}, {found.why}"


def _own_rule(profile: Profile, tag: int) -> tuple[str, str] | None:
    if profile.dicom is None:
        return None
    dataset = Dataset()
    try:
        dataset.add(DataElement(tag, dictionary_VR(tag), None))
    except KeyError:
        return None
    last = None
    view = View(dataset, recurse=False)
    for number, (rule, name) in enumerate(profile.dicom.targets):
        if any(int(where[-1]) == tag for where in view.find(rule, name)):
            last = (rule.action, f"dicom.fields[{number}] of the profile")
    return last


def all_rows(profile: Profile) -> Iterator[tuple[str, str, str, str]]:
    """Every attribute of the table: tag, keyword, what is done, why."""
    for tag in sorted(table().rows):
        try:
            keyword = dictionary_keyword(tag)
        except KeyError:
            keyword = ""
        yield (f"{tag >> 16:04X},{tag & 0xFFFF:04X}", keyword, *explained(profile, tag))


def print_rows(profile: Profile) -> None:
    """All of them as CSV on standard output."""
    rows = csv.writer(sys.stdout)
    rows.writerow(("tag", "keyword", "done", "why"))
    rows.writerows(all_rows(profile))
