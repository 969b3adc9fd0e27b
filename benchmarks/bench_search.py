"""How long searches take on a site of many files, on the index alone, without HTTP.

The site is made once and kept (`--keep`); then each query of a mix runs several times with other values: its first page
alone, page and count, facets, type-ahead; four users at once; files stored with the index on and off; and, for
comparison, the same equality by JSONB containment and a GIN index on part of the same rows. Run:

    python benchmarks/bench_search.py [--files 100000] [--keep /tmp/search-bench] [--repeat 20]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert

import search_data
import search_fill
from treadle.flyql.parser import parse
from treadle.server.catalog.tables import file
from treadle.server.search import query
from treadle.server.search.index.flush import attach
from treadle.server.store.db import Database
from treadle.server.store.embedded import EmbeddedPostgres
from treadle.server.store.migrate import upgrade

H = "file.info.header.dicom"
# By the names of search.md: what is returned, and the query; capitals after a dot are keys of the DICOM header.
MIX = {
    "= unique UID": ("file", '.SOPInstanceUID = "{uid}"'),
    "= rare": ("file", ".AccessionNumber = {accession}"),
    "= common": ("file", ".MagneticFieldStrength = {field}"),
    "= medium": ("file", ".ProtocolName = {protocol}"),
    "range, few distinct": ("file", ".RepetitionTime >= 500 AND .RepetitionTime < {time}"),
    "range, all distinct": ("file", ".SliceLocation > {low} AND .SliceLocation < {high}"),
    "date range": ("file", ".StudyDate >= 2015-03-{day} AND .StudyDate <= 2015-06-01"),
    "CONTAINS": ("file", ".SeriesDescription CONTAINS mprage AND .StationName CONTAINS {station}"),
    "regex": ("file", '.ProtocolName =~ "dwi_ap_[0-{digit}]\\d"'),
    "3 ANDed terms": ("file", "file.type = dicom AND .Manufacturer = GE AND .ProtocolName = {protocol}"),
    "file + session + subject": (
        "session",
        "file.type = nifti AND session.info.quality = good AND subject.info.site = site{number}",
    ),
    "EXISTS AND NOT": ("file", ".Parameter07 EXISTS AND NOT file.modality = {modality}"),
    "(A OR B) AND NOT C": ("file", "(file.type = nifti OR file.type = qa) AND NOT .Manufacturer = {maker}"),
    "IN + created, sessions": (
        "session",
        "project.label IN ['Study 1', 'Study 2', 'Study {digit}'] AND session.created >= 2015-02-{day} "
        "AND session.satisfies_template IS TRUE",
    ),
}


def asked(name: str, rng: random.Random, files: int) -> tuple[str, str]:
    """What a query of the mix returns, and its text with other values each time."""
    level, text = MIX[name]
    low, known = round(rng.uniform(20, 140), 3), min(files, search_fill.BASE)
    one = rng.randrange(known)
    values = {
        "uid": search_data.header(random.Random(one), one, search_data.START)["SOPInstanceUID"],
        "accession": f"A{one // 17:07}", "field": rng.choice([1.5, 3, 7]),
        "protocol": rng.choice(search_data.PROTOCOLS),
        "time": 600 + rng.randrange(900), "low": low, "high": round(low + 0.06, 3), "day": f"{rng.randrange(1, 28):02}",
        "station": rng.choice(["sie", "phi"]), "digit": rng.randrange(2), "number": rng.randrange(12),
        "modality": rng.choice(["MR", "CT"]), "maker": rng.choice(["GE", "Philips"]),
    }  # fmt: skip
    return level, re.sub(r"(?<![\w.'])\.(?=[A-Z])", f"{H}.", text).format(**values)


FACETS = ["file.type", "file.modality", "file.classification_list"]


class Run:
    """One site, one caller who may read five of its projects."""

    def __init__(self, database: Database, files: int, repeat: int) -> None:
        self.database, self.files, self.repeat = database, files, repeat
        projects = [search_data.number(1, n) for n in range(5)]
        self.scope = query.Scope(projects, projects, projects, [])

    async def timed(self, work: Callable[[Any], Awaitable[Any]]) -> float:
        async with self.database.transaction() as connection:
            started = time.perf_counter()
            await work(connection)
            return (time.perf_counter() - started) * 1000

    async def search(self, name: str, rng: random.Random, **more: Any) -> float:
        level, text = asked(name, rng, self.files)
        tree = parse(text)
        return await self.timed(lambda c: query.search(c, tree, level, self.scope, size=50, **more))

    async def mix(self, **more: Any) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for name in MIX:
            rng = random.Random(7)
            await self.search(name, rng, **more)
            found[name] = [await self.search(name, rng, **more) for _ in range(self.repeat)]
        return found

    async def facets(self) -> list[float]:
        rng = random.Random(3)
        trees = [parse(f"{H}.Manufacturer = {maker}") for maker in ("GE", "SIEMENS", "Philips")]
        return [
            await self.timed(lambda c: query.facets(c, rng.choice(trees), "file", self.scope, FACETS))
            for _ in range(self.repeat)
        ]

    async def type_ahead(self) -> list[float]:
        fields = ["file.inf", "sub", "echo", "session.t", "manuf", "param"]
        values = [
            (f"{H}.ProtocolName", "t1"),
            (f"{H}.AccessionNumber", "00"),
            ("subject.label", "sub-00"),
            ("file.type", ""),
        ]
        found = []
        for _ in range(self.repeat // 4 + 1):
            found += [await self.timed(lambda c, t=t: query.suggest_fields(c, t, self.scope)) for t in fields]
            found += [
                await self.timed(lambda c, f=f, t=t: query.suggest_values(c, f, t, self.scope))
                for f, t in values
            ]
        return found

    async def four_users(self) -> list[float]:
        async def user(seed: int) -> list[float]:
            rng = random.Random(seed)
            names = [rng.choice(list(MIX)) for _ in range(self.repeat * 2)]
            return [await self.search(name, rng) for name in names]

        return [one for found in await asyncio.gather(*(user(seed) for seed in range(4))) for one in found]

    async def ingest(self, files: int = 1_000) -> float:
        """Files a second, 50 to a transaction, as rows of the catalog's table."""
        columns = search_data.FILE
        rows = [dict(zip(columns, search_data.Site(self.files).file(n), strict=True)) for n in range(files)]
        for n, row in enumerate(rows):
            row |= {"id": f"bench{n}", "file_id": f"bench{n}", "name": f"new {n}"}
        started = time.process_time(), time.perf_counter()
        for start in range(0, files, 50):
            async with self.database.transaction() as connection:
                await connection.execute(insert(file), rows[start : start + 50])
        spent = time.perf_counter() - started[1]
        async with self.database.transaction() as connection:
            await connection.execute(file.delete().where(file.c.id.startswith("bench")))
        return files / spent


