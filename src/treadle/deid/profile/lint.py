"""Warnings: what a profile may say, but should be known (deid.md, sections 2 and 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from treadle.deid.fields.dicom_names import BadName, Nested, Tag, keywords, parse
from treadle.deid.fields.model import Rule, Section
from treadle.deid.profile.issues import Issue, Path, render

if TYPE_CHECKING:
    from treadle.deid.profile.read import Parts

_UID_TAGS = {keywords()[word] for word in ("studyinstanceuid", "seriesinstanceuid", "sopinstanceuid")}
_FILE_META = 0x0002


def lint(parts: Parts, lines: Mapping[Path, int]) -> Iterator[Issue]:
    """Every warning."""
    for path, code, message in _all(parts):
        yield Issue(render(path), code, message, lines.get(path) or lines.get(path[:1]))


def _all(parts: Parts) -> Iterator[tuple[Path, str, str]]:
    document = parts.document
    if document.get("deid-log"):
        yield ("deid-log",), "DEID_LOG_PHI", "A log of original values is not written; reports hold none."
    if parts.preset is not None and parts.preset.preset == "minimal":
        yield (
            ("treadle", "preset"),
            "WEAK_PRESET",
            "`minimal` removes name, ID and birth date and nothing else.",
        )
    if document.get("map-subjects") and (parts.preset is None or parts.preset.preset in {"none", "minimal"}):
        message = "Codes of the map become patient names and IDs under `treadle: {preset: ...}` alone."
        yield ("map-subjects",), "SUBJECT_MAP_UNUSED", message
    for index, (group, creator, element, vr) in enumerate(parts.preset.safe_private if parts.preset else ()):
        message = f'(0x{group:04x}, "{creator}", {element:02x}) {vr} stays; the built-in list does not call it safe.'
        yield ("treadle", "private", "add", index), "PRIVATE_ADDED", message
    if "dicom" not in parts.sections and parts.preset is None and parts.sections:
        yield (), "NO_DICOM", "There is no `dicom` section: DICOM files are rejected."
    for kind, section in parts.sections.items():
        yield from _section(kind, section, plain=parts.preset is None)
    if dicom := parts.sections.get("dicom"):
        yield from _dicom(dicom, document.get("dicom"), strict=bool(parts.preset and parts.preset.uid_strict))


def _section(kind: str, section: Section, *, plain: bool) -> Iterator[tuple[Path, str, str]]:
    hashes = [rule for rule in section.rules if rule.action in ("hash", "hashuid")]
    if section.salt is not None:
        message = (
            "Whoever reads the profile can test guesses. Without `salt`, `treadle:` profiles use a secret."
        )
        yield (kind, "salt"), "SALT_IN_PROFILE", message
    elif hashes and plain:
        message = "Hashes without `salt` can be undone by trying likely values."
        yield (kind, "fields"), "NO_SALT", message
    if 0 < section.hash_digits < 8:
        yield (kind, "hash-digits"), "SHORT_HASH", "Two patients may get the same hash; use 16 digits."
    for key in ("secret-key", "private-key"):
        if section.secret_key if key == "secret-key" else section.own.get(key):
            yield (
                (kind, key),
                "KEY_IN_PROFILE",
                f"Whoever reads the profile has the `{key}` of what it encrypts.",
            )
    if section.own.get("ignore-bad-lines"):
        message = "Lines without a delimiter go out unchanged, whatever they hold."
        yield (kind, "ignore-bad-lines"), "BAD_LINES_KEPT", message
    if kind == "filename":
        yield (kind,), "CONTENT_UNTOUCHED", "`filename` leaves contents as they are."
    if kind == "nifti" and section.own.get("keep-extensions"):
        yield (
            (kind, "keep-extensions"),
            "EXTENSIONS_KEPT",
            "Header extensions are free text and may name the patient.",
        )
    if kind == "zip" and section.own["validate-zip-members"] is False:
        message = "Members that no section takes are dropped; the report says how many."
        yield (kind, "validate-zip-members"), "MEMBERS_DROPPED", message


def _dicom(section: Section, document: Any, *, strict: bool) -> Iterator[tuple[Path, str, str]]:
    uids = [rule for rule in section.rules if rule.action == "hashuid"]
    at: Path = ("dicom", "fields")
    if uids and section.uid_suffix and not strict:
        message = (
            "`hashuid` keeps digits of the original at the end; `treadle: {uid: {strict: true}}` does not."
        )
        yield at, "HASHUID_SUFFIX", message
    flat = {name.tag for rule in uids if isinstance(name := _name(rule), Tag)}
    if flat & _UID_TAGS and not section.own["recurse-sequence"] and not any(rule.regex for rule in uids):
        message = "References inside sequences keep the old UIDs; use `recurse-sequence` or `regex: .*InstanceUID$`."
        yield at, "UID_REFERENCES", message
    rules = document.get("fields") if isinstance(document, Mapping) else None
    for index, entry in enumerate(rules or []):
        name = _parsed(str(entry.get("name"))) if isinstance(entry, Mapping) else None
        tag = name.tag if isinstance(name, Tag) else None
        if tag is not None and tag >> 16 & 1 and section.own["remove-private-tags"]:
            message = 'Removed with all private elements before this rule; name it as (gggg, "CREATOR", ee).'
            yield (*at, index, "name"), "PRIVATE_BY_NUMBER", message
        if tag is not None and tag >> 16 == _FILE_META:
            message = "The file meta information is always made anew; this rule has no effect."
            yield (*at, index, "name"), "FILE_META", message
        if isinstance(entry, Mapping) and "identity" in entry:
            yield (*at, index, "identity"), "DEPRECATED", "`identity` is the old word for `keep`."


def _name(rule: Rule) -> Any:
    return None if rule.regex else _parsed(rule.name)


def _parsed(text: str) -> Tag | Nested | Any:
    try:
        return parse(text)
    except BadName:
        return None
