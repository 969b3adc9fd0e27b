"""What is done to one element, in place; each way returns it as it goes out, or None (deid.md, section 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.elements import FREE, NUMBERS, STRINGS, TEXT, Element, Items, Span, path_name
from treadle.deid.dicom.part10 import DicomFile
from treadle.deid.dicom.reader import MAX_DEPTH, items_of
from treadle.deid.dicom.text import CharacterSet, character_set, ended
from treadle.deid.mapping import Subject, UidMap
from treadle.deid.presets import values
from treadle.deid.presets.dummies import DUMMIES
from treadle.deid.presets.plan import Do, Plan, Rule
from treadle.deid.presets.touched import Trie
from treadle.deid.report import FileReport
from treadle.deid.residual import Identifiers

_PATIENT_NAME, _PATIENT_ID, _AGE = 0x00100010, 0x00100020, 0x00101010
_STUDIES = 0x00081110
_CODE_WORDS = frozenset((0x00080100, 0x00080102, 0x00080119, 0x00080120))
_SUBJECT_IDS = frozenset((_PATIENT_NAME, _PATIENT_ID))
# Sequences that are kept for their structure when the table says "dummy"; all others of these say who somebody is.
_STRUCTURE = frozenset((0x0040A730, 0x00400555, 0x00400610, 0x00700001, 0x0040B020, 0x00081111, 0x30100081))
# Type 1 in presentation states, although the table deletes them.
_PRESENTATION_DATES = frozenset((0x00700082, 0x00700083))


@dataclass(slots=True)
class Scope:
    """What a data set or item is treated under."""

    prefix: str = ""
    charset: CharacterSet = field(default_factory=lambda: character_set(b""))
    anonymous: bool = False  # below a sequence that says who somebody is: every text is a dummy
    cleaning: bool = False  # below a sequence an option lets stay after cleaning
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One file, what a preset does to it, and what is known of its patient."""

    plan: Plan
    uids: UidMap
    subject: Subject
    found: Identifiers
    report: FileReport
    file: DicomFile


Level = Callable[[list[Element], Scope, Trie | None], list[Element]]


