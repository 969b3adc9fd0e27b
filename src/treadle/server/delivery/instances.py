"""DICOM instances of a file: known from the index made at ingest, read without unpacking the series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.rows import File
from treadle.server.catalog.tables import instance
from treadle.server.kit.errors import NotFound
from treadle.server.store.zips import Packed


@dataclass(frozen=True)
class Instance:
    """Where one instance lies in its file, and what a viewer needs to sort it."""

    sop_uid: str
    sop_class_uid: str | None
    transfer_syntax: str | None
    number: int | None
    position: list[float] | None
    orientation: list[float] | None
    frames: int
    rows: int | None
    columns: int | None
    offset: int
    compressed_size: int
    size: int
    method: int

    def place(self, sha384: str) -> Packed:
        """Where it lies in the file of this content."""
        return Packed(sha384, self.offset, self.compressed_size, self.size, self.method)

    def shown(self) -> dict[str, Any]:
        """The instance as the viewer reads it."""
        return {
            "sop_uid": self.sop_uid,
            "sop_class_uid": self.sop_class_uid,
            "transfer_syntax": self.transfer_syntax,
            "number": self.number,
            "position": self.position,
            "orientation": self.orientation,
            "frames": self.frames,
            "rows": self.rows,
            "columns": self.columns,
            "size": self.size,
        }


_COLUMNS = tuple(
    column for column in instance.c if column.name not in ("file_version_id", "member", "series")
)


def _depth(item: Instance) -> float | None:
    """Distance along the slice normal (PS3.3 C.7.6.2.1.1), or None without geometry."""
    if item.position is None or item.orientation is None or len(item.orientation) != 6:
        return None
    a, b = item.orientation[:3], item.orientation[3:]
    normal = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return sum(n * p for n, p in zip(normal, item.position, strict=True))


def viewing_order(items: list[Instance]) -> list[Instance]:
    """One volume goes along its normal; anything else (time series, scouts) by instance number."""
    depths = [_depth(item) for item in items]
    same_plane = len({tuple(round(v, 3) for v in item.orientation or ()) for item in items}) == 1
    distinct = len({round(depth, 3) for depth in depths if depth is not None}) == len(items)
    if same_plane and distinct and None not in depths and not _numbered(items):
        return [item for _, item in sorted(zip(depths, items, strict=True), key=lambda pair: pair[0] or 0.0)]
    return sorted(items, key=lambda item: (item.number is None, item.number or 0, item.sop_uid))


def _numbered(items: list[Instance]) -> bool:
    numbers = [item.number for item in items]
    return None not in numbers and len(set(numbers)) == len(numbers)


async def instances_of(connection: AsyncConnection, target: File) -> list[Instance]:
    """All instances of a file version in viewing order; empty when it is not DICOM or not indexed yet."""
    rows = await connection.execute(select(*_COLUMNS).where(instance.c.file_version_id == target.id))
    return viewing_order([Instance(**row._mapping) for row in rows])


async def find_instances(
    connection: AsyncConnection, target: File, sop_uids: Sequence[str]
) -> list[Instance]:
    """These instances of a file version, in this order."""
    rows = await connection.execute(
        select(*_COLUMNS).where(instance.c.file_version_id == target.id, instance.c.sop_uid.in_(sop_uids))
    )
    found = {row.sop_uid: Instance(**row._mapping) for row in rows}
    if not found.keys() >= set(sop_uids):
        raise NotFound("The file has no such instance.")
    return [found[uid] for uid in sop_uids]


async def find_instance(connection: AsyncConnection, target: File, sop_uid: str) -> Instance:
    """One instance of a file version."""
    return (await find_instances(connection, target, [sop_uid]))[0]
