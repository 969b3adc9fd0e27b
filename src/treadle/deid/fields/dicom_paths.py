"""Elements of a data set by path, nested ones included, without decoding what no rule asks for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.dicom_names import Private, public_vr

Where = tuple[int, ...]  # (tag,) or (sequence tag, item index, tag, ...)
MAX_DEPTH = 32


@cache
def base(tag: int) -> BaseTag:
    """pydicom's own kind of tag."""
    return Tag(tag)


def tags(dataset: Dataset) -> list[int]:
    """The tags that are there, in the order of the file; the data set may change meanwhile."""
    return list(dataset.keys())


def has(dataset: Dataset, tag: int) -> bool:
    """Whether an element is there."""
    return tag in dataset.keys()  # noqa: SIM118 `in dataset` parses the tag anew each time


def element(dataset: Dataset, tag: int) -> DataElement | None:
    """The decoded element, or nothing."""
    return dataset[base(tag)] if has(dataset, tag) else None


def items(dataset: Dataset, tag: int) -> list[Dataset]:
    """The items of a sequence; none when the element is missing or something else."""
    found = element(dataset, tag)
    return list(found.value or ()) if found is not None and found.VR == "SQ" else []


def is_sequence(dataset: Dataset, tag: int) -> bool:
    """Whether an element is a sequence, decided without decoding it."""
    vr = dataset.get_item(base(tag)).VR
    return vr == "SQ" or (vr in (None, "UN") and tag >> 16 & 1 == 0 and public_vr(tag) == "SQ")


def walk(dataset: Dataset, prefix: Where = ()) -> Iterator[tuple[Where, Dataset]]:
    """The data set and every item in it, outer ones first, each with the path that leads to it."""
    if len(prefix) > 2 * MAX_DEPTH:
        raise Rejected(Code.LIMIT, spelled(prefix))
    yield prefix, dataset
    for tag in tags(dataset):
        if is_sequence(dataset, tag):
            for index, item in enumerate(items(dataset, tag)):
                yield from walk(item, (*prefix, int(tag), index))


def block(dataset: Dataset, name: Private) -> int | None:
    """The tag that a private name has in this data set, or nothing when its creator is missing."""
    for low in range(0x10, 0x100):
        creator = element(dataset, name.group << 16 | low)
        if creator is not None and str(creator.value).strip() == name.creator:
            return name.group << 16 | low << 8 | name.element
    return None


def spelled(where: Where) -> str:
    """A path for reports: `52009230[*].00189074`."""
    parts = [f"{part:08x}" if index % 2 == 0 else "[*]" for index, part in enumerate(where)]
    return "".join(parts).replace("]", "].").rstrip(".")


def paths(dataset: Dataset, prefix: Where = ()) -> list[tuple[str, Where]]:
    """Every element twice, as the regular expressions of a profile see it: by keywords, then by hexadecimal tags."""
    return [*_by_keyword(dataset, "", prefix), *_by_tag(dataset, "", prefix)]


def _by_keyword(dataset: Dataset, text: str, prefix: Where) -> Iterator[tuple[str, Where]]:
    known = [(word, tag) for tag in tags(dataset) if (word := _keyword(tag))]
    for word, tag in sorted(known):
        yield text + word, (*prefix, int(tag))
        if is_sequence(dataset, tag):
            for index, item in enumerate(items(dataset, tag)):
                yield from _by_keyword(item, f"{text}{word}.{index}.", (*prefix, int(tag), index))


def _by_tag(dataset: Dataset, text: str, prefix: Where) -> Iterator[tuple[str, Where]]:
    for tag in tags(dataset):
        yield f"{text}{tag:08x}", (*prefix, int(tag))
        if is_sequence(dataset, tag):
            for index, item in enumerate(items(dataset, tag)):
                yield from _by_tag(item, f"{text}{tag:08x}.{index}.", (*prefix, int(tag), index))


@cache
def _keyword(tag: int) -> str:
    """The keyword of a tag that has one of its own (elements of repeating groups share theirs)."""
    return "" if tag >> 16 & 0xFF00 in (0x5000, 0x6000) else keyword_for_tag(tag)
