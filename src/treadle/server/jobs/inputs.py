"""Input files of runs: found by many at once, pinned to their version, checked against the manifest (gears.md 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears.config import refusals
from treadle.server.catalog import queries, rights
from treadle.server.catalog.errors import FileMissing
from treadle.server.catalog.rows import File, as_file
from treadle.server.catalog.tables import file
from treadle.server.jobs.errors import BadInput
from treadle.server.jobs.starter import Starter
from treadle.server.kit.errors import Invalid
from treadle.server.store.db import among

Json = Mapping[str, Any]
_MANIFEST_WORDS = ("base", "description", "optional")


@dataclass(frozen=True)
class Ref:
    """How a request names a file: by its id and perhaps a version, or by its container and name."""

    file_id: str | None = None
    version: int | None = None
    container_id: str | None = None
    container_type: str | None = None
    name: str | None = None


def read_refs(inputs: Any) -> dict[str, Ref]:
    """The `inputs` of a request; both the clients' forms, as a map or as a list with `input` in each."""
    if inputs is None:
        return {}
    if isinstance(inputs, list):
        inputs = {item.get("input"): item for item in inputs if isinstance(item, Mapping)}
    if not isinstance(inputs, Mapping):
        raise BadInput("'inputs' must be an object of files by input name.")
    return {str(name): _read_ref(str(name), item) for name, item in inputs.items()}


def _read_ref(name: str, item: Any) -> Ref:
    if isinstance(item, Mapping):
        if item.get("file_id"):
            version = item.get("version")
            if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
                raise BadInput(f"The input '{name}': 'version' must be a whole number.")
            return Ref(file_id=str(item["file_id"]), version=version or None)
        if item.get("id") and item.get("name"):
            return Ref(
                container_id=str(item["id"]),
                container_type=item.get("type") if isinstance(item.get("type"), str) else None,
                name=str(item["name"]),
            )
    raise BadInput(f"The input '{name}' must be {{type, id, name}} or {{file_id, version}}.")


def check_names(manifest: Json, refs: Mapping[str, Ref]) -> None:
    """Every given input is one of the gear's files, and every file it needs is given."""
    known = manifest["inputs"]
    for name in refs:
        if name not in known:
            raise BadInput(f"The gear has no input '{name}'.")
        if known[name]["base"] != "file":
            raise BadInput(f"The input '{name}' is filled in by the server; leave it out.")
    for name, one in known.items():
        if one["base"] == "file" and not one.get("optional") and name not in refs:
            raise BadInput(f"The gear needs the input '{name}'.")


def misfits(directive: Json, target: File) -> list[str]:
    """Why a file is not what the gear's author had in mind; nothing when it is."""
    fields = {"name": target.name, "type": target.type, "size": target.size, "modality": target.modality}
    return [
        f"{key}: {reason}"
        for key, rules in directive.items()
        if key not in _MANIFEST_WORDS and isinstance(rules, Mapping)
        for reason in refusals(dict(rules), getattr(target, key, fields.get(key)))
    ]


async def resolve(connection: AsyncConnection, refs: Iterable[Ref]) -> dict[Ref, File]:
    """The file versions that these references mean now; FileMissing names one that is not there."""
    wanted = set(refs)
    found = await _by_id(connection, [ref for ref in wanted if ref.file_id])
    found |= await _by_name(connection, [ref for ref in wanted if not ref.file_id])
    for ref in wanted:
        if ref not in found:
            raise FileMissing(f"There is no file '{ref.name or ref.file_id}'{_version(ref)}.")
    return found


def _version(ref: Ref) -> str:
    return f" with version {ref.version}" if ref.version else ""


async def _by_id(connection: AsyncConnection, refs: list[Ref]) -> dict[Ref, File]:
    if not refs:
        return {}
    ids = {str(ref.file_id) for ref in refs}
    named = await connection.execute(select(file.c.id, file.c.file_id).where(among(file.c.id, ids)))
    file_ids = {row.id: row.file_id for row in named}  # the id of a version names its file, too
    versions = [ref.version for ref in refs if ref.version]
    rows = await connection.execute(
        select(file).where(
            among(file.c.file_id, ids | set(file_ids.values())),
            file.c.is_current | (file.c.version == func.any(versions)),
            file.c.deleted_at.is_(None),
        )
    )
    files = [as_file(row) for row in rows]
    current = {item.file_id: item for item in files if item.is_current}
    exact = {(item.file_id, item.version): item for item in files}
    found = {}
    for ref in refs:
        own = file_ids.get(str(ref.file_id), str(ref.file_id))
        item = exact.get((own, ref.version)) if ref.version else current.get(own)
        if item is not None:
            found[ref] = item
    return found


async def _by_name(connection: AsyncConnection, refs: list[Ref]) -> dict[Ref, File]:
    if not refs:
        return {}
    pairs = (
        func.unnest(
            cast([ref.container_id for ref in refs], ARRAY(Text)),
            cast([ref.name for ref in refs], ARRAY(Text)),
        )
        .table_valued("parent_id", "name")
        .render_derived(name="wanted")
    )
    rows = await connection.execute(
        select(file)
        .join_from(file, pairs, (file.c.parent_id == pairs.c.parent_id) & (file.c.name == pairs.c.name))
        .where(queries.LIVE_FILE)
    )
    there = {(item.parent_id, item.name): item for item in map(as_file, rows)}
    found = {}
    for ref in refs:
        item = there.get((ref.container_id, ref.name))  # type: ignore[arg-type]
        if item is not None and ref.container_type in (None, "container", item.parent_level):
            found[ref] = item
    return found


async def require_readable(starter: Starter, files: Iterable[File]) -> None:
    """Go on only when the starter may read these contents; each place is asked about once."""
    if starter.guard is None:
        return
    places = {}
    for item in files:
        place = item.parent_id if item.project_id is None else item.project_id
        places[place, item.analysis_id is not None] = item
    for example in places.values():
        await rights.require_file(starter.guard, example, "files_view_metadata", "files_view_contents")


def pinned(name: str, target: File) -> dict[str, Any]:
    """An input as the job keeps it."""
    return {
        "input": name,
        "type": target.parent_level,
        "id": target.parent_id,
        "name": target.name,
        "file_id": target.file_id,
        "version": target.version,
        "version_id": target.id,
        "size": target.size,
        "sha384": target.blob_sha384,
    }


def check_texts(value: Any, name: str) -> list[str]:
    """A list of short texts from a request."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(
        isinstance(item, str) and 0 < len(item) <= 255 for item in value
    ):
        raise Invalid(f"'{name}' must be a list of texts of 1 to 255 characters.")
    return list(dict.fromkeys(value))
