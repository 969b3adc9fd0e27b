"""The reference page of de-identification presets, from the table, the options and the codes themselves."""

from __future__ import annotations

from treadle.deid import Code
from treadle.deid.presets.options import NOT_BUILT, OPTIONS, RESEARCH
from treadle.deid.presets.private import builtin
from treadle.deid.presets.table import table
from treadle.deid.presets.vocabulary import words

_INTRODUCTION = """\
A preset decides about every element of a DICOM file by DICOM PS3.15 Annex E, edition {edition} ({rows} attributes),
also about those the standard does not list. How to use one: [De-identify a folder](../howto/deidentify.md); how to
change single elements: [Write a de-identification profile](../howto/deid-profile.md). `treadle deid explain P` lists
what a profile does to every attribute as CSV, `--tag 0008,1030` explains one.

| preset | does |
| --- | --- |
| `none` | nothing; files go out as they came |
| `minimal` | empties PatientName, PatientID and PatientBirthDate at every depth. Not enough for data to be shared |
| `ps315-basic` | the Basic Application Level Confidentiality Profile |
| `research` | the same with {research} |

## Order of decisions

For each element, at every depth, the first that applies:

1. a rule of the profile's own `dicom.fields` for this very element;
2. private elements are removed, but for [safe ones](#safe-private-elements) when retained;
3. curves and overlays are removed; `clean-graphics` keeps overlays of regions without their labels;
4. the attribute table, as the options change it;
5. what the dictionary does not know is removed;
6. sequences are gone into, UIDs are replaced, person names emptied, dates treated by the date options, texts searched
   for identifiers of the patient;
7. everything else stays. A value that is not of its attribute's type is emptied: it may be anything.

Always, with every profile but `none`: the preamble is zeroed, the file meta information written anew, group lengths and
what follows the data set dropped; the transfer syntax stays.

| action of the table | done |
| --- | --- |
| X | removed |
| Z, X/Z | emptied |
| D, X/D, Z/D, X/Z/D | dummy of its type (`REMOVED`, `19000101`, 0); PatientName and PatientID: the subject's code |
| U | UID replaced: `2.25.` and 128 bits of a keyed hash of the old one; standard UIDs stay |
| K, C (by an option) | kept, or cleaned: dates moved, texts reduced to words that name nobody |

Dates of one subject all move by the same number of days, by default whole weeks between 30 and 3650 days; times stay.
Ages over 89 become 90 and the birth date goes. Patient and UID codes follow from a secret of 32 bytes: the same secret
gives the same codes, without it nobody can compute them.

## The second net

From every file the names, numbers, birth date, addresses and physicians are noted before it is changed. Texts that stay
are searched for them, then the written bytes; a file in which one is found is rejected with `DEID_RESIDUAL`. Words of
the [vocabulary](#cleaned-descriptions) are never taken for a name.

## Pictures and documents

A picture is suspect, and its file rejected with `DEID_PIXELS` (`pixels.burned-in: reject`), when BurnedInAnnotation is
`YES`; when it is ultrasound, secondary capture, angiography, fluoroscopy or visible light; when ImageType says `SAVE`,
`SCREEN`, a dose picture, or a localizer of PET; when SeriesDescription says save, dose, report or screen; when it was
captured by a secondary device; when overlays are drawn into its pixels. Rules under `dicom.alter_pixels` say what to
blank instead; ultrasound may keep its regions and lose the rest (`pixels.keep-regions`). Comments inside compressed
frames are removed. Documents and reports are rejected with `DEID_DOCUMENT` (`documents: reject`), emptied (`drop`) or
let through (`allow`); `clean-structured-content` lets reports pass with their codes and numbers.
"""


def presets_page() -> str:
    """docs/reference/deid-presets.md."""
    parts = [
        "# De-identification presets",
        _INTRODUCTION.format(
            edition=table().edition,
            rows=len(table().rows) + len(table().masks),
            research=", ".join(f"`{name}`" for name in RESEARCH),
        ).rstrip(),
        "## Options",
        _options(),
        "## Cleaned descriptions",
        f"{len(words()):,} words of anatomy, sequences, protocols and devices may stay (`treadle/deid/presets/"
        "vocabulary.txt`), with numbers of at most four digits and single letters. Dates, times, telephone "
        "numbers, addresses and everything else go. `descriptors.extra-words` adds words of a site.",
        "## Safe private elements",
        _safe(),
        "## Why a file is rejected",
        _codes(),
    ]
    return "\n\n".join(parts) + "\n"


def _options() -> str:
    lines = ["| option | code of PS3.16 CID 7050 | attributes it changes |", "| --- | --- | --- |"]
    for name, (code, letter) in OPTIONS.items():
        count = sum(bool(letter) and letter in row.options.upper() for row in table().rows.values())
        lines.append(f"| `{name}` | {code} | {count or '-'} |")
    lines += ["", "Not built: " + ", ".join(f"`{name}`" for name in NOT_BUILT) + "."]
    lines.append("When two options name one attribute, the one that cleans wins.")
    return "\n".join(lines)


def _safe() -> str:
    lines = ["| group | creator | elements |", "| --- | --- | --- |"]
    grouped: dict[tuple[int, str], list[str]] = {}
    for (group, creator, element), vr in sorted(builtin().items()):
        grouped.setdefault((group, creator), []).append(f"{element:02X} {vr}")
    lines += [
        f"| {group:04X} | {creator} | {', '.join(found)} |" for (group, creator), found in grouped.items()
    ]
    return "\n".join(lines)


def _codes() -> str:
    lines = ["| code | meaning |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| `{code.value}` | {code.sentence} |" for code in Code)])
