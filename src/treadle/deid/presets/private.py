"""Safe private attributes: PS3.15 Table E.3.10-1 and what diffusion and perfusion need (deid.md, section 3.6)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from treadle.deid.dicom.elements import NUMBERS, TEXT, Element
from treadle.deid.dicom.text import character_set
from treadle.deid.presets import csa
from treadle.deid.presets.clean import clean

if TYPE_CHECKING:
    from treadle.deid.presets.treat import Case

_FIXED = {"DS": 16, "IS": 12, "CS": 16, "SH": 16, "LO": 64}
_MAX_VALUES, _CSA_GROUP = 4096, 0x0029

Key = tuple[int, str, int]


@cache
def builtin() -> dict[Key, str]:
    """(group, creator, element byte) -> VR."""
    text = files("treadle.deid.presets").joinpath("safe_private.tsv").read_text("utf-8")
    found: dict[Key, str] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            group, creator, element, vr = line.split("\t")[:4]
            found[int(group, 16), creator, int(element, 16)] = vr
    return found


def safe(odd: list[Element], named: set[int], case: Case) -> list[Element]:
    """Of the private elements of one data set those that stay: safe ones, and the creators of all that stay."""
    table = builtin() if case.plan.safe_private else {}
    if case.plan.options.safe_private:
        table = table | {
            (group, creator, number): vr for group, creator, number, vr in case.plan.options.safe_private
        }
    creators: dict[int, Element] = {}
    for element in odd:
        if 0x10 <= element.tag & 0xFFFF <= 0xFF and isinstance(element.value, bytes):
            creators[element.tag] = element
    kept: list[Element] = []
    wanted: set[int] = {_creator(tag) for tag in named}
    for element in odd:
        creator = creators.get(_creator(element.tag))
        if creator is None or element.tag & 0xFF00 == 0 or not isinstance(creator.value, bytes):
            continue
        name = creator.value.strip(b"\0 ").decode("latin-1")
        if case.plan.options.csa_fields and _is_csa(element, name) and isinstance(element.value, bytes):
            header = csa.cleaned(element.value)
            if header is not None:
                kept.append(Element(element.tag, "OB", header))
                wanted.add(creator.tag)
            continue
        vr = table.get((element.tag >> 16, name, element.tag & 0xFF))
        if vr and _fits(element, vr, case):
            element.vr = vr if element.vr else ""
            kept.append(element)
            wanted.add(creator.tag)
    return [creators[tag] for tag in wanted if tag in creators] + kept


def _is_csa(element: Element, creator: str) -> bool:
    return element.tag >> 16 == _CSA_GROUP and creator == csa.CREATOR and element.tag & 0xFF in csa.ELEMENTS


def _creator(tag: int) -> int:
    return tag & 0xFFFF0000 | tag >> 8 & 0xFF


def _fits(element: Element, vr: str, case: Case) -> bool:
    value = element.value
    if not isinstance(value, bytes) or element.vr not in {vr, "", "UN"}:
        return False
    if vr in NUMBERS:
        return len(value) % NUMBERS[vr] == 0 and len(value) <= _MAX_VALUES * NUMBERS[vr]
    if vr in {"OB", "OW"}:
        return True
    return (vr in TEXT or vr in {"DS", "IS"}) and _says_nothing(value, vr, case)


def _says_nothing(value: bytes, vr: str, case: Case) -> bool:
    text = character_set(b"").decode(value)
    if any(len(part) > _FIXED.get(vr, 64) for part in text.split("\\")):
        return False
    if vr in {"DS", "IS"}:
        return all(c in "0123456789.eE+- \\" for c in text)
    return all(clean(part, case.found) == part.strip() for part in text.split("\\"))
