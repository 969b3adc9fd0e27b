"""Zip files looked into: their members and one of them, by the directory alone."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from treadle.server.catalog.rows import File
from treadle.server.store.blobs import Blobs
from treadle.server.store.zips import (
    MemberDamaged,
    MemberMissing,
    Packed,
    ZipDirectory,
    ZipEntry,
    member_data_offset,
    read_directory,
)
from treadle.server.wire.answer import stamp

_KEPT_MEMBERS = 200_000


class DirectoryCache:
    """Directories of recently used zips; contents never change, so neither do these."""

    def __init__(self, limit: int = _KEPT_MEMBERS) -> None:
        self._limit, self._members = limit, 0
        self._known: OrderedDict[str, dict[str, ZipEntry]] = OrderedDict()

    async def members(self, blobs: Blobs, target: File) -> dict[str, ZipEntry]:
        """The members by name; of equal names the last, as other programs see it."""
        found = self._known.get(target.blob_sha384)
        if found is None:
            directory = await read_directory(blobs, target.blob_sha384, target.size)
            found = {entry.name: entry for entry in directory.entries}
            self._keep(target.blob_sha384, found)
        else:
            self._known.move_to_end(target.blob_sha384)
        return found

    def _keep(self, sha384: str, members: dict[str, ZipEntry]) -> None:
        if len(members) > self._limit or sha384 in self._known:
            return
        self._known[sha384] = members
        self._members += len(members)
        while self._members > self._limit:
            _, dropped = self._known.popitem(last=False)
            self._members -= len(dropped)


_directories = DirectoryCache()


async def zip_info(blobs: Blobs, target: File) -> dict[str, Any]:
    """The wire's description of a zip."""
    directory: ZipDirectory = await read_directory(blobs, target.blob_sha384, target.size)
    return {
        "comment": directory.comment,
        "members": [
            {
                "path": entry.name,
                "size": entry.size,
                "timestamp": stamp(entry.timestamp),
                "comment": entry.comment,
            }
            for entry in directory.entries
        ],
    }


async def find_member(blobs: Blobs, target: File, name: str) -> Packed:
    """Where a member's bytes are; MemberMissing when there is no such member."""
    entry = (await _directories.members(blobs, target)).get(name)
    if entry is None:
        raise MemberMissing(f"The zip has no member '{name[:200]}'.")
    if entry.is_encrypted:
        raise MemberDamaged("The zip member is encrypted.")
    offset = await member_data_offset(blobs, target.blob_sha384, target.size, entry)
    return Packed(target.blob_sha384, offset, entry.compressed_size, entry.size, entry.method, entry.crc)
