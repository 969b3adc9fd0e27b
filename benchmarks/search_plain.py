"""The plain design on part of the same files: one JSONB column under one GIN index, nothing else."""

from __future__ import annotations

import time

import psycopg

import search_data
from search_table import Table, Taken, busy_ms

_AT = '{"header": {"dicom": '
_QUESTIONS = {
    "= rare": "info @> '" + _AT + "{\"AccessionNumber\": \"A0000100\"}}}'",
    "= common": "info @> '" + _AT + "{\"MagneticFieldStrength\": 3}}}'",
    "= medium": "info @> '" + _AT + "{\"ProtocolName\": \"t1_mprage_03\"}}}'",
    "range, few distinct": "info @? '$.header.dicom.RepetitionTime ? (@ >= 500 && @ < 900)'",
    "date range": "info @? '$.header.dicom.StudyDate ? (@ >= \"20150310\" && @ <= \"20150601\")'",
    "CONTAINS": "info #>> '{header,dicom,SeriesDescription}' ILIKE '%%mprage%%'",
    "2 ANDed terms": "info @> '" + _AT + '{"Manufacturer": "GE", "ProtocolName": "t1_mprage_03"}}}\'',
}  # fmt: skip


def compare(url: str, rows: int, repeat: int, table: Table) -> None:
    """Page and count of some of the mix's questions, for a caller of five projects."""
    projects = [search_data.number(1, n) for n in range(5)]
    with psycopg.connect(url) as connection:
        connection.execute("SET jit = off; SET work_mem = '64MB'; SET max_parallel_workers_per_gather = 0")
        connection.execute(
            f"CREATE TEMPORARY TABLE plain AS SELECT id, project_id, type, created_at, info FROM file LIMIT {rows}"
        )
        connection.execute("CREATE INDEX ON plain USING gin (info jsonb_path_ops)")
        connection.execute("CREATE INDEX ON plain (project_id, created_at DESC)")
        connection.execute("ANALYZE plain")
        size = connection.execute(
            "SELECT pg_relation_size(indexrelid) FROM pg_index WHERE indrelid = 'plain'::regclass ORDER BY 1 DESC"
        )
        (largest,) = size.fetchone() or (0,)
        table.number(f"plain design on {rows:,} files, GIN index", largest / rows, "bytes a file")
        found = []
        for what, where in _QUESTIONS.items():
            own = []
            for _ in range(repeat + 1):
                pid = connection.info.backend_pid
                started = time.perf_counter(), busy_ms(pid)
                connection.execute(
                    f"WITH m AS MATERIALIZED (SELECT id, created_at FROM plain WHERE {where} AND project_id = ANY(%s)) "
                    "SELECT id, (SELECT count(*) FROM m) FROM m ORDER BY created_at DESC LIMIT 50",
                    [projects],
                ).fetchall()
                own.append(Taken((time.perf_counter() - started[0]) * 1000, busy_ms(pid) - started[1]))
            table.line(f"plain, {what}", own[1:])
            found += own[1:]
        table.add(f"plain design on {rows:,} files, page and count", found)
