"""The reference page of de-identification profiles, and their JSON schema, from the tables that also load them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from treadle.deid.presets.options import OPTIONS, PRESETS
from treadle.deid.profile.flywheel import LEVEL
from treadle.deid.profile.keys import (
    ACTION_KEYS,
    COMMON,
    FILTERS,
    FLAG_ACTIONS,
    KINDS,
    OWN,
    SIGNATURES,
    SUB,
    TOP,
    Key,
    default_of,
)
from treadle.deid.profile.schema import schema
from treadle.deid.profile.treadle import INNER, TREADLE

_INTRODUCTION = """\
YAML or JSON, at most 1 MiB, 50,000 values, 32 levels; a key must not be there twice. Everything that Flywheel profiles
may say is read; what is not built yet is refused with `DEID_NOT_SUPPORTED`. How to write one:
[Write a de-identification profile](../howto/deid-profile.md); what differs from the original tool:
[there](../howto/deid-profile.md#differences-from-flywheel). Editors complete and check with
[the JSON schema](deid-profile.schema.json).
"""
_FIELDS = """\
A rule has one `name` (or, in `dicom` and `json`, one `regex`) and one action; `name` alone keeps the field. Rules run
in their order, `regex-sub` rules before all others and the last of them first.
"""
_NAMES = """\
| notation | example |
| --- | --- |
| keyword, in any case | `PatientID` |
| tag | `00100020`, `0x00100020`, `(0010, 0020)` |
| private: group, creator, last byte | `(0029, "SIEMENS CSA HEADER", 10)` |
| in a sequence | `OtherPatientIDsSequence.0.PatientID`, `00101002.0.00100020` |
| in every item | `ReferencedImageSequence.*.ReferencedSOPInstanceUID` |
| all groups 50xx or 60xx | `(60xx, 0022)`, `50XX0010` |
| `regex` instead of `name`: path by keywords, or by tags in lower case | `.*InstanceUID$`, `^0010.*` |
"""


def profile_page() -> str:
    """docs/reference/deid-profile.md."""
    parts = [
        "# De-identification profiles",
        _INTRODUCTION,
        "## Top level",
        _keys(TOP),
        "Sections by file type: " + ", ".join(f"`{kind}`" for kind in KINDS) + ".",
        "## Keys of every section",
        _keys(COMMON),
        "## File types",
        _types(),
        *(part for kind in KINDS if OWN[kind] for part in (f"### `{kind}`", _keys(OWN[kind], kind))),
        "## Field rules",
        _FIELDS,
        _actions(),
        "## Entries of `regex-sub` and `filenames`",
        _keys(SUB),
        "## Names of DICOM elements",
        _NAMES,
        "## `treadle`",
        "Presets: " + ", ".join(f"`{preset}`" for preset in PRESETS) + ".",
        _keys(TREADLE),
        *(part for name, keys in INNER.items() for part in (f"### `treadle: {name}`", _keys(keys))),
        "Options, with their codes in PS3.16 CID 7050: "
        + ", ".join(f"`{option}` ({code})" for option, (code, _) in OPTIONS.items())
        + ".",
        "## `flywheel`",
        "For each of `subject`, `session`, `acquisition`, `file`; nothing goes along unless it is said:",
        _keys(LEVEL),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def schema_page() -> str:
    """docs/reference/deid-profile.schema.json."""
    return json.dumps(schema(), indent=1) + "\n"


def _keys(keys: Mapping[str, Key], kind: str | None = None) -> str:
    lines = ["| key | default | |", "| --- | --- | --- |"]
    for name, key in keys.items():
        default = default_of(kind, name) if kind else key.default
        shown = "required" if key.required else "" if default in (None, []) else f"`{json.dumps(default)}`"
        choices = f" One of {', '.join(f'`{choice}`' for choice in key.choices)}." if key.choices else ""
        lines.append(f"| `{name}` | {shown} | {key.help}{choices} |")
    return "\n".join(lines)


def _types() -> str:
    lines = [
        "| section | files by name | by first bytes | dates | dates with times |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind, filters in FILTERS.items():
        names = " ".join(f"`{name}`" for name in filters) or "`file-filter` is required"
        marks = "yes" if kind in SIGNATURES else ""
        forms = (f"`{default_of(kind, key)}`" for key in ("date-format", "datetime-format"))
        lines.append(f"| `{kind}` | {names} | {marks} | {' | '.join(forms)} |")
    return "\n".join(lines)


def _actions() -> str:
    helps = FLAG_ACTIONS | {
        "replace-with": "Set a value (any YAML type).",
        "regex-sub": "Take the value apart with an expression and put it together anew.",
    }
    lines = ["| action | | further keys |", "| --- | --- | --- |"]
    for action, text in helps.items():
        shown = f"`{action}: true`" if action in FLAG_ACTIONS else f"`{action}`"
        further = ", ".join(f"`{key}`" for key in ACTION_KEYS[action])
        lines.append(f"| {shown} | {text} | {further} |")
    parts = ["\n".join(lines)]
    for actions in (("replace-with",), ("increment-date", "increment-datetime"), ("jitter",), ("encrypt",)):
        keys = {key: wanted for action in actions for key, wanted in ACTION_KEYS[action].items()}
        parts += ["With " + " and ".join(f"`{action}`" for action in actions) + ":", _keys(keys)]
    return "\n\n".join(parts)
