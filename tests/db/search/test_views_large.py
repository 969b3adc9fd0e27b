"""A hundred thousand rows: every one right, in every format, in bounded memory."""

from __future__ import annotations

import csv
import io
import json

import psutil
import pytest

COUNT = 100_000
ALLOWED_MIB = 96
VIEW = {
    "columns": [
        {"src": "subject.sex"},
        {"src": "session.timestamp"},
        {"src": "session.age_years"},
        {"src": "acquisition.info.n", "dst": "n", "type": "int"},
        {"src": "acquisition.info.text", "dst": "text"},
    ]
}
SEX = ("male", "female", "other")


@pytest.fixture(scope="module")
def project(fill):
    return fill(COUNT)


class Watched:
    """Takes in bytes and remembers how much memory the process held at most."""

    def __init__(self):
        self.process = psutil.Process()
        self.before = self.most = self.process.memory_info().rss
        self.blocks = 0

    def look(self):
        self.blocks += 1
        if self.blocks % 5 == 0:
            self.most = max(self.most, self.process.memory_info().rss)

    @property
    def grown_mib(self):
        return (self.most - self.before) / (1 << 20)


def check(number, row):
    """Whether this is the row of the acquisition of this number."""
    assert row["acquisition.label"] == f"a{number:06}"
    assert row["session.label"] == f"e{number // 10:06}"
    assert row["subject.label"] == f"s{number // 100:06}"
    assert row["acquisition.id"] == f"03{number:022}"
    assert row["subject.id"] == f"01{number // 100:022}"
    assert row["subject.sex"] == SEX[number // 100 % 3]
    assert float(row["session.age_years"]) == pytest.approx(number // 10 * 1000 / 31557600)
    assert int(row["n"]) == number
    assert row["text"] == str(number) * 20


async def lines(blocks, watched):
    """The lines of a stream, which is never held as a whole."""
    rest = b""
    async for block in blocks:
        watched.look()
        *found, rest = (rest + block).split(b"\n")
        for line in found:
            yield line.decode()
    if rest:
        yield rest.decode()


@pytest.mark.parametrize("kind", ["ndjson", "csv", "tsv"])
def test_each_of_many_rows_is_right_and_memory_stays_bounded(on_views, project, kind):
    watched = Watched()

    async def work(views):
        names, number = None, 0
        async for line in lines(views.stream(VIEW, project, kind), watched):
            if kind == "ndjson":
                row = json.loads(line)
            else:
                [values] = csv.reader([line], delimiter="," if kind == "csv" else "\t")
                if names is None:
                    names = values
                    continue
                row = dict(zip(names, values, strict=True))
            check(number, row)
            number += 1
        assert number == COUNT

    on_views(work)
    assert watched.grown_mib < ALLOWED_MIB


def test_parquet_of_many_rows_is_right(on_views, project, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    watched, target = Watched(), tmp_path / "rows.parquet"

    async def work(views):
        with target.open("wb") as out:
            async for block in views.stream(VIEW, project, "parquet"):
                watched.look()
                out.write(block)

    on_views(work)
    assert watched.grown_mib < ALLOWED_MIB
    number = 0
    for batch in parquet.ParquetFile(target).iter_batches():
        for row in batch.to_pylist():
            check(number, row)
            number += 1
    assert number == COUNT


def test_groups_of_many_rows_are_right(on_views, project):
    view = {
        "columns": [
            {"src": "acquisition.id", "dst": "count", "accumulator": "count"},
            {"src": "acquisition.info.n", "dst": "sum", "accumulator": "sum"},
            {"src": "acquisition.info.n", "dst": "mean", "accumulator": "mean"},
            {"src": "acquisition.info.n", "dst": "least", "accumulator": "minimum"},
        ],
        "groupBy": {"columns": ["session.label"]},
    }

    async def work(views):
        return json.loads(b"".join([block async for block in views.stream(view, project, "json-flat")]))

    rows = on_views(work)
    assert len(rows) == COUNT // 10
    for number, row in enumerate(rows):
        first = number * 10
        assert row == {
            "session.label": f"e{number:06}",
            "count": 10,
            "sum": sum(range(first, first + 10)),
            "mean": first + 4.5,
            "least": first,
        }


def test_the_end_of_many_rows_can_be_asked_for(on_views, project):
    async def work(views):
        blocks = views.stream(VIEW, project, "csv", skip=COUNT - 2, limit=5, filter="subject.sex!=nobody")
        return b"".join([block async for block in blocks]).decode()

    rows = list(csv.DictReader(io.StringIO(on_views(work))))
    assert [row["n"] for row in rows] == [str(COUNT - 2), str(COUNT - 1)]
