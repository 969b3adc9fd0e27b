"""A preset with its options, compiled to one rule by tag (deid.md, section 3.3)."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from treadle.deid.dicom.elements import FREE, TEXT, Entry, entry
from treadle.deid.presets.options import PresetOptions
from treadle.deid.presets.table import action, table


class Do(Enum):
    """What is done to an element."""

    DELETE = auto()
    EMPTY = auto()
    DUMMY = auto()
    UID = auto()
    KEEP = auto()  # a table's keep: value and type checked, known identifiers looked for
    CLEAN = auto()
    DATE = auto()
    BIRTH = auto()  # a birth date, by the setting of its own
    SCRUB = auto()  # text outside the table
    INTO = auto()  # a sequence outside the table
    PLAIN = auto()  # no text, no UID, no date: stays


class Rule(NamedTuple):
    """What to do, what is done when cleaning leaves nothing, and what the dictionary knows."""

    do: Do
    basic: Do
    entry: Entry
    why: str


_BASIC = {
    "X": Do.DELETE,
    "Z": Do.EMPTY,
    "X/Z": Do.EMPTY,
    "D": Do.DUMMY,
    "X/D": Do.DUMMY,
    "Z/D": Do.DUMMY,
    "X/Z/D": Do.DUMMY,
    "U": Do.UID,
    "X/Z/U*": Do.INTO,
}
DATES = frozenset(("DA", "DT", "TM"))
# UIDs of classes and code systems name no person and no picture.
CLASSES = frozenset(
    ("SOPClassUID", "CodingSchemeUID", "ContextGroupExtensionCreatorUID", "ContextUID", "MappingResourceUID")
)
_BIRTH_DATE, _DOCUMENT = 0x00100030, 0x00420011
MINIMAL = frozenset((0x00100010, 0x00100020, 0x00100030))  # what the preset of that name empties
# Attributes that identify although the table does not name them: birth and death in another calendar, what encrypted
# attributes of an earlier de-identification hold, which nobody can look into, and texts of reports.
_FORGOTTEN = {0x00100033: Do.DELETE, 0x00100034: Do.DELETE, 0x04000500: Do.DELETE, 0x0040A160: Do.DUMMY}
_BY_VR = {"SQ": Do.INTO, "PN": Do.EMPTY, **dict.fromkeys(DATES, Do.DATE)}
# Outside the table: addresses that name no terminology lead to somebody's archive; prose is what somebody typed.
_PUBLIC_URLS = frozenset(("CodingSchemeURL", "URNCodeValue"))
_PROSE = ("Description", "Comment", "Comments", "Notes", "Summary", "Title")
_NOBODY = Entry("UN", ("UN",), "", 0)


class Plan(dict[int, Rule]):
    """Tag -> rule. Unknown tags are deleted and not remembered."""

    def __init__(self, options: PresetOptions) -> None:
        super().__init__()
        self.options = options
        self.chosen = options.options
        self.safe_private = "retain-safe-private" in self.chosen
        self.private_stays = self.safe_private or options.csa_fields
        self.graphics = "clean-graphics" in self.chosen
        self.structured = "clean-structured-content" in self.chosen or options.documents == "allow"
        self.keeps_uids = "retain-uids" in self.chosen
        self.keeps_dates = "retain-full-dates" in self.chosen
        self.moves_dates = "retain-modified-dates" in self.chosen and not self.keeps_dates
        self.edition = table().edition

    def __missing__(self, tag: int) -> Rule:
        known = entry(tag)
        rule = self._rule(tag, known)
        if known is not None:
            self[tag] = rule
        return rule

    def _rule(self, tag: int, known: Entry | None) -> Rule:
        row = table().rows.get(tag)
        if known is None:
            return Rule(Do.DELETE, Do.DELETE, _NOBODY, "table" if row else "not in the dictionary")
        if row is None:
            return Rule(self._outside(tag, known), Do.EMPTY, known, "outside the table")
        basic = _BASIC[row.basic]
        if basic is Do.EMPTY and known.vr == "SQ" and "D" in row.basic:
            basic = Do.DUMMY
        if own := self._by_setting(tag):
            return Rule(own[0], basic, known, own[1])
        found = action(row, self.chosen)
        if found == "C":
            return Rule(self._cleaned(known), basic, known, f"option, else {row.basic}")
        if found == "K":
            keep = self._outside(tag, known) if known.vr in DATES else Do.KEEP
            return Rule(keep, basic, known, f"option, else {row.basic}")
        return Rule(basic, basic, known, f"table: {row.basic}")

    def _by_setting(self, tag: int) -> tuple[Do, str] | None:
        """Attributes with settings of their own."""
        if tag == _BIRTH_DATE and self.options.birth_date != "remove":
            return Do.BIRTH, f"treadle.dates.birth-date: {self.options.birth_date}"
        if (
            tag == _DOCUMENT and self.options.documents != "reject"
        ):  # settled before, or the file would not have come here
            return Do.PLAIN, f"treadle.documents: {self.options.documents}"
        return None

    def _cleaned(self, known: Entry) -> Do:
        if known.vr in DATES:
            return Do.DATE
        return Do.CLEAN

    def _outside(self, tag: int, known: Entry) -> Do:
        vr = known.vr
        if found := _FORGOTTEN.get(tag) or _BY_VR.get(vr):
            return found
        if vr == "UI":
            return Do.PLAIN if known.keyword.endswith("ClassUID") or known.keyword in CLASSES else Do.UID
        if vr == "UR":
            return Do.SCRUB if known.keyword in _PUBLIC_URLS else Do.DUMMY
        if vr in FREE and known.keyword.endswith(_PROSE):
            return Do.CLEAN
        return Do.SCRUB if vr in TEXT else Do.PLAIN
