"""The pass of a preset over a data set: one decision per element, each done in place (deid.md, section 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.elements import Element, Items, Span, path_name
from treadle.deid.dicom.part10 import DicomFile
from treadle.deid.dicom.reader import MAX_DEPTH, in_order, sequence_in
from treadle.deid.dicom.text import CharacterSet, character_set
from treadle.deid.mapping import Subject, UidMap
from treadle.deid.presets import private, values
from treadle.deid.presets.dummies import DUMMIES
from treadle.deid.presets.plan import Do, Plan, Rule
from treadle.deid.report import FileReport
from treadle.deid.residual import Identifiers

Trie = dict[int, "bool | dict[int, Trie]"]

_CHARACTER_SET, _PATIENT_NAME, _PATIENT_ID = 0x00080005, 0x00100010, 0x00100020
_BIRTH_DATE, _AGE = 0x00100030, 0x00101010
_CODE_WORDS = frozenset((0x00080100, 0x00080104, 0x00080102, 0x00080119, 0x00080120))
_SUBJECT_IDS = frozenset((_PATIENT_NAME, _PATIENT_ID))
# Sequences that are kept for their structure when the table says "dummy"; all others of these say who somebody is.
_STRUCTURE = frozenset((0x0040A730, 0x00400555, 0x00400610, 0x00700001, 0x0040B020, 0x00081111, 0x30100081))
# Type 1 in presentation states, although the table deletes them.
_PRESENTATION_DATES, _PRESENTATION_STATES = (
    frozenset((0x00700082, 0x00700083)),
    b"1.2.840.10008.5.1.4.1.1.11.",
)


@dataclass(slots=True)
class Scope:
    """What a data set or item is treated under."""

    prefix: str = ""
    charset: CharacterSet = field(default_factory=lambda: character_set(b""))
    anonymous: bool = False  # below a sequence that says who somebody is: every text is a dummy
    cleaning: bool = False  # below a sequence an option lets stay after cleaning
    depth: int = 0


class Pass:
    """One file's way through a preset."""

    def __init__(
        self,
        plan: Plan,
        uids: UidMap,
        subject: Subject,
        found: Identifiers,
        report: FileReport,
        file: DicomFile,
    ) -> None:
        self.plan = plan
        self.options = plan.options
        self.uids = uids
        self.subject = subject
        self.found = found
        self.report = report
        self.file = file
        self.old_age = False
        self.presentation_state = False
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
            Do.INTO: self._into,
            Do.PLAIN: self._plain,
        }

    def data_set(self, elements: list[Element], touched: Trie | None = None) -> list[Element]:
        """All of a data set. What `touched` names was decided by the profile's own rules and stays as it is."""
        for element in elements:
            if element.tag == 0x00080016 and isinstance(element.value, bytes):
                self.presentation_state = element.value.startswith(_PRESENTATION_STATES)
        kept = self._level(elements, Scope(), touched)
        if self.old_age:
            for element in kept:
                if element.tag == _BIRTH_DATE and not (touched and element.tag in touched):
                    element.value = b""
        return kept

    def _level(self, elements: list[Element], scope: Scope, touched: Trie | None) -> list[Element]:
        kept: list[Element] = []
        odd: list[Element] = []
        plan, do = self.plan, self._do
        for element in elements:
            tag = element.tag
            if touched and (below := touched.get(tag)):
                if isinstance(below, bool):
                    kept.append(element)
                    continue
            else:
                below = None
            if tag & 0x10000 and not below:
                odd.append(element)
                continue
            if tag == _CHARACTER_SET:
                if not self._character_set(element, scope):
                    continue
                kept.append(element)
                continue
            if self._is_drawing(element, elements):
                self.report.did(scope.prefix + path_name(tag), "X")
                continue
            rule = plan[tag]
            treated = self._into(element, rule, scope, below) if below else do[rule.do](element, rule, scope)
            if treated is not None:
                kept.append(treated)
        if odd:
            kept = self._private(odd, kept, scope)
        return kept

    def _private(self, odd: list[Element], kept: list[Element], scope: Scope) -> list[Element]:
        named = {element.tag for element in kept if element.tag & 0x10000}
        stay = private.safe(odd, named, self) if self.plan.safe_private or named else []
        self.report.changes["private_removed"] = (
            self.report.changes.get("private_removed", 0) + len(odd) - len(stay)
        )
        if len(odd) > len(stay):
            self.report.elements.setdefault((scope.prefix + "GGGGEEEE", "X"), 1)
        if not stay:
            return kept
        self.report.changes["private_kept"] = self.report.changes.get("private_kept", 0) + len(stay)
        return in_order(kept + stay)

    def _character_set(self, element: Element, scope: Scope) -> bool:
        value = self._bytes(element)
        scope.charset = character_set(value)
        if not scope.charset.known:
            self.report.warn("UNKNOWN_CHARACTER_SET")
        return scope.charset.known

    def _is_drawing(self, element: Element, elements: list[Element]) -> bool:
        """A curve, or an overlay; also what has no place in a data set."""
        group = element.tag >> 16
        if group < 0x0008 or 0x5000 <= group <= 0x50FF:
            return True
        return 0x6000 <= group <= 0x60FF and not self._overlay_stays(element, elements)

    def _overlay_stays(self, element: Element, elements: list[Element]) -> bool:
        """Clean Graphics keeps overlays of regions, never of text; labels, descriptions and comments go."""
        if not self.plan.graphics or element.tag & 0xFFFF in {0x0022, 0x1500, 0x4000}:
            return False
        group = element.tag & 0xFFFF0000
        kinds = [self._bytes(other) for other in elements if other.tag == group | 0x0040]
        return bool(kinds) and kinds[0].strip(b"\0 ") == b"R"

    def _bytes(self, element: Element) -> bytes:
        value = element.value
        if isinstance(value, Span):
            return self.file.data[value.start : value.stop]
        return value if isinstance(value, bytes) else b""

    # What is done. Each returns the element as it goes out, or None.

    def _delete(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if self.presentation_state and element.tag in _PRESENTATION_DATES:
            return self._dummy(element, rule, scope)
        self.report.did(scope.prefix + path_name(element.tag), "X")
        return None

    def _empty(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if element.tag == _PATIENT_NAME:
            return self._dummy(element, rule, scope)
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
            return self._into(element, rule, inner)
        self.report.did(scope.prefix + path_name(element.tag), "D")
        element.vr = vr
        element.value = self.subject.code.encode() if element.tag in _SUBJECT_IDS else DUMMIES.get(vr, b"")
        return element

    def _uid(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if rule.entry.vr == "SQ":
            return self._into(element, rule, scope)
        if "retain-uids" in self.plan.chosen and rule.why == "outside the table":
            return self._plain(element, rule, scope)
        old = self._bytes(element)
        element.vr = "UI"
        element.value = b"\\".join(map(self.uids, old.split(b"\\")))
        self.report.did(scope.prefix + path_name(element.tag), "U")
        return element

    def _keep(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        vr = rule.entry.vr
        if vr == "SQ":
            return self._into(element, rule, scope)
        if element.tag == _AGE:
            return self._age(element, rule, scope)
        if not values.is_plausible(element.tag, self._bytes(element)):
            return self._do[rule.basic](element, rule, scope)
        if vr in values.SCRUBBED:
            return self._scrub(element, rule, scope)
        return self._plain(element, rule, scope)

    def _age(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        capped = values.age(self._bytes(element))
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
            return self._into(element, rule, replace(scope, cleaning=element.tag not in _STRUCTURE))
        if vr not in values.SCRUBBED:
            return self._keep(element, rule, scope)
        old = self._bytes(element)
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
        element.vr, element.value = vr, new
        return element

    def _emptied(self, element: Element, vr: str) -> Element:
        element.vr, element.value = vr, b""
        return element

    def _date(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if self.plan.keeps_dates or self.plan.moves_dates:
            days = self.subject.days if self.plan.moves_dates else 0
            new = values.dates(self._bytes(element), rule.entry.vr, days)
            if new is not None:
                if rule.entry.vr != "TM" and days:
                    self.report.did(scope.prefix + path_name(element.tag), "shift")
                element.vr, element.value = rule.entry.vr, new
                return element
            self.report.warn("BAD_DATE")
        if not self._bytes(element).strip(b"\0 "):
            return self._emptied(element, rule.entry.vr)
        return self._dummy(element, rule, scope)

    def _birth(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        old = self._bytes(element)
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
        old, vr = self._bytes(element), rule.entry.vr
        if scope.anonymous and old:
            return self._dummy(element, rule, scope)
        if scope.cleaning and vr in values.FREE and element.tag not in _CODE_WORDS - {0x00080104}:
            new = values.cleaned(
                old, scope.charset, self.found, self.options.extra_words, multiple=rule.entry.multiple
            )
            new = new or (DUMMIES[vr] if old else b"")
        else:
            new = values.scrubbed(old, vr, scope.charset, self.found, multiple=rule.entry.multiple)
        if new != old:
            self.report.did(scope.prefix + path_name(element.tag), "C")
            element.vr, element.value = vr, new
        return element

    def _into(
        self, element: Element, rule: Rule, scope: Scope, touched: dict[int, Trie] | None = None
    ) -> Element | None:
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
        if isinstance(element.value, list):
            return element.value
        value = self._bytes(element)
        if not value:
            return []
        if element.vr == "SQ":  # of a private sequence, in the encoding of the file
            return sequence_in(value, implicit=self.file.implicit, big=self.file.big)
        return sequence_in(value)

    def _plain(self, element: Element, rule: Rule, scope: Scope) -> Element | None:
        if values.mismatch(element, rule.entry) or values.same_number(element, rule.entry, self.found):
            self.report.warn("WRONG_VR")
            self.report.did(scope.prefix + path_name(element.tag), "Z")
            return self._emptied(element, rule.entry.vr)
        return element


def as_trie(paths: set[tuple[int, ...]]) -> Trie:
    """Paths of a profile's own rules as a tree: tag -> True, or item index -> tree."""
    root: Trie = {}
    for path in paths:
        level = root
        for tag, index in zip(path[:-2:2], path[1:-1:2], strict=True):
            below = level.setdefault(tag, {})
            if below is True or isinstance(below, bool):
                break
            level = below.setdefault(index, {})
        else:
            level[path[-1]] = True
    return root
