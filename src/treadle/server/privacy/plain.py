"""A profile for clients that know nothing of its `treadle:` section (deid.md 5.2).

It removes at least as much, in words that every reader of the format knows. Nothing in it comes from a project's
secret, since everybody who sees the settings sees it: salt and days are made from the place alone, and what such
clients send goes through the real profile on arrival.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

from treadle.deid.dicom.elements import Entry
from treadle.deid.fields.dicom_names import Name, Tag, last_tag
from treadle.deid.fields.model import Rule
from treadle.deid.presets.dummies import DUMMIES
from treadle.deid.presets.options import PresetOptions
from treadle.deid.presets.plan import MINIMAL, Do, Plan
from treadle.deid.presets.table import table
from treadle.deid.profile import Profile
from treadle.server.privacy.errors import ProfileBroken
from treadle.server.privacy.profiles import Version

_TAKES_AWAY = "remove"
_REPEATED = ("5000", "6000")
_NUMBERS = ("IS", "DS", "FD", "FL", "SL", "SS", "UL", "US", "SV", "UV")


def profile_for(version: Version, *, foreign: bool) -> dict[str, Any] | None:
    """The profile as an object; a broken one is none (uploads are refused while it is)."""
    try:
        loaded = version.loaded()
    except ProfileBroken:
        return None
    if not foreign or "treadle" not in loaded.document:
        return dict(loaded.document)
    return _plain(version.text, version.place.profile_id)


@lru_cache(maxsize=32)
def _plain(text: str, profile_id: str) -> dict[str, Any]:
    return plain(Profile.load(text), profile_id)


def plain(profile: Profile, profile_id: str) -> dict[str, Any]:
    """The rendering; the same for the same place, so that a patient's files agree from upload to upload."""
    preset = profile.preset or PresetOptions(preset="none")
    others = {key: value for key, value in profile.document.items() if key not in ("treadle", "dicom")}
    written = profile.document.get("dicom") or {}
    if preset.preset == "none":
        return {**others, "dicom": dict(written)}
    kept = {key: value for key, value in written.items() if key not in ("fields", "remove-undefined")}
    strict = preset.preset != "minimal"
    return {
        **others,
        "dicom": {
            "salt": hashlib.sha256(f"plain {profile_id}".encode()).hexdigest(),
            "date-increment": _days(preset, profile_id),
            **kept,
            "recurse-sequence": True,
            "remove-private-tags": strict or bool(written.get("remove-private-tags")),
            "fields": _fields(profile, preset),
        },
    }


def _days(preset: PresetOptions, profile_id: str) -> int:
    span = max(1, preset.max_days - preset.min_days + 1)
    number = int.from_bytes(hashlib.sha256(f"days {profile_id}".encode()).digest()[:8], "big")
    return -max(7, (preset.min_days + number % span) // 7 * 7)


def _fields(profile: Profile, preset: PresetOptions) -> list[dict[str, Any]]:
    by_tag: dict[int, dict[str, Any]] = {}
    if preset.preset == "minimal":
        by_tag = {tag: _empty(tag) for tag in sorted(MINIMAL)}
    else:
        plan = Plan(preset)
        for tag in sorted({*table().rows, *DicomDictionary}):
            found = plan[tag]
            if tag >> 16 > 2 and (action := _action(tag, found.do, found.basic, found.entry, plan)):
                by_tag[tag] = action
    written = (profile.document.get("dicom") or {}).get("fields") or []
    recursive = bool((profile.document.get("dicom") or {}).get("recurse-sequence"))
    for (rule, name), entry in zip(_in_order(profile), _entries(written, profile), strict=True):
        for tag in _tags(rule, name):
            if rule.action == "keep" and recursive:
                by_tag.pop(tag, None)
            elif rule.action != "keep":
                by_tag[tag] = entry if isinstance(name, Tag) else {"name": f"{tag:08x}", _TAKES_AWAY: True}
    return [*by_tag.values(), *(_repeated() if preset.preset != "minimal" else ())]


def _in_order(profile: Profile) -> list[tuple[Rule, Name | None]]:
    return list(profile.dicom.targets) if profile.dicom else []


def _entries(written: list[dict[str, Any]], profile: Profile) -> Iterator[dict[str, Any]]:
    """The entry of each rule: rules run in another order than they are written."""
    left = list(written)
    for rule, _ in _in_order(profile):
        key = "regex" if rule.regex else "name"
        found = next(item for item in left if str(item.get(key)) == rule.name)
        left.remove(found)
        yield found


def _tags(rule: Rule, name: Name | None) -> Iterator[int]:
    """Every public element that a rule may mean, at any depth."""
    if name is not None:
        tag = last_tag(name)
        yield from () if tag is None else (tag,)
    elif rule.regex is not None:
        for tag, entry in DicomDictionary.items():
            if rule.regex.match(entry[4]) or rule.regex.match(f"{tag:08x}"):
                yield tag


def _action(tag: int, do: Do, basic: Do, entry: Entry, plan: Plan) -> dict[str, Any] | None:
    name = f"{tag:08x}"
    if do in (
        Do.CLEAN,
        Do.SCRUB,
        Do.KEEP,
    ):  # cannot be cleaned by such a client: what it would be without the option
        do = basic if do is Do.CLEAN else Do.PLAIN
    if do is Do.DATE:
        return _date(name, entry, plan)
    if do is Do.DELETE:
        return {"name": name, _TAKES_AWAY: True}
    if do is Do.UID:
        return {"name": name, "hashuid": True}
    if do in (Do.EMPTY, Do.BIRTH):
        return _empty(tag) if entry.vr != "SQ" else {"name": name, _TAKES_AWAY: True}
    if do is Do.DUMMY:
        return _dummy(name, entry)
    return None


def _date(name: str, entry: Entry, plan: Plan) -> dict[str, Any] | None:
    if plan.keeps_dates or (plan.moves_dates and entry.vr == "TM"):
        return None
    if plan.moves_dates:
        return {"name": name, "increment-date" if entry.vr == "DA" else "increment-datetime": True}
    return _dummy(name, entry)


def _dummy(name: str, entry: Entry) -> dict[str, Any]:
    value = DUMMIES.get(entry.vr)
    if value is None or entry.vr in ("OB", "OW", "UN", "OF", "OL", "OD", "AT", "OV"):
        return {"name": name, _TAKES_AWAY: True}
    new: Any = 0 if entry.vr in _NUMBERS else value.decode()
    return {"name": name, "replace-with": new, "replace-with-insert": False}


def _empty(tag: int) -> dict[str, Any]:
    return {"name": f"{tag:08x}", "replace-with": "", "replace-with-insert": False}


def _repeated() -> Iterator[dict[str, Any]]:
    """Curves and overlays."""
    for mask, entry in RepeatersDictionary.items():
        if mask[:4].replace("x", "0") in _REPEATED and entry[4]:
            yield {"name": f"({mask[:2]}xx, {mask[4:]})", _TAKES_AWAY: True}
