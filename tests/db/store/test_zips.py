"""Zip files read over byte ranges: as Python's zipfile sees them, and when somebody means harm."""

import asyncio
import io
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obstore.store import MemoryStore

from treadle.server.kit.errors import TreadleError
from treadle.server.store.blobs_object import ObjectBlobs
from treadle.server.store.zips import (
    MemberDamaged,
    NotAZip,
    Packed,
    inflate,
    member_data_offset,
    read_directory,
)


def zipped(members, *, comment=b"", method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.comment = comment
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


async def store(content):
    blobs = ObjectBlobs(MemoryStore())
    writer = await blobs.writer()
    await writer.write(content)
    receipt = await writer.finish()
    await receipt.publish()
    return blobs, receipt.ref


async def directory_of(content):
    blobs, ref = await store(content)
    return await read_directory(blobs, ref.sha384, ref.size)


async def extract(content, name):
    blobs, ref = await store(content)
    directory = await read_directory(blobs, ref.sha384, ref.size)
    entry = next(entry for entry in directory.entries if entry.name == name)
    offset = await member_data_offset(blobs, ref.sha384, ref.size, entry)
    packed = Packed(ref.sha384, offset, entry.compressed_size, entry.size, entry.method, entry.crc)
    return b"".join([part async for part in inflate(blobs, packed)])


NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@settings(max_examples=40)
@given(
    st.dictionaries(NAMES.filter(lambda name: "\\" not in name), st.binary(max_size=3000), max_size=8),
    st.binary(max_size=50),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_members_are_those_that_zipfile_wrote(members, comment, method):
    content = zipped(members, comment=comment, method=method)
    directory = asyncio.run(directory_of(content))
    assert [(entry.name, entry.size) for entry in directory.entries] == [
        (name, len(data)) for name, data in members.items()
    ]
    for name, data in members.items():
        assert asyncio.run(extract(content, name)) == data


def test_ten_thousand_members_are_listed_quickly():
    content = zipped({f"{number}.dcm": b"x" for number in range(10_000)})
    start = time.monotonic()
    directory = asyncio.run(directory_of(content))
    assert len(directory.entries) == 10_000
    assert time.monotonic() - start < 2


def test_zip64_directories_are_read():
    content = zipped({f"{number}": b"" for number in range(70_000)}, method=zipfile.ZIP_STORED)
    assert len(asyncio.run(directory_of(content)).entries) == 70_000


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"not a zip at all", b"PK\x03\x04" + b"x" * 100])
def test_what_is_no_zip_is_refused(content):
    with pytest.raises(NotAZip):
        asyncio.run(directory_of(content))


@given(st.data())
def test_damaged_zips_give_an_error_of_ours_or_the_right_bytes(data):
    original = zipped({"a": b"hello" * 100, "b": bytes(range(50))})
    position = data.draw(st.integers(0, len(original) - 1))
    damaged = bytearray(original)
    damaged[position] ^= data.draw(st.integers(1, 255))
    try:
        for entry in asyncio.run(directory_of(bytes(damaged))).entries:
            found = asyncio.run(extract(bytes(damaged), entry.name))
            assert len(found) == entry.size
    except (TreadleError, StopIteration):
        pass


def test_a_bomb_stops_at_its_declared_size():
    content = bytearray(zipped({"bomb": bytes(50 << 20)}))
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 1000)  # the directory lies about the size
    with pytest.raises(MemberDamaged, match="larger"):
        asyncio.run(extract(bytes(content), "bomb"))


def test_a_directory_that_claims_millions_of_members_is_refused():
    content = bytearray(zipped({"a": b"x"}))
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", content, at + 8, 65_000, 65_000)
    with pytest.raises(NotAZip):
        asyncio.run(directory_of(bytes(content)))
