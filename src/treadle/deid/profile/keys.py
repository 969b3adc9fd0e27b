"""The profile format as tables: every key with what it holds, its default and one line of explanation.

Loading, the JSON schema for editors and the reference page are all made from these (deid.md, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Holds = Literal["text", "texts", "flag", "whole", "count", "number", "any", "regex", "format", "special"]


@dataclass(frozen=True, slots=True)
class Key:
    """What one key may hold. `special` keys have their own reader."""

    holds: Holds
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    required: bool = False


TOP = {
    "name": Key("text", "Name of the profile. `none` changes nothing."),
    "description": Key("text", "What the profile is for."),
    "secret-key": Key("text", "Key for `encrypt` and `decrypt`, for every section without its own."),
    "map-subjects": Key(
        "text", "Path of a subject map (CSV), which gives the codes of patients; for `treadle deid`."
    ),
    "deid-log": Key("text", "Accepted and ignored: such a log holds original values."),
    "only-config-profiles": Key(
        "flag", "Files that no section takes are left out instead of rejected.", False
    ),
    "flywheel": Key("special", "Which metadata of containers goes with an export."),
    "treadle": Key("special", "Treadle's extension: presets and what goes with them."),
}

COMMON = {
    "fields": Key("special", "Field rules, applied in order; `regex-sub` rules run first.", []),
    "file-filter": Key("texts", "Glob, list of globs, or `r!` and a regular expression, for the base name."),
    "enforce-file-filter": Key("flag", "Go by the name alone, never by the first bytes of the file.", False),
    "filenames": Key("special", "Rules for the names of what comes out."),
    "salt": Key("text", "Put before every value that is hashed."),
    "hash-digits": Key("count", "Length of `hash` results; 0 for all 64 digits.", 16),
    "date-increment": Key(
        "number", "Days added by `increment-date` and `increment-datetime`; may have a fraction."
    ),
    "date-format": Key("format", "How dates are written (`strptime`), or `timestamp`.", "%Y%m%d"),
    "datetime-format": Key("format", "How dates with times are written, or `timestamp`.", "%Y%m%d%H%M%S.%f"),
    "jitter-range": Key("number", "Largest change by `jitter`, up or down.", 2),
    "jitter-type": Key("text", "Whether `jitter` adds whole numbers.", "float", ("int", "float")),
    "replace-with-insert": Key("flag", "Whether `replace-with` creates what is missing.", True),
    "uid-prefix-fields": Key("count", "Components that `hashuid` keeps at the front.", 4),
    "uid-suffix-fields": Key("count", "Components that `hashuid` keeps at the end.", 1),
    "uid-numeric-name": Key("text", "Registered OID root that `hashuid` puts in front instead."),
    "secret-key": Key(
        "text", "Key for `encrypt` and `decrypt`: 16, 24 or 32 bytes; for DICOM in hexadecimal."
    ),
    "force-nonce": Key("text", "12 base64 characters that make `encrypt` repeatable."),
}

OWN: dict[str, dict[str, Key]] = {
    "dicom": {
        "remove-private-tags": Key("flag", "Remove private elements that no rule names.", False),
        "remove-undefined": Key("flag", "Remove every element that no rule names.", False),
        "recurse-sequence": Key("flag", "Apply every rule inside all sequences too.", False),
        "patient-age-from-birthdate": Key("flag", "Set PatientAge from birth and study date first.", False),
        "patient-age-units": Key(
            "text", "Smallest unit of that age: days, months or years.", None, ("D", "M", "Y")
        ),
        "decode": Key("flag", "Repair values while reading. Always done.", True),
        "alter_pixels": Key("special", "Rectangles of the picture to blank: `pixels` and `detect`."),
        "retain": Key(
            "flag", "Keep the originals of what changes, encrypted, in the file; pictures excepted.", False
        ),
        "asymmetric-encryption": Key("flag", "Encrypt to certificates instead of `secret-key`.", False),
        "public-key": Key("texts", "Certificates (PEM, or paths) of those who may read originals."),
        "private-key": Key("text", "Private key (PEM, or a path) for `decrypt`."),
    },
    "json": {"separator": Key("text", "Between the parts of a path.", ".")},
    "csv": {
        "reader": Key("text", "Kind of table.", "csv", ("csv",)),
        "delimiter": Key("text", "Between cells: one character."),
    },
    "xml": {},
    "nifti": {"keep-extensions": Key("flag", "Keep header extensions, which are free text.", False)},
    "jpg": {
        "remove-exif": Key("flag", "Remove all EXIF data.", False),
        "remove-gps": Key("flag", "Remove the EXIF block with the position.", False),
    },
    "png": {"remove-private-chunks": Key("flag", "Remove chunks whose type is not public.", False)},
    "tiff": {"remove-private-tags": Key("flag", "Remove tags from 32768 on.", False)},
    "key-value-text-file": {
        "delimiter": Key("regex", "Between key and value: a regular expression.", required=True),
        "encoding": Key("text", "Encoding of the text.", "utf-8"),
        "ignore-bad-lines": Key("flag", "Pass lines without a delimiter through unchanged.", False),
    },
    "filename": {},
    "zip": {
        "hash-subdirectories": Key("flag", "Replace the names of folders by their hash.", False),
        "validate-zip-members": Key("flag", "Reject the archive when a member cannot be processed.", True),
    },
}
OWN["tsv"] = OWN["table"] = OWN["csv"]

# What a type does differently from COMMON.
DEFAULTS: dict[str, dict[str, Any]] = {
    "json": {"date-format": "%Y-%m-%d", "datetime-format": "%Y-%m-%d %H:%M:%S"},
    "jpg": {"datetime-format": "%Y:%m:%d %H:%M:%S"},
    "tiff": {"datetime-format": "%Y:%m:%d %H:%M:%S"},
    "csv": {"delimiter": ","},
    "table": {"delimiter": ","},
    "tsv": {"delimiter": "\t"},
}

# In the order in which they are asked whether a file is theirs.
FILTERS: dict[str, tuple[str, ...]] = {
    "dicom": ("*.dcm", "*.DCM", "*.ima", "*.IMA"),
    "json": ("*.json", "*.JSON"),
    "key-value-text-file": ("*.mhd", "*.MHD"),
    "nifti": ("*.nii", "*.nii.gz"),
    "zip": ("*.zip", "*.ZIP"),
    "jpg": ("*.jpg", "*.jpeg", "*.JPG", "*.JPEG"),
    "png": ("*.png", "*.PNG"),
    "csv": ("*.csv", "*.CSV"),
    "tsv": ("*.tsv", "*.TSV"),
    "table": (),
    "tiff": ("*.tif", "*.tiff", "*.TIF", "*.TIFF"),
    "xml": ("*.xml", "*.XML"),
    "filename": ("*",),
}
KINDS = tuple(FILTERS)
SIGNATURES: dict[str, tuple[tuple[int, bytes], ...]] = {
    "dicom": ((128, b"DICM"),),
    "zip": ((0, b"PK\x03\x04"), (0, b"PK\x05\x06"), (0, b"PK\x07\x08")),
    "jpg": ((0, b"\xff\xd8\xff"),),
    "png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "tiff": ((0, b"II*\x00"), (0, b"MM\x00*")),
    "xml": ((0, b"<?xml "),),
}

# Field rules: actions, and the keys that go with each.
FLAG_ACTIONS = {
    "keep": "Nothing; protects the field from what removes fields that no rule names.",
    "identity": "The old word for `keep`.",
    "remove": "Delete the field.",
    "hash": "SHA-256 of salt and value, in hexadecimal, cut to `hash-digits`.",
    "hashuid": "A UID from the hash of salt and UID.",
    "increment-date": "Move a date by `date-increment` days.",
    "increment-datetime": "Move a date with time by `date-increment` days.",
    "jitter": "Add a random number.",
    "encrypt": "Encrypt with `secret-key`; DICOM elements move into EncryptedAttributesSequence.",
    "decrypt": "Undo `encrypt`.",
}
_MOVED = {
    "date-increment-override": Key("number", "Days to use instead of the section's `date-increment`."),
    "jitter-date": Key("flag", "Move by a random amount too.", False),
    "jitter-range": Key("number", "Largest random amount.", 10),
    "jitter-unit": Key("text", "Unit of it.", "days", ("days", "weeks", "hours", "minutes", "seconds")),
    "datetime-min": Key("special", "Not before: `YYYYMMDD`, or `-80years` (weeks, days) from today."),
    "datetime-max": Key("special", "Not after, written likewise."),
}
ACTION_KEYS: dict[str, dict[str, Key]] = {
    **{action: {} for action in FLAG_ACTIONS},
    "replace-with": {"replace-with-insert": Key("flag", "Whether to create a missing field.")},
    "regex-sub": {},
    "increment-date": {"date-format": COMMON["date-format"], **_MOVED},
    "increment-datetime": {"datetime-format": COMMON["datetime-format"], **_MOVED},
    "jitter": {
        "jitter-range": COMMON["jitter-range"],
        "jitter-type": COMMON["jitter-type"],
        "jitter-min": Key("number", "Smallest result."),
        "jitter-max": Key("number", "Largest result."),
    },
    "encrypt": {"force-nonce": COMMON["force-nonce"]},
}
ACTIONS = (*FLAG_ACTIONS, "replace-with", "regex-sub")
SUB = {
    "input-regex": Key("regex", "Has to match from the start.", required=True),
    "output": Key("text", "The result, with `{name}` for groups and fields.", required=True),
    "groups": Key("special", "Rules for what `{name}` stands for.", []),
}


def keys_of(kind: str) -> dict[str, Key]:
    """Every key of a section."""
    return COMMON | OWN[kind]


def default_of(kind: str, key: str) -> Any:
    """The default of a key in a section."""
    return DEFAULTS.get(kind, {}).get(key, keys_of(kind)[key].default)
