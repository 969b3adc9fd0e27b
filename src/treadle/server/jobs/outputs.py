"""What a run made, put where it belongs: files as new versions, `.metadata.json` on what it names (gears.md 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog import rights
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.files import NewFile, clean_name, place_files
from treadle.server.catalog.rows import Container, File
from treadle.server.jobs import metadata
from treadle.server.jobs.rows import Job
from treadle.server.kit.errors import Invalid
from treadle.server.store.blobs import BlobRef
from treadle.server.wire.answer import stamp

_HEX = frozenset("0123456789abcdef")
_MOST = 100_000


@dataclass(frozen=True)
class Output:
    """A file that a gear left in `output/`; its content is stored."""

    name: str
    sha384: str
    size: int


@dataclass(frozen=True)
class Placed:
    """What became visible."""

    outputs: list[dict[str, Any]]
    warnings: list[str]


def read_outputs(value: Any) -> list[Output]:
    """The `files` of a request: `[{name, hash, size}]`, the hash as `PUT /engine/blobs` answered it."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MOST:
        raise Invalid(f"'files' must be a list of at most {_MOST} {{name, hash, size}}.")
    found = [_output(item) for item in value]
    if len({one.name for one in found}) < len(found):
        raise Invalid("'files' names a file twice.")
    return found


def read_log_rest(value: Any) -> Output | None:
    """The `log_rest` of a commit: `{hash, size}` of what the gear printed beyond the log's limit."""
    return (
        None if value is None else _output({**value, "name": "log"} if isinstance(value, Mapping) else value)
    )


def _output(item: Any) -> Output:
    if isinstance(item, Mapping):
        sha384 = str(item.get("hash") or item.get("sha384") or "").removeprefix("v0-sha384-")
        name, size = item.get("name"), item.get("size")
        if len(sha384) == 96 and _HEX.issuperset(sha384) and isinstance(size, int) and size >= 0:
            if clean_name(name) != name:
                raise Invalid(f"'{name}' is not the name of a file.")
            return Output(str(name), sha384, size)
    raise Invalid("A file is {name, hash, size} with the hash that the upload of its content answered.")


async def place(
    connection: AsyncConnection, job: Job, files: Sequence[Output], said: Mapping[str, Any]
) -> Placed:
    """The files on the job's destination and all that `.metadata.json` says, in this transaction."""
    # Rules tell by it what a run of theirs made (the triggers of migration 0017).
    await connection.execute(text("SELECT set_config('treadle.job', :id, true)"), {"id": job.id})
    destination = await get_container(connection, job.destination_id, lock=True)
    await rights.refuse_locked(connection, destination.project_id)
    entries, rest = metadata.of_outputs(said, destination.level, {one.name for one in files})
    placed = await _place_files(connection, job, destination, files, entries)
    classified = [one for one in placed if entries.get(one.name, {}).get("classification")]
    warnings = await metadata.unknown_words(connection, classified)
    warnings += await metadata.apply(connection, job, destination, rest)
    return Placed([_kept(one) for one in placed], warnings)


async def _place_files(
    connection: AsyncConnection,
    job: Job,
    destination: Container,
    files: Sequence[Output],
    entries: Mapping[str, Mapping[str, Any]],
) -> list[File]:
    if not files:
        return []
    new = []
    for one in files:
        about = entries.get(one.name, {})
        new.append(
            NewFile(
                name=one.name,
                blob=BlobRef(one.sha384, one.size),
                gear_info=job.gear_info,
                **{name: about[name] for name in metadata.FILE_FIELDS if name in about},
            )
        )
    return await place_files(connection, parent=destination, new=new, origin=("job", job.id))


def _kept(made: File) -> dict[str, Any]:
    """An output as the job remembers it."""
    return {
        "name": made.name,
        "type": made.type,
        "file_id": made.file_id,
        "version": made.version,
        "version_id": made.id,
        "size": made.size,
        "sha384": made.blob_sha384,
        "created": stamp(made.modified_at),
    }
