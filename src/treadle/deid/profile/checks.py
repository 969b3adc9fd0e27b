"""What is right for one file type only: its field names, and actions that it can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from treadle.deid.fields import exif_tags, nifti_header
from treadle.deid.fields.model import Rule, Section
from treadle.deid.profile.check_dicom import check_dicom
from treadle.deid.profile.issues import Issues, Path, nearest

Rules = list[tuple[Path, Rule]]
_XPATH = re.compile(r"\.?/.+", re.DOTALL)


def _names(known: Collection[str], what: str) -> Callable[[Rules, Issues], None]:
    def check(rules: Rules, issues: Issues) -> None:
        folded = {name.lower() for name in known}
        for path, rule in rules:
            if rule.name.lower() not in folded:
                message = f'"{rule.name}" is not {what}.{nearest(rule.name, known)}'
                issues.add((*path, "name"), "UNKNOWN_NAME", message)

    return check


_nifti_names = _names(nifti_header.NAMES, "a field of the NIfTI header")
_exif_names = _names(exif_tags.EXIF_NAMES, "an EXIF tag")
_tiff_names = _names(exif_tags.TIFF_NAMES, "a TIFF tag")


def _png(_section: Section, rules: Rules, _entry: Mapping[str, Any], issues: Issues) -> None:
    for path, rule in rules:
        if rule.action not in ("remove", "keep"):
            message = f"PNG chunks can be removed or kept; `{rule.action}` does not work here."
            issues.add((*path, rule.action), "ACTION_NOT_HERE", message)
        if not re.fullmatch(r"[A-Za-z]{4}", rule.name):
            issues.add((*path, "name"), "UNKNOWN_NAME", "The type of a chunk is four letters, such as tEXt.")


def _xml(_section: Section, rules: Rules, _entry: Mapping[str, Any], issues: Issues) -> None:
    for path, rule in rules:
        if not _XPATH.fullmatch(rule.name):
            issues.add((*path, "name"), "UNKNOWN_NAME", "An XPath that starts with / or ./ is needed here.")
        elif problem := _bad_xpath(rule.name):
            issues.add((*path, "name"), "UNKNOWN_NAME", f"Not an XPath: {problem}.")


def _bad_xpath(text: str) -> str:
    """What the library says against it; nothing where that is not installed."""
    try:
        from lxml import etree  # noqa: PLC0415 an extra
    except ImportError:
        return ""
    try:
        etree.XPath(text)
    except etree.XPathError as error:
        return str(error)
    return ""


def _key_value(section: Section, _rules: Rules, _entry: Mapping[str, Any], issues: Issues) -> None:
    encoding = section.own["encoding"]
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        issues.add(
            (section.kind, "encoding"), "BAD_VALUE", f'"{encoding}" is not an encoding; "utf-8" is one.'
        )


def _table(section: Section, _rules: Rules, entry: Mapping[str, Any], issues: Issues) -> None:
    if section.kind == "table":
        for key, why in (("reader", "csv"), ("file-filter", "*.txt")):
            if entry.get(key) is None:
                issues.add(
                    (section.kind,), "MISSING_KEY", f'"{key}" is missing, for instance `{key}: "{why}"`.'
                )
    delimiter = section.own["delimiter"]
    if delimiter in ('"', "\n", "\r", " ") or len(delimiter) != 1:
        issues.add((section.kind, "delimiter"), "BAD_VALUE", "Must be one character, such as `;`.")


def _filename(section: Section, rules: Rules, _entry: Mapping[str, Any], issues: Issues) -> None:
    for path, _ in rules:
        issues.add(
            path, "ACTION_NOT_HERE", "`filename` changes names only; put rules into `filenames: ... groups:`."
        )
    for index, sub in enumerate(section.filenames):
        for name in sub.names:
            if name not in sub.pattern.groupindex:
                message = (
                    f"{{{name}}} is not a group of `input-regex`.{nearest(name, sub.pattern.groupindex)}"
                )
                issues.add((section.kind, "filenames", index, "output"), "UNDEFINED_NAME", message)


def _json(section: Section, _rules: Rules, _entry: Mapping[str, Any], issues: Issues) -> None:
    if not section.own["separator"]:
        issues.add((section.kind, "separator"), "BAD_VALUE", "Must not be empty.")


CHECKS: dict[str, Callable[[Section, Rules, Mapping[str, Any], Issues], None]] = {
    "dicom": check_dicom,
    "json": _json,
    "csv": _table,
    "tsv": _table,
    "table": _table,
    "xml": _xml,
    "nifti": lambda _section, rules, _entry, issues: _nifti_names(rules, issues),
    "jpg": lambda _section, rules, _entry, issues: _exif_names(rules, issues),
    "tiff": lambda _section, rules, _entry, issues: _tiff_names(rules, issues),
    "png": _png,
    "key-value-text-file": _key_value,
    "filename": _filename,
}