def _line(name: str, found: list[float]) -> str:
    ordered = sorted(found)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{name:28} p50 {statistics.median(ordered):7.1f}  p95 {p95:7.1f}  max {ordered[-1]:7.1f} ms"


def _report(title: str, found: dict[str, list[float]]) -> None:
    print(f"\n{title}")
    for name, times in found.items():
        print(_line(name, times))
    print(_line("all", [one for times in found.values() for one in times]), flush=True)


def _sizes(url: str) -> None:
    with psycopg.connect(url) as connection:
        files = connection.execute("SELECT count(*) FROM search_file").fetchone()[0]  # type: ignore[index]
        total = 0
        for names in ("search_file", "search_term search_count search_path search_shape search_path_count"):
            held = sum(
                connection.execute("SELECT pg_total_relation_size(%s)", [name]).fetchone()[0]  # type: ignore[index]
                for name in names.split()
            )
            total += held
            print(f"{names:70} {held / files:8.0f} bytes per file")
        print(f"{'in all':70} {total / files:8.0f} bytes per file", flush=True)


def _containment(url: str, rows: int = 100_000) -> None:
    """The same questions to JSONB with a GIN index."""
    with psycopg.connect(url) as connection:
        connection.execute(
            f"CREATE TEMPORARY TABLE plain AS SELECT id, project_id, created_at, info FROM file LIMIT {rows}"
        )
        connection.execute("CREATE INDEX ON plain USING gin (info jsonb_path_ops)")
        connection.execute("ANALYZE plain")
        for what, value in (
            ("= common", '{"MagneticFieldStrength": 3}'),
            ("= medium", '{"ProtocolName": "t1_mprage_03"}'),
        ):
            times = []
            for _ in range(5):
                started = time.perf_counter()
                connection.execute(
                    "WITH m AS MATERIALIZED (SELECT id, created_at FROM plain WHERE info @> %s::jsonb) "
                    "SELECT id, (SELECT count(*) FROM m) FROM m ORDER BY created_at DESC LIMIT 50",
                    ['{"header": {"dicom": ' + value + "}}"],
                ).fetchall()
                times.append((time.perf_counter() - started) * 1000)
            print(_line(f"JSONB {what}, {rows} rows", times), flush=True)


async def measure(url: str, files: int, repeat: int, parts: list[str]) -> None:
    """Run the parts that were asked for."""
    database = Database(url, size=6)
    attach(database)
    run = Run(database, files, repeat)
    if "page" in parts:
        _report("first page", await run.mix(count="none"))
    if "count" in parts:
        _report("page and count", await run.mix())
    if "rest" in parts:
        print("\n" + _line("facets", await run.facets()))
        print(_line("type-ahead", await run.type_ahead()), flush=True)
    if "users" in parts:
        print(_line("four users", await run.four_users()), flush=True)
    if "ingest" in parts:
        print(f"stored {await run.ingest():.0f} files a second", flush=True)
    await database.close()


def main() -> None:
    """Make the site if it is not there, then measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, default=Path("/tmp/search-bench"))
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument(
        "--parts", nargs="+", default=["sizes", "page", "count", "rest", "users", "ingest", "jsonb"]
    )
    given = parser.parse_args()
    home: Path = given.keep / str(given.files)
    home.mkdir(parents=True, exist_ok=True)
    postgres = EmbeddedPostgres(home / "pg", durable=False)
    url = postgres.start()
    try:
        if not (home / "filled").exists():
            upgrade(url)
            asyncio.run(search_fill.fill(url, given.files))
            (home / "filled").touch()
        if "sizes" in given.parts:
            _sizes(url)
        asyncio.run(measure(url, given.files, given.repeat, given.parts))
        if "jsonb" in given.parts:
            _containment(url)
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
