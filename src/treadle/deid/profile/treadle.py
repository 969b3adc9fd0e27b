"""The `treadle:` section: presets and what goes with them (deid.md, section 3)."""

from __future__ import annotations

from typing import Any, Literal

from treadle.deid.fields.dicom_names import BadName, Private, parse
from treadle.deid.presets.options import NOT_BUILT, OPTIONS, PRESETS, RESEARCH, PresetOptions
from treadle.deid.profile.issues import Issues, Path, nearest
from treadle.deid.profile.keys import Key
from treadle.deid.profile.named_files import Files
from treadle.deid.profile.pixel_rules import of_files
from treadle.deid.profile.values import known_only, listing, mapping, value_of

TREADLE = {
    "preset": Key("text", "What is done to DICOM elements that no rule names.", None, PRESETS),
    "options": Key("special", f"Options of PS3.15 Annex E: {', '.join(OPTIONS)}.", []),
    "patient-id": Key("special", "Where the new patient ID comes from."),
    "dates": Key("special", "How far dates are moved."),
    "uid": Key("special", "How new UIDs are made."),
    "private": Key("special", "Private elements that may stay."),
    "descriptors": Key("special", "Words that may stay in descriptions."),
    "pixels": Key("special", "What happens to pictures that may show text."),
    "documents": Key(
        "text", "What happens to encapsulated documents.", "reject", ("reject", "drop", "allow")
    ),
    "mark": Key("flag", "Say in the file that and how it was de-identified. Presets do."),
}
INNER: dict[str, dict[str, Key]] = {
    "patient-id": {
        "from": Key("text", "Its source.", "hmac", ("subject-label", "hmac", "keep-mapped")),
        "prefix": Key("text", "Put before a generated ID.", "S"),
    },
    "dates": {
        "min-days": Key("count", "Least number of days.", 30),
        "max-days": Key("whole", "Largest number of days.", 3650),
        "keep-weekday": Key("flag", "Move by whole weeks.", True),
        "birth-date": Key("text", "What happens to the birth date.", "remove", ("remove", "year", "shift")),
    },
    "uid": {
        "root": Key("text", "Root of new UIDs.", "2.25"),
        "strict": Key("flag", "`hashuid` leaves no digits of the original at the end.", False),
    },
    "private": {
        "safe-list": Key("text", "The list to go by.", "builtin", ("builtin",)),
        "add": Key("special", 'Further elements: `- {name: (0019, "CREATOR", 0c), vr: DS}`.', []),
        "csa": Key("text", "`fields`: keep known numbers of Siemens CSA headers.", None, ("fields",)),
    },
    "descriptors": {
        "vocabulary": Key("text", "The words to go by.", "builtin", ("builtin",)),
        "extra-words": Key("texts", "Further words.", []),
    },
    "pixels": {
        "burned-in": Key(
            "text",
            "What happens to suspect pictures that no rule knows.",
            "reject",
            ("reject", "review", "ocr", "allow"),
        ),
        "rules": Key(
            "texts", "Rules where pictures show text: `builtin`, paths of files, or their text.", ["builtin"]
        ),
        "ocr": Key("flag", "The same as `burned-in: ocr`.", False),
        "keep-regions": Key("flag", "Blank ultrasound outside its regions.", False),
    },
}
SAFE = {"name": Key("text", "", required=True), "vr": Key("text", "", required=True)}


def read_treadle(document: Any, issues: Issues, files: Files | None = None) -> PresetOptions:
    """The options, as far as they are right."""
    path: Path = ("treadle",)
    entry = mapping(document, path, issues)
    known_only(entry, TREADLE, path, issues)
    top = {key: value_of(entry, key, wanted, path, issues) for key, wanted in TREADLE.items()}
    inner = {}
    for name, keys in INNER.items():
        at = (*path, name)
        values = mapping(entry.get(name), at, issues)
        known_only(values, keys, at, issues)
        inner[name] = {key: value_of(values, key, wanted, at, issues) for key, wanted in keys.items()}
    preset: Literal["none", "minimal", "ps315-basic", "research"] = top["preset"] or "none"
    options = _options(entry.get("options"), issues)
    dates, pixels = inner["dates"], inner["pixels"]
    _check(dates, options, issues)
    return PresetOptions(
        preset=preset,
        options=frozenset(options) | (frozenset(RESEARCH) if preset == "research" else frozenset()),
        patient_id=inner["patient-id"]["from"],
        patient_id_prefix=inner["patient-id"]["prefix"],
        min_days=dates["min-days"],
        max_days=dates["max-days"],
        keep_weekday=dates["keep-weekday"],
        birth_date=dates["birth-date"],
        uid_root=inner["uid"]["root"],
        uid_strict=inner["uid"]["strict"],
        csa_fields=inner["private"]["csa"] == "fields",
        safe_private=_safe_private(entry.get("private"), issues),
        extra_words=frozenset(_texts(inner["descriptors"]["extra-words"])),
        burned_in="ocr" if pixels["ocr"] else pixels["burned-in"],
        pixel_rules=of_files(pixels["rules"], ("treadle", "pixels", "rules"), files, issues)
        if preset in {"ps315-basic", "research"}
        else (),
        keep_regions=pixels["keep-regions"],
        documents=top["documents"],
        mark=top["mark"],
    )


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _options(document: Any, issues: Issues) -> list[str]:
    found = []
    for index, option in enumerate(listing(document, ("treadle", "options"), issues)):
        at: Path = ("treadle", "options", index)
        if option in NOT_BUILT:
            issues.add(at, "DEID_NOT_SUPPORTED", f"{option} is not built yet; leave it out.")
        elif option not in OPTIONS:
            message = (
                f'Unknown option "{option}".{nearest(str(option), OPTIONS)} Known: {", ".join(OPTIONS)}.'
            )
            issues.add(at, "BAD_VALUE", message)
        else:
            found.append(option)
    return found


def _check(dates: dict[str, Any], options: list[str], issues: Issues) -> None:
    if not 0 < dates["max-days"] < 100_000 or dates["min-days"] > dates["max-days"]:
        message = "`min-days` must not be larger than `max-days`, and that is from 1 to 99999."
        issues.add(("treadle", "dates", "max-days"), "BAD_VALUE", message)
    if {"retain-full-dates", "retain-modified-dates"} <= set(options):
        message = "retain-full-dates and retain-modified-dates exclude each other."
        issues.add(("treadle", "options"), "BAD_VALUE", message)


def _safe_private(document: Any, issues: Issues) -> tuple[tuple[int, str, int, str], ...]:
    added = document.get("add") if isinstance(document, dict) else None
    path: Path = ("treadle", "private", "add")
    found = []
    for index, item in enumerate(listing(added, path, issues)):
        at = (*path, index)
        entry = mapping(item, at, issues)
        known_only(entry, SAFE, at, issues)
        try:
            name = parse(str(entry.get("name", "")))
        except BadName as error:
            issues.add((*at, "name"), "UNKNOWN_NAME", str(error))
            continue
        vr = str(entry.get("vr", ""))
        if not isinstance(name, Private) or not (len(vr) == 2 and vr.isupper()):
            message = 'Needed are a private name, as (0019, "CREATOR", 0c), and a VR of two capitals.'
            issues.add(at, "BAD_VALUE", message)
        else:
            found.append((name.group, name.creator, name.element, vr))
    return tuple(found)
