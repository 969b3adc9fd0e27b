"""Documents and reports inside DICOM: rules cannot clean what somebody wrote (deid.md, section 3.5)."""

from __future__ import annotations

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.elements import Element
from treadle.deid.presets.plan import Plan

_REPORTS, _ENCAPSULATED = b"1.2.840.10008.5.1.4.1.1.88.", b"1.2.840.10008.5.1.4.1.1.104."
_DOCUMENT, _CONTENT, _TYPE, _SOP_CLASS = 0x00420011, 0x0040A730, 0x00420012, 0x00080016
_LENGTH = 0x00420015
# Key objects and dose reports are built like reports; what they hold is codes, numbers and references all the same
# only when somebody asked for structured content to be cleaned.
_EMPTY = {
    b"application/pdf": (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    ),
    b"text/XML": b'<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"/>\n',
    b"model/stl": bytes(84),
}


def is_document(elements: list[Element]) -> bool:
    """Is it one, by its class or by what it holds?"""
    classes = [e.value for e in elements if e.tag == _SOP_CLASS and isinstance(e.value, bytes)]
    if any(found.startswith((_REPORTS, _ENCAPSULATED)) for found in classes):
        return True
    return _holds(elements, frozenset((_DOCUMENT, _CONTENT)))


def _holds(elements: list[Element], tags: frozenset[int]) -> bool:
    return any(
        element.tag in tags
        or (isinstance(element.value, list) and any(_holds(item, tags) for item in element.value))
        for element in elements
    )


def settle(elements: list[Element], plan: Plan) -> list[Element]:
    """A document emptied or let through as the profile says; Rejected by default."""
    if not is_document(elements) or plan.options.documents == "allow":
        return elements
    if not _holds(elements, frozenset((_DOCUMENT,))) and "clean-structured-content" in plan.chosen:
        return elements
    if plan.options.documents == "reject":
        raise Rejected(Code.DOCUMENT)
    return _emptied(elements)


def _emptied(elements: list[Element]) -> list[Element]:
    kinds = [e.value.strip(b"\0 ") for e in elements if e.tag == _TYPE and isinstance(e.value, bytes)]
    for element in elements:
        if element.tag == _DOCUMENT:
            element.vr, element.value = "OB", _EMPTY.get(kinds[0] if kinds else b"", b"")
        elif element.tag == _CONTENT:
            element.value = []
        elif isinstance(element.value, list):
            element.value = [_emptied(item) for item in element.value]
    return [element for element in elements if element.tag != _LENGTH]
