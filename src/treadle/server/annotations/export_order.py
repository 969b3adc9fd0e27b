"""What an export needs, and the way to the process that writes it: its libraries are loaded there alone."""

from __future__ import annotations

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


def written(order: Order) -> bytes:
    """The file; Unsuitable says why there is none."""
    from treadle.server.annotations.export_process import write  # noqa: PLC0415 - a second of imports

    return write(order)
