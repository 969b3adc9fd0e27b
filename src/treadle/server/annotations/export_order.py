"""What an export needs, and the way to the process that writes it: its libraries are loaded there alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Unsuitable(Exception):
    """These regions or images cannot be written in this form; the reason follows."""


@dataclass(frozen=True)
class Order:
    """What is to be written, of which images."""

    kind: str
    name: str
    author: str
    regions: list[dict[str, Any]]
    headers: list[bytes]  # of the images, in their order along the patient
    painted: bytes | None = None  # labels painted on the images: a packed NIfTI volume


def placed(
    regions: Sequence[Mapping[str, Any]], images: Sequence[Any]
) -> list[tuple[Mapping[str, Any], Any]]:
    """Each region with its image; only plain images are known to have one place."""
    by_uid = {str(image.SOPInstanceUID): image for image in images}
    found = []
    for region in regions:
        image = by_uid.get(region["ref"].get("sop_uid", ""))
        if image is None:
            continue
        if int(image.get("NumberOfFrames") or 1) > 1:
            raise Unsuitable("regions on multi-frame images are exported as JSON, CSV or not at all")
        found.append((region, image))
    if not found:
        raise Unsuitable("none of the regions lies on an image of a DICOM series")
    return found


def written(order: Order) -> bytes:
    """The file; Unsuitable says why there is none."""
    from treadle.server.annotations.export_process import write  # noqa: PLC0415 - a second of imports

    return write(order)
