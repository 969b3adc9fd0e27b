"""How fast searches are on a site of many files: the index alone, without HTTP. One table, with the goals.

The site is made once and kept (`--keep`). Each query of a mix runs several times with other values: its first page
alone, page and count; then facets, type-ahead, four users at once, files stored with the index on and off, what changes
cost, and some of the same questions to the plain design, JSONB with a GIN index, on part of the same files. A caller
may read five of 20 projects. `--cold` starts PostgreSQL again before each query and empties the page cache where the
system lets it. Run:

    python benchmarks/search.py [--files 100000] [--keep /tmp/search-bench] [--repeat 20] [--parts page count …]

Times are on the clock and, in brackets, of processors (this process and its PostgreSQL connections, Linux only): on a
busy machine only those mean something.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import search_changes
import search_fill
import search_mix
import search_plain
from search_table import Table, sizes
from treadle.server.search.index.counts import fold
from treadle.server.search.index.flush import attach
from treadle.server.store.db import Database
from treadle.server.store.embedded import EmbeddedPostgres
from treadle.server.store.migrate import upgrade

PARTS = ("sizes", "page", "count", "facets", "type-ahead", "users", "ingest", "changes", "plain")


async def measure(url: str, given: argparse.Namespace, table: Table) -> None:
    """Run the parts that were asked for."""
    database = Database(url, size=6)
    attach(database)
    run = search_mix.Run(database, given.files, given.repeat)
    while await fold(database):  # what an earlier run has stored: elsewhere the worker counts it
        pass
    alone = None
    if {"page", "count"} & set(given.parts):
        await run.mix(Table(told=False), "warming", count="none")
    if "page" in given.parts:
        table.add("first page", await run.mix(table, "first page", count="none"), goal=100)
    if "count" in given.parts:
        alone = await run.mix(table, "page and count")
        table.add("page and exact count", alone, goal=200)
    if "facets" in given.parts:
        table.add("facets", await run.facets(), goal=300)
    if "type-ahead" in given.parts:
        table.add("type-ahead", await run.type_ahead(), goal=40)
    if "users" in given.parts:
        together = await run.users(4)
        table.add("page and count, four users", together)
        if alone:
            table.ratio("four users at once, to one (p95)", together, alone, goal=2.5)
    if "ingest" in given.parts:
        await search_changes.ingest(database, given.files, table)
    if "changes" in given.parts:
        await search_changes.changes(database, given.files, table)
    await database.close()


async def cold(postgres: EmbeddedPostgres, given: argparse.Namespace, table: Table) -> None:
    """The first page of each query on a server that has just started."""
    found = []
    for name in search_mix.MIX:
        postgres.stop()
        emptied = search_mix.empty_page_cache()
        database = Database(postgres.start(), size=2)
        found.append(await search_mix.Run(database, given.files, 1).once(name, count="none"))
        await database.close()
        table.line(f"cold, {name}", found[-1:])
    table.add(f"cold, all ({'disk read' if emptied else 'page cache kept'})", found)


def main() -> None:
    """Make the site if it is not there, then measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, default=Path("/tmp/search-bench"))
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--plain-files", type=int, default=100_000, help="rows of the plain design")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    given = parser.parse_args()
    home: Path = given.keep / str(given.files)
    home.mkdir(parents=True, exist_ok=True)
    postgres = EmbeddedPostgres(home / "pg", durable=False)
    url, table = postgres.start(), Table()
    try:
        upgrade(url)
        if not (home / "filled").exists():
            asyncio.run(search_fill.fill(url, given.files))
            (home / "filled").touch()
        if given.cold:
            asyncio.run(cold(postgres, given, table))
        else:
            if "sizes" in given.parts:
                sizes(url, table)
            asyncio.run(measure(url, given, table))
            if "plain" in given.parts:
                search_plain.compare(url, min(given.plain_files, given.files), given.repeat // 4 + 1, table)
    finally:
        postgres.stop()
    table.show()


if __name__ == "__main__":
    main()
