"""What of a routing string may leave: the places it names, but nothing that names the patient."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from treadle.connector.privacy.files import mapped
from treadle.deid.codes import Rejected
from treadle.deid.dicom.part10 import read
from treadle.deid.residual import Identifiers, identifiers_of
from treadle.dicom.config import RoutingConfig
from treadle.dicom.routing import Route, parse_routing
from treadle.dicom.tags import read_values

WITHHELD = "label_withheld"


def outgoing(route: Route, header: Dataset, original: Path, config: RoutingConfig) -> Route:
    """The route without texts that name the patient or somebody else of the header, and without illegal groups.

    What was typed into the routing string itself does not count as such a name.
    """
    known = _identifiers(header, original, config)
    group, project, subject, session = (
        None if text is not None and known.in_name(text) else text
        for text in (route.group, route.project, route.subject, route.session)
    )
    requested = group if route.requested_group == group else None
    legal = replace(route, requested_group=requested)
    clean = replace(legal, group=group, project=project, subject=subject, session=session)
    if clean == legal:
        return legal
    if clean.group != route.group:
        clean = replace(clean, status="group_invalid")
    elif clean.project != route.project:
        clean = replace(clean, status="project_missing")
    return replace(clean, flags=tuple(sorted({*clean.flags, WITHHELD})))


def is_routed(header: Dataset, tag: str, config: RoutingConfig) -> bool:
    """Whether a routing string stands at that tag, and so not what belongs there."""
    return tag in config.tags and parse_routing(read_values(header, tag), config).form != "none"


def _identifiers(header: Dataset, original: Path, config: RoutingConfig) -> Identifiers:
    routed = {_number(tag) for tag in config.tags if is_routed(header, tag, config)}
    try:
        with original.open("rb") as file, mapped(file) as data:
            return identifiers_of([one for one in read(data).elements if one.tag not in routed])
    except Rejected:  # such a file goes nowhere; the engine says why
        return Identifiers()


def _number(tag: str) -> int | None:
    """None for a private one: nobody looks for identifiers there."""
    keyword = tag_for_keyword(tag)
    if keyword is not None or '"' in tag:
        return keyword
    return int(tag.replace(",", ""), 16)
