"""The blob contract, on a real folder and on an object store, and what only the folder can suffer."""

import asyncio
import hashlib
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.store import MemoryStore
from sqlalchemy import insert, select, text

import treadle.server.catalog.tables  # noqa: F401 - what an upload refers to
from treadle.server.ingest.tables import upload, upload_part
from treadle.server.kit.clock import now
from treadle.server.kit.errors import StorageFull
from treadle.server.store.blobs import BlobMissing, OffsetMismatch, key_of
from treadle.server.store.blobs_local import LocalBlobs
from treadle.server.store.blobs_object import ObjectBlobs
from treadle.server.store.blobs_rows import adopt_orphans, collect_garbage, keep
from treadle.server.store.db import Database
from treadle.server.store.tables import blob

AT_ONCE = timedelta(0)


@pytest.fixture(params=["folder", "bucket"])
def blobs(request, tmp_path):
    return LocalBlobs(tmp_path / "blobs") if request.param == "folder" else ObjectBlobs(MemoryStore())


async def put(blobs, content: bytes, step: int = 1 << 20):
    writer = await blobs.writer()
    for start in range(0, len(content), step):
        await writer.write(content[start : start + step])
    return await writer.finish()


async def stored(blobs, content: bytes):
    receipt = await put(blobs, content)
    await receipt.publish()
    await receipt.close()
    return receipt.ref


async def read_all(blobs, ref, start=0, end=None):
    parts = [part async for part in blobs.open_range(ref.sha384, start, ref.size if end is None else end)]
    return b"".join(parts)


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (5 << 20) + 3, 33 << 20])
def test_what_is_written_is_read_back_under_its_hash(blobs, size):
    async def run():
        content = os.urandom(size)
        ref = await stored(blobs, content)
        assert ref.sha384 == hashlib.sha384(content).hexdigest()
        assert ref.sha256 is None
        assert ref.size == size
        assert await read_all(blobs, ref) == content
        if size > 10:
            assert await blobs.read(ref.sha384, 3, 9) == content[3:9]
            assert await read_all(blobs, ref, 5, size - 1) == content[5:-1]

    asyncio.run(run())


def test_nothing_is_visible_before_it_is_published_or_after_an_abort(blobs):
    async def run():
        receipt = await put(blobs, b"secret")
        assert not await blobs.exists(receipt.ref.sha384)
        await receipt.close()
        writer = await blobs.writer()
        await writer.write(b"x" * (3 << 20))
        await writer.abort()
        await writer.abort()
        assert [name async for name in blobs.names()] == []

    asyncio.run(run())


def test_equal_content_is_stored_once_and_a_missing_one_says_so(blobs):
    async def run():
        one, two = await stored(blobs, b"same"), await stored(blobs, b"same")
        assert one == two
        assert [name async for name in blobs.names()] == [one.sha384]
        await blobs.delete(one.sha384)
        await blobs.delete(one.sha384)
        with pytest.raises(BlobMissing):
            await blobs.read(one.sha384, 0, 1)

    asyncio.run(run())


def test_a_resumable_upload_goes_on_where_it_stopped(blobs):
    async def chunks(*parts):
        for part in parts:
            yield part

    async def run():
        assert await blobs.staged_size("t") == 0
        assert await blobs.stage("t", 0, chunks(b"ab", b"c")) == 3
        with pytest.raises(OffsetMismatch) as wrong:
            await blobs.stage("t", 2, chunks(b"xxxx"))
        assert wrong.value.resume_at == 3
        assert await blobs.stage("t", 3, chunks(b"def")) == 6
        receipt = await blobs.finish_staged("t")
        assert receipt.ref.sha256 == hashlib.sha256(b"abcdef").hexdigest()
        await receipt.publish()
        await receipt.close()
        await blobs.drop_staged("t")
        assert await read_all(blobs, receipt.ref) == b"abcdef"
        assert await blobs.staged_size("t") == 0

    asyncio.run(run())


def test_a_reader_that_goes_away_leaves_no_open_file(tmp_path):
    async def run():
        blobs = LocalBlobs(tmp_path)
        ref = await stored(blobs, b"x" * (8 << 20))
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(20):
            stream = blobs.open_range(ref.sha384, 0, ref.size)
            await anext(stream)
            await stream.aclose()
        await asyncio.sleep(0.2)
        assert len(list(Path("/proc/self/fd").iterdir())) <= before

    asyncio.run(run())


