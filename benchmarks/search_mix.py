"""The questions of a working day, and one caller who asks them."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import search_data
import search_fill
from search_table import Table, Taken, timed
from treadle.flyql.parser import parse
from treadle.server.search import query
from treadle.server.store.db import Database

H = "file.info.header.dicom"
# What is returned, and the query; capitals after a dot are keys of the DICOM header.
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

    async def timed(self, work: Callable[[Any], Awaitable[Any]]) -> Taken:
        async with self.database.transaction() as connection, timed(connection) as taken:
            await work(connection)
        return taken

    async def search(self, name: str, rng: random.Random, **more: Any) -> Taken:
        level, text = asked(name, rng, self.files)
        tree = parse(text)
        return await self.timed(lambda c: query.search(c, tree, level, self.scope, size=50, **more))

    async def once(self, name: str, **more: Any) -> Taken:
        """A query of the mix, with nothing asked before."""
        return await self.search(name, random.Random(7), **more)

    async def mix(self, table: Table, title: str, **more: Any) -> list[Taken]:
        """Every query of the mix, each after a first time that does not count."""
        found: list[Taken] = []
        for name in MIX:
            rng = random.Random(7)
            await self.search(name, rng, **more)
            own = [await self.search(name, rng, **more) for _ in range(self.repeat)]
            table.line(f"{title}, {name}", own)
            found += own
        return found

    async def facets(self) -> list[Taken]:
        """Three fields over a third of all files."""
        rng = random.Random(3)
        trees = [parse(f"{H}.Manufacturer = {maker}") for maker in ("GE", "SIEMENS", "Philips")]
        return [
            await self.timed(lambda c: query.facets(c, rng.choice(trees), "file", self.scope, FACETS))
            for _ in range(self.repeat)
        ]

    async def type_ahead(self) -> list[Taken]:
        """Fields and values by a few letters."""
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

    async def users(self, number: int) -> list[Taken]:
        """The mix in random order, by several at once; processor times overlap and mean nothing here."""

        async def user(seed: int) -> list[Taken]:
            rng = random.Random(seed)
            names = [rng.choice(list(MIX)) for _ in range(self.repeat * 2)]
            return [Taken((await self.search(name, rng)).wall) for name in names]

        return [
            one for found in await asyncio.gather(*(user(seed) for seed in range(number))) for one in found
        ]


def empty_page_cache() -> bool:
    """Whether the system forgot what it has read; needs root."""
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True
