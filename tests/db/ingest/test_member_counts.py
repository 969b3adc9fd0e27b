"""Zips from before members were counted get their number, whatever else lies between them."""

from __future__ import annotations

import io
import zipfile

from sqlalchemy import select

from treadle.server.catalog.files import NewFile, place_files
from treadle.server.catalog.tables import file
from treadle.server.ingest import member_counts
from treadle.server.store.blobs_local import LocalBlobs
from treadle.server.store.blobs_rows import keep

SYSTEM = ("system", None)


def zip_of(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(members):
            archive.writestr(f"{number}", b"x")
    return out.getvalue()


def test_old_zips_are_counted_in_batches_and_damaged_ones_passed_over(site, tmp_path, monkeypatch):
    monkeypatch.setattr(member_counts, "_AT_ONCE", 2)
    contents = {f"{count}.zip": zip_of(count) for count in (1, 2, 3)}
    contents |= {"bad.ZIP": b"no zip at all", "scan.nii": zip_of(4), "upper.ZIP": zip_of(5)}

    async def work(there):
        blobs = LocalBlobs(tmp_path / "blobs")
        [[project]] = (await there.world({"g": ["p"]})).values()
        async with there.database.transaction() as connection:
            new = []
            for name, content in contents.items():
                writer = await blobs.writer()
                await writer.write(content)
                receipt = await writer.finish()
                await receipt.publish()
                new.append(NewFile(name=name, blob=await keep(connection, blobs, receipt)))
            await place_files(connection, parent=project, new=new, origin=SYSTEM)
        counts = member_counts.MemberCounts(there.database, blobs)
        steps = [await counts.step() for _ in range(4)]
        assert steps == [2, 2, 1, 0]
        async with there.database.transaction() as connection:
            rows = await connection.execute(select(file.c.name, file.c.zip_member_count))
            found = {row.name: row.zip_member_count for row in rows}
        assert found == {
            "1.zip": 1, "2.zip": 2, "3.zip": 3, "bad.ZIP": None, "scan.nii": None, "upper.ZIP": 5,
        }  # fmt: skip
        assert await member_counts.MemberCounts(there.database, blobs).step() == 1

    site(work)