def test_the_next_start_removes_what_a_dead_process_left(tmp_path):
    async def run():
        blobs = LocalBlobs(tmp_path)
        living = await blobs.writer()
        await living.write(b"x" * (4 << 20))  # more than one block: it is on disk
        host = next((tmp_path / "tmp").iterdir()).name.partition(".")[0]
        dead = subprocess.run(
            ["sh", "-c", "echo $$"], capture_output=True, text=True, check=True
        ).stdout.strip()
        (tmp_path / "tmp" / f"{host}.{dead}.abc").write_bytes(b"half")
        (tmp_path / "tmp" / "another-host.1.abc").write_bytes(b"fresh, of another machine")
        assert await blobs.clean() == 1
        await living.abort()

    asyncio.run(run())


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 8 MiB."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_and_leaves_nothing_behind(small_disk):
    async def run():
        blobs = LocalBlobs(small_disk)
        writer = await blobs.writer()

        async def fill():
            for _ in range(16):
                await writer.write(os.urandom(1 << 20))
            await writer.finish()

        with pytest.raises(StorageFull):
            await fill()
        await writer.abort()
        assert list((small_disk / "tmp").iterdir()) == []
        ref = await stored(blobs, os.urandom(6 << 20))
        assert await blobs.exists(ref.sha384)

    asyncio.run(run())


def test_too_little_free_space_refuses_uploads_at_their_start(small_disk):
    async def run():
        with pytest.raises(StorageFull):
            await LocalBlobs(small_disk, min_free_bytes=64 << 20).writer()

    asyncio.run(run())


# Rows and garbage


def with_database(url, work):
    async def run():
        database = Database(url, size=8)
        try:
            async with database.transaction() as connection:
                await connection.execute(text("TRUNCATE blob, upload CASCADE"))
            await work(database)
        finally:
            await database.close()

    asyncio.run(run())


async def kept(database, blobs, content):
    receipt = await put(blobs, content)
    await receipt.publish()
    async with database.transaction() as connection:
        await keep(connection, blobs, receipt)
    await receipt.close()
    return receipt.ref


async def refer(connection, ref, name):
    await connection.execute(
        insert(upload).values(id=name, kind="files", origin_type="user", request={}, expires_at=now())
    )
    await connection.execute(
        insert(upload_part).values(upload_id=name, position=0, name="f", blob_sha384=ref.sha384)
    )


def test_only_contents_nobody_refers_to_are_collected_and_only_after_the_delay(database_url, blobs):
    async def work(database):
        used, unused = await kept(database, blobs, b"used"), await kept(database, blobs, b"unused")
        async with database.transaction() as connection:
            await refer(connection, used, "a")
        assert await collect_garbage(database, blobs, older_than=timedelta(hours=1)) == 0
        assert await collect_garbage(database, blobs, older_than=AT_ONCE) == 1
        assert await blobs.exists(used.sha384)
        assert not await blobs.exists(unused.sha384)

    with_database(database_url, work)


def test_a_reuse_clears_the_sentence(database_url, blobs):
    async def work(database):
        ref = await kept(database, blobs, b"again")
        async with database.transaction() as connection:
            await connection.execute(text("UPDATE blob SET condemned_at = now()"))
        await kept(database, blobs, b"again")
        async with database.transaction() as connection:
            assert (await connection.execute(select(blob.c.condemned_at))).scalar_one() is None
        assert await blobs.exists(ref.sha384)

    with_database(database_url, work)


def test_contents_without_a_row_are_adopted_and_then_collected(database_url, blobs):
    async def work(database):
        ref = await stored(blobs, b"orphan")
        assert await adopt_orphans(database, blobs) == 1
        assert await adopt_orphans(database, blobs) == 0
        assert await collect_garbage(database, blobs, older_than=AT_ONCE) == 1
        assert not await blobs.exists(ref.sha384)

    with_database(database_url, work)


def test_a_content_that_is_used_again_while_it_is_collected_is_never_lost(database_url, tmp_path):
    """Uploads of the same few contents race the collector; every committed reference must be readable."""

    async def work(database):
        blobs = LocalBlobs(tmp_path / "blobs")
        contents = [bytes([number]) * 1000 for number in range(4)]

        async def reuse(worker):
            for round_ in range(40):
                receipt = await put(blobs, contents[(worker + round_) % 4])
                await receipt.publish()
                await asyncio.sleep(0)
                async with database.transaction() as connection:
                    ref = await keep(connection, blobs, receipt)
                    await refer(connection, ref, f"{worker}-{round_}")
                await receipt.close()
                assert await blobs.exists(ref.sha384), "a referred-to content is gone"
                async with database.transaction() as connection:
                    await connection.execute(
                        text("DELETE FROM upload WHERE id = :id"), {"id": f"{worker}-{round_}"}
                    )

        removed, is_over = 0, False

        async def collect():
            nonlocal removed
            while not is_over:
                removed += await collect_garbage(database, blobs, older_than=AT_ONCE)

        collector = asyncio.create_task(collect())
        await asyncio.gather(*(reuse(worker) for worker in range(4)))
        is_over = True
        await collector
        assert removed > 10
        assert key_of("abcd") == "ab/cd/abcd"

    with_database(database_url, work)
