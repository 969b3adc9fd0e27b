"""What reading an object about images needs, and the way to the process that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# SOP classes of what is shown over images (PS3.4 B.5), by kind.
KINDS = {
    "1.2.840.10008.5.1.4.1.1.88.22": "sr",  # Enhanced SR
    "1.2.840.10008.5.1.4.1.1.88.33": "sr",  # Comprehensive SR
    "1.2.840.10008.5.1.4.1.1.88.34": "sr",  # Comprehensive 3D SR
    "1.2.840.10008.5.1.4.1.1.66.4": "seg",
    "1.2.840.10008.5.1.4.1.1.481.3": "rtstruct",
}


@dataclass(frozen=True)
class Overlay:
    """An object, and the images that it is to be shown on."""

    kind: str
    data: bytes
    headers: list[bytes]  # of the images, in their order along the patient


def regions_of(order: Overlay) -> dict[str, Any]:
    """Its regions and labels, in the canonical form."""
    from treadle.server.annotations.overlay_process import regions  # noqa: PLC0415 - a second of imports

    return regions(order)


def labels_of_object(order: Overlay) -> bytes:
    """Its labels as a packed NIfTI volume on the grid of the images."""
    from treadle.server.annotations.overlay_process import labels  # noqa: PLC0415 - a second of imports

    return labels(order)
