"""The index of DICOM instances: where each lies in its file, and which study and series it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, cast, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import dicom_series, file, instance

_BATCH = 1000
_LONGEST_UID = 64
_Pair = tuple[str, str]  # study and series


async def put_instances(
    connection: AsyncConnection, file_version_id: str, instances: Sequence[Mapping[str, Any]]
) -> None:
    """The DICOM instances of a file version, replacing what was known before."""
    for table in (instance, dicom_series):
        await connection.execute(delete(table).where(table.c.file_version_id == file_version_id))
    if not instances:
        return
    numbers = await _put_series(connection, file_version_id, instances)
    names = [column.name for column in instance.c if column.name not in ("file_version_id", "series")]
    for start in range(0, len(instances), _BATCH):
        rows = [
            {
                "file_version_id": file_version_id,
                "series": numbers.get(_pair(item), 0),
                **{name: item[name] for name in names if name in item},
            }
            for item in instances[start : start + _BATCH]
        ]
        await connection.execute(insert(instance), rows)


async def _put_series(
    connection: AsyncConnection, file_version_id: str, instances: Sequence[Mapping[str, Any]]
) -> dict[_Pair | None, int]:
    """The number of each series; instances that do not name theirs belong to that of the file's header."""
    pairs = [pair for pair in dict.fromkeys(map(_pair, instances)) if pair is not None]
    if not pairs:
        header = file.c.info["header"]["dicom"]
        row = (
            await connection.execute(
                select(header["StudyInstanceUID"].astext, header["SeriesInstanceUID"].astext).where(
                    file.c.id == file_version_id
                )
            )
        ).one_or_none()
        said = row and _pair({"study_uid": row[0], "series_uid": row[1]})
        pairs = [said] if said else []
    if pairs:
        await connection.execute(
            insert(dicom_series),
            [
                {
                    "file_version_id": file_version_id,
                    "number": number,
                    "study_uid": study,
                    "series_uid": series,
                }
                for number, (study, series) in enumerate(pairs)
            ],
        )
    return {pair: number for number, pair in enumerate(pairs)}


def _pair(item: Mapping[str, Any]) -> _Pair | None:
    study, series = item.get("study_uid"), item.get("series_uid")
    if not study or not series or max(len(study), len(series)) > _LONGEST_UID:
        return None
    return str(study), str(series)


async def copy_instances(connection: AsyncConnection, source_id: str, target_id: str) -> None:
    """The same index for another version with the same content."""
    for table in (instance, dicom_series):
        names, others = index_columns(table)
        await connection.execute(
            insert(table).from_select(
                ["file_version_id", *names],
                select(cast(target_id, table.c.file_version_id.type), *others).where(
                    table.c.file_version_id == source_id
                ),
            )
        )


def index_columns(table: Table) -> tuple[list[str], list[Any]]:
    """Names and columns of an index row besides the file it belongs to."""
    others = [column for column in table.c if column.name != "file_version_id"]
    return [column.name for column in others], others
