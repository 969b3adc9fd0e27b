"""The preset `minimal`: name, number and birth date of the patient, wherever they are; nothing else."""

from __future__ import annotations

from treadle.deid.dicom.elements import PIXELS, Element, path_name
from treadle.deid.dicom.part10 import DicomFile
from treadle.deid.dicom.reader import items_of
from treadle.deid.presets.plan import MINIMAL
from treadle.deid.presets.touched import Trie
from treadle.deid.report import FileReport


def empty(file: DicomFile, touched: Trie | None, report: FileReport) -> None:
    """What the profile's own rules decided (`touched`) stays."""
    _level(file, file.elements, touched, report)


def _level(file: DicomFile, elements: list[Element], touched: Trie | None, report: FileReport) -> bool:
    """Whether something was emptied; only then is what lay in an unknown element written as a sequence."""
    changed = False
    for element in elements:
        below = touched.get(element.tag) if touched else None
        if below is True:
            continue
        if element.tag in MINIMAL:
            element.value = b""
            report.did(path_name(element.tag), "Z")
            changed = True
        elif element.vr in {"SQ", "UN", ""} and element.tag not in PIXELS:
            for number, item in enumerate(
                items := items_of(element, implicit=file.implicit, big=file.big) or []
            ):
                inner = below.get(number) if isinstance(below, dict) else None
                if _level(file, item, inner if isinstance(inner, dict) else None, report):
                    element.vr, element.value, changed = "SQ", items, True
    return changed
