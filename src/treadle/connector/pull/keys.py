"""What of a series decides where it goes: the routing and opt values, as far as a query can return them."""

import hashlib
import json
from collections.abc import Iterable

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from treadle.connector.config import DeviceConfig
from treadle.dicom.optin import decide_header
from treadle.dicom.patterns import compile_rule
from treadle.dicom.routing import read_routing
from treadle.dicom.tags import read_text


def key_tags(device: DeviceConfig) -> tuple[str, ...]:
    """Tags whose change makes a series new: those of its routing and of its opt rule."""
    return tuple(dict.fromkeys((*_routing_tags(device), *_opt_tags(device))))


def ask_for(query: Dataset, tags: Iterable[str]) -> None:
    """Make the tags return keys of the query; private ones cannot be asked for."""
    for tag in tags:
        number = tag_for_keyword(tag) or _public_number(tag)
        if number is not None and number not in query:
            query.add_new(number, _vr(number), "")


def is_blind(answer: Dataset, device: DeviceConfig) -> bool:
    """Whether the answer lacks a value that decides: only the header can tell."""
    return not all(read_text(answer, tag) for tag in key_tags(device))


def fingerprint(holder: Dataset, device: DeviceConfig) -> str:
    """One text that changes with the deciding values; the values themselves are not kept."""
    values = [read_text(holder, tag) for tag in key_tags(device)]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def is_wanted(answer: Dataset, device: DeviceConfig) -> bool:
    """Whether the series should be retrieved, by what the query says; what it leaves open the header decides."""
    opt = device.opt
    if opt.mode == "all":
        return True
    if not any(read_text(answer, tag) for tag in _opt_tags(device)):
        return not (opt.mode == "in" and device.pull.trust_query)
    route = read_routing(answer, device.mapping.routing)
    return decide_header(answer, opt, route=route) == "upload"


def _routing_tags(device: DeviceConfig) -> tuple[str, ...]:
    routing = device.mapping.routing
    if routing.patterns:
        return tuple(tag for rule in routing.patterns for tag in compile_rule(rule).tags)
    return routing.tags


def _opt_tags(device: DeviceConfig) -> tuple[str, ...]:
    if device.opt.mode == "all":
        return ()
    return _routing_tags(device) if device.opt.field == "routing" else (device.opt.field,)


def _public_number(tag: str) -> int | None:
    digits = tag.strip("() ").replace(",", "").replace(" ", "")
    try:
        number = int(digits, 16) if len(digits) == 8 else None
    except ValueError:
        return None
    return number if number is not None and not Tag(number).is_private else None


def _vr(number: int) -> str:
    try:
        return str(dictionary_VR(number))
    except KeyError:
        return "LO"