class Treatment:
    """Decisions carried out on the elements of one file; `level` treats the items of a sequence."""

    def __init__(self, case: Case, level: Level) -> None:
        self.plan = case.plan
        self.options = case.plan.options
        self.uids = case.uids
        self.subject = case.subject
        self.found = case.found
        self.report = case.report
        self.file = case.file
        self.old_age = False
        self.presentation_state = False
        self._level = level
        self._do: dict[Do, Callable[[Element, Rule, Scope], Element | None]] = {
            Do.DELETE: self._delete,
            Do.EMPTY: self._empty,
            Do.DUMMY: self._dummy,
            Do.UID: self._uid,
            Do.KEEP: self._keep,
            Do.CLEAN: self._clean,
            Do.DATE: self._date,
            Do.BIRTH: self._birth,
            Do.SCRUB: self._scrub,
            Do.INTO: self.into,
            Do.PLAIN: self._plain,
        }

    def __call__(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        """One element by its rule."""
        if rule.entry.vr in STRINGS and isinstance(element.value, bytes):
            element.value = ended(element.value)
        return self._do[rule.do](element, rule, scope)

    def bytes_of(self, element: Element) -> bytes:
        """A value, also one that lies in the file."""
        value = element.value
        if isinstance(value, Span):
            return self.file.data[value.start : value.stop]
        return value if isinstance(value, bytes) else b""

    def _delete(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if self.presentation_state and element.tag in _PRESENTATION_DATES:
            return self._dummy(element, rule, scope)
        self.report.did(scope.prefix + path_name(element.tag), "X")
        return None

    def _empty(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if element.tag == _PATIENT_NAME:
            return self._dummy(element, rule, scope)
        if element.tag == _STUDIES and not scope.depth:  # may be missing, but not be empty
            return self._delete(element, rule, scope)
        self.report.did(scope.prefix + path_name(element.tag), "Z")
        element.vr = rule.entry.vr
        element.value = [] if rule.entry.vr == "SQ" else b""
        return element

    def _dummy(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        vr = rule.entry.vr
        if vr == "SQ":
            if self._items(element) is None:
                return self._empty(element, rule, scope)
            inner = replace(scope, anonymous=scope.anonymous or element.tag not in _STRUCTURE)
            return self.into(element, rule, inner)
        self.report.did(scope.prefix + path_name(element.tag), "D")
        element.vr = vr
        element.value = self.subject.code.encode() if element.tag in _SUBJECT_IDS else DUMMIES.get(vr, b"")
        return element

    def _uid(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if rule.entry.vr == "SQ":
            return self.into(element, rule, scope)
        if "retain-uids" in self.plan.chosen and rule.why == "outside the table":
            return self._plain(element, rule, scope)
        old = self.bytes_of(element)
        element.vr = "UI"
        element.value = b"\\".join(map(self.uids, old.split(b"\\")))
        self.report.did(scope.prefix + path_name(element.tag), "U")
        return element

    def _keep(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        vr = rule.entry.vr
        if vr == "SQ":
            return self.into(element, rule, scope)
        if element.tag == _AGE:
            return self._age(element, rule, scope)
        if not values.is_plausible(element.tag, self.bytes_of(element)):
            return self._do[rule.basic](element, rule, scope)
        if vr in TEXT:
            return self._scrub(element, rule, scope)
        return self._plain(element, rule, scope)

    def _age(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        capped = values.age(self.bytes_of(element))
        if capped is None:
            return self._do[rule.basic](element, rule, scope)
        element.vr, (element.value, over) = "AS", capped
        if over:
            self.old_age = True
            self.report.did(path_name(element.tag), "C")
        return element

    def _clean(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        vr = rule.entry.vr
        if vr == "SQ":
            if self._items(element) is None:
                return self._do[rule.basic](element, rule, scope)
            return self.into(element, rule, replace(scope, cleaning=element.tag not in _STRUCTURE))
        if vr not in TEXT:
            return self._keep(element, rule, scope)
        old = self.bytes_of(element)
        new = values.cleaned(
            old, scope.charset, self.found, self.options.extra_words, multiple=rule.entry.multiple
        )
        if not new:
            return (
                self._do[rule.basic](element, rule, scope)
                if old.strip(b"\0 ")
                else self._emptied(element, vr)
            )
        if new != old:
            self.report.did(scope.prefix + path_name(element.tag), "C")
        element.vr, element.value = vr, values.fitting(new, vr)
        return element

    def _emptied(self, element: Element, vr: str) -> Element:
        element.vr, element.value = vr, b""
        return element

    def _date(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if self.plan.keeps_dates or self.plan.moves_dates:
            days = self.subject.days if self.plan.moves_dates else 0
            new = values.dates(self.bytes_of(element), rule.entry.vr, days)
            if new is not None:
                if rule.entry.vr != "TM" and days:
                    self.report.did(scope.prefix + path_name(element.tag), "shift")
                element.vr, element.value = rule.entry.vr, new
                return element
            self.report.warn("BAD_DATE")
        if not self.bytes_of(element).strip(b"\0 "):
            return self._emptied(element, rule.entry.vr)
        return self._dummy(element, rule, scope)

    def _birth(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        old = self.bytes_of(element)
        new = values.dates(old, "DA", self.subject.days)
        if new is None or self.old_age:
            return self._empty(element, rule, scope)
        if self.options.birth_date == "year":
            new = old[:4] + b"0101" if old.strip(b"\0 ") else b""
        self.report.did(scope.prefix + path_name(element.tag), "shift")
        element.vr, element.value = "DA", new
        return element

    def _scrub(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if isinstance(element.value, list):
            return self._delete(element, rule, scope)
        old, vr = self.bytes_of(element), rule.entry.vr
        if scope.anonymous and old:
            return self._dummy(element, rule, scope)
        if scope.cleaning and vr in FREE and element.tag not in _CODE_WORDS:
            new = values.cleaned(
                old, scope.charset, self.found, self.options.extra_words, multiple=rule.entry.multiple
            )
            new = values.fitting(new, vr) or (DUMMIES[vr] if old else b"")
        else:
            new = values.scrubbed(old, vr, scope.charset, self.found, multiple=rule.entry.multiple)
        if new != old:
            self.report.did(scope.prefix + path_name(element.tag), "C")
            element.vr, element.value = vr, new
        return element

    def into(
        self, element: Element, rule: Rule, scope: Scope, touched: dict[int, Trie] | None = None
    ) -> Element | None:
        """A sequence: what is in its items, `touched` being what rules of the profile decided there."""
        items = self._items(element)
        if items is None:
            return self._delete(element, rule, scope)
        if scope.depth >= MAX_DEPTH:
            raise Rejected(Code.LIMIT, path_name(element.tag))
        prefix = f"{scope.prefix}{path_name(element.tag)}[*]."
        element.vr = "SQ"
        element.value = [
            self._level(
                item,
                replace(scope, prefix=prefix, depth=scope.depth + 1),
                touched.get(number) if touched else None,
            )
            for number, item in enumerate(items)
        ]
        return element

    def _items(self, element: Element) -> Items | None:
        value = element.value
        if isinstance(value, Span):
            element = Element(element.tag, element.vr, self.bytes_of(element))
        return items_of(element, implicit=self.file.implicit, big=self.file.big)

    def _plain(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if values.mismatch(element, rule.entry) or values.same_number(element, rule.entry, self.found):
            self.report.warn("WRONG_VR")
            if rule.entry.vr in NUMBERS:  # an empty number is none
                return self._delete(element, rule, scope)
            self.report.did(scope.prefix + path_name(element.tag), "Z")
            return self._emptied(element, rule.entry.vr)
        return element
