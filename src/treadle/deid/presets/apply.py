"""The pass of a preset over a data set: one decision per element (deid.md, section 3.3)."""

from __future__ import annotations

from treadle.deid.dicom.elements import Element, path_name
from treadle.deid.dicom.reader import in_order
from treadle.deid.dicom.text import character_set
from treadle.deid.presets import private
from treadle.deid.presets.touched import Trie
from treadle.deid.presets.treat import Case, Scope, Treatment

_CHARACTER_SET, _SOP_CLASS, _BIRTH_DATE = 0x00080005, 0x00080016, 0x00100030
_PRESENTATION_STATES = b"1.2.840.10008.5.1.4.1.1.11."


class Pass:
    """One file's way through a preset."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._plan, self._report = case.plan, case.report
        self._treat = Treatment(case, self._level)

    def data_set(self, elements: list[Element], touched: Trie | None = None) -> list[Element]:
        """All of a data set. What `touched` names was decided by the profile's own rules and stays as it is."""
        for element in elements:
            if element.tag == _SOP_CLASS and isinstance(element.value, bytes):
                self._treat.presentation_state = element.value.startswith(_PRESENTATION_STATES)
        kept = self._level(elements, Scope(), touched)
        if self._treat.old_age:
            for element in kept:
                if element.tag == _BIRTH_DATE and not (touched and element.tag in touched):
                    element.value = b""
        return kept

    def _level(self, elements: list[Element], scope: Scope, touched: Trie | None) -> list[Element]:
        kept: list[Element] = []
        odd: list[Element] = []
        plan, treat = self._plan, self._treat
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
                self._report.did(scope.prefix + path_name(tag), "X")
                continue
            rule = plan[tag]
            treated = treat.into(element, rule, scope, below) if below else treat(element, rule, scope)
            if treated is not None:
                kept.append(treated)
        if odd:
            kept = self._private(odd, kept, scope)
        return kept

    def _private(self, odd: list[Element], kept: list[Element], scope: Scope) -> list[Element]:
        named = {element.tag for element in kept if element.tag & 0x10000}
        stay = private.safe(odd, named, self._case) if self._plan.private_stays or named else []
        self._report.changes["private_removed"] = (
            self._report.changes.get("private_removed", 0) + len(odd) - len(stay)
        )
        if len(odd) > len(stay):
            self._report.elements.setdefault((scope.prefix + "GGGGEEEE", "X"), 1)
        if not stay:
            return kept
        self._report.changes["private_kept"] = self._report.changes.get("private_kept", 0) + len(stay)
        return in_order(kept + stay)

    def _character_set(self, element: Element, scope: Scope) -> bool:
        value = self._treat.bytes_of(element)
        scope.charset = character_set(value)
        if not scope.charset.known:
            self._report.warn("UNKNOWN_CHARACTER_SET")
        return scope.charset.known

    def _is_drawing(self, element: Element, elements: list[Element]) -> bool:
        """A curve, or an overlay; also what has no place in a data set."""
        group = element.tag >> 16
        if group < 0x0008 or 0x5000 <= group <= 0x50FF:
            return True
        return 0x6000 <= group <= 0x60FF and not self._overlay_stays(element, elements)

    def _overlay_stays(self, element: Element, elements: list[Element]) -> bool:
        """Clean Graphics keeps overlays of regions, never of text; labels, descriptions and comments go."""
        if not self._plan.graphics or element.tag & 0xFFFF in {0x0022, 0x1500, 0x4000}:
            return False
        group = element.tag & 0xFFFF0000
        kinds = [self._treat.bytes_of(other) for other in elements if other.tag == group | 0x0040]
        return bool(kinds) and kinds[0].strip(b"\0 ") == b"R"
