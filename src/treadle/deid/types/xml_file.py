"""XML: fields by XPath, elements or attributes. Document types are refused, nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dateutil.parser import parse
from lxml import etree

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.actions import as_text
from treadle.deid.fields.model import Rule, Section
from treadle.deid.run import Run
from treadle.deid.types.finish import changed, named, nothing

_DOCTYPE = re.compile(rb"<\0?!\0?(D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)", re.IGNORECASE)


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One document in, one out."""
    if _DOCTYPE.search(data):
        raise Rejected(Code.NOT_SUPPORTED, "DOCTYPE")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Rejected(Code.TRUNCATED) from error
    record = Tree(root, section)
    scope = changed(record, nothing, data, section, run)
    out = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    return [(named(name, section, nothing, scope), out)]


class Tree:
    """Elements and attributes that an XPath finds; nothing is created."""

    def __init__(self, root: Any, section: Section) -> None:
        self.root = root
        self.section = section
        self.form: str | None = None

    def places(self, rule: Rule) -> Iterator[tuple[Any, str | None]]:
        """(element, None) or (element, attribute)."""
        self.form = self._date_form(rule)
        prefixes = {prefix: space for prefix, space in self.root.nsmap.items() if prefix}
        try:
            found = self.root.getroottree().xpath(rule.name, namespaces=prefixes)
        except etree.XPathError as error:
            raise ValueError("not an XPath here") from error
        for node in found if isinstance(found, list) else [found]:
            if getattr(node, "is_attribute", False):
                yield node.getparent(), node.attrname
            elif isinstance(node, etree._Element):
                yield node, None
            else:
                raise ValueError("not an element or attribute")

    def _date_form(self, rule: Rule) -> str | None:
        if rule.action == "increment-date":
            return rule.moved.format or self.section.date_format
        return (
            rule.moved.format or self.section.datetime_format if rule.action == "increment-datetime" else None
        )

    def get(self, place: tuple[Any, str | None]) -> str | None:
        """The text; dates of any form in the form that the rule wants."""
        node, attribute = place
        text = node.text if attribute is None else node.get(attribute)
        return _rewritten(text, self.form) if text and self.form and self.form != "timestamp" else text

    def put(self, place: tuple[Any, str | None], value: Any) -> None:
        """Set the text."""
        node, attribute = place
        if attribute is None:
            node.text = as_text(value)
        else:
            node.set(attribute, as_text(value))

    def remove(self, place: tuple[Any, str | None]) -> None:
        """Delete the node."""
        node, attribute = place
        if attribute is None:
            node.getparent().remove(node)
        else:
            node.attrib.pop(attribute, None)


def _rewritten(text: str, form: str) -> str:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return parse(text).strftime(form)
    return text
