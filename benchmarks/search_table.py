"""What was measured, with goals: times on the clock and of processors."""

from __future__ import annotations

import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.store.db import driver_of


@dataclass
class Taken:
    """Milliseconds of one piece of work."""

    wall: float = 0.0
    cpu: float = 0.0


def busy_ms(pid: int) -> float:
    """Processor time of a process so far; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except (OSError, ValueError):
        return 0.0


@asynccontextmanager
async def timed(connection: AsyncConnection) -> AsyncIterator[Taken]:
    """The time taken by this process and the connection's, filled in at the end."""
    driver, taken = driver_of(connection), Taken()
    backend = driver.info.backend_pid
    started = time.perf_counter(), time.process_time(), busy_ms(backend)
    yield taken
    taken.wall = (time.perf_counter() - started[0]) * 1000
    taken.cpu = (time.process_time() - started[1]) * 1000 + busy_ms(backend) - started[2]


def p95(times: Sequence[float]) -> float:
    """The 95th of a hundred."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


@dataclass
class Table:
    """Lines of name, figure, goal; each is also printed as it comes."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)
    told: bool = True

    def line(self, name: str, found: Sequence[Taken]) -> None:
        """Print one query's times, which stay out of the table."""
        if self.told:
            print(f"  {name:44} {_both(found)}", flush=True)

    def add(self, name: str, found: Sequence[Taken], *, goal: float | None = None) -> None:
        """Times in milliseconds, with the goal for the 95th of a hundred."""
        ratio = (
            f"{p95([one.wall for one in found]) / goal:.2f} ({p95([one.cpu for one in found]) / goal:.2f})"
            if goal
            else ""
        )
        self.put(name, _both(found), f"{goal:.0f} ms: {ratio}" if goal else "")

    def ratio(self, name: str, found: Sequence[Taken], base: Sequence[Taken], *, goal: float) -> None:
        """How much longer one took than another, on the clock."""
        times = p95([one.wall for one in found]) / p95([one.wall for one in base])
        self.put(name, f"{times:.1f}", f"{goal}: {times / goal:.2f}")

    def number(self, name: str, value: float, unit: str, *, most: float = 0.0, least: float = 0.0) -> None:
        """A figure that may be `most` or must be at `least` so much."""
        told = (
            f"{most:,.0f}: {value / most:.2f}"
            if most
            else f"{least:,.0f}: {value / least:.2f}"
            if least
            else ""
        )
        self.put(name, f"{value:,.0f} {unit}", told)

    def put(self, name: str, value: str, goal: str) -> None:
        """A line."""
        self.lines.append((name, value, goal))
        print(f"{name:46} {value:44} {goal}", flush=True)

    def show(self) -> None:
        """The whole table, as Markdown."""
        print(
            "\n| what | milliseconds p50 / p95 (of processors) | goal: measured to goal |\n| --- | --- | --- |"
        )
        for name, value, goal in self.lines:
            print(f"| {name} | {value} | {goal} |")


def _both(found: Sequence[Taken]) -> str:
    wall, cpu = [one.wall for one in found], [one.cpu for one in found]
    processors = f" ({statistics.median(cpu):.0f} / {p95(cpu):.0f})" if any(cpu) else ""
    return f"{statistics.median(wall):.0f} / {p95(wall):.0f}{processors}"


_PARTS = {
    "rows": ("pg_relation_size('search_file') + coalesce(pg_relation_size(NULLIF((SELECT reltoastrelid FROM pg_class "
             "WHERE oid = 'search_file'::regclass), 0)), 0)"),
    "their terms (GIN)": "pg_relation_size('ix_search_file_t')",
    "other indexes": "pg_indexes_size('search_file') - pg_relation_size('ix_search_file_t')",
    "dictionary and counts": "(SELECT sum(pg_total_relation_size(oid::regclass)) FROM pg_class WHERE relkind = 'r' AND "
    "relname IN ('search_term', 'search_count', 'search_path', 'search_shape', 'search_path_count'))",
}  # fmt: skip


def sizes(url: str, table: Table) -> None:
    """What the index takes on disk for each file."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            f"SELECT (SELECT count(*) FROM search_file), {', '.join(_PARTS.values())}"
        ).fetchone()
    assert row is not None
    files, *parts = (float(value) for value in row)
    for name, size in zip(_PARTS, parts, strict=True):
        print(f"  {name:44} {size / files:.0f} bytes a file")
    table.number("index on disk", sum(parts) / files, "bytes a file", most=1800)
