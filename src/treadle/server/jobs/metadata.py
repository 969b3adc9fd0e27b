"""`.metadata.json` on what is already there: the destination, all above it, and their files (gears.md 5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.containers import apply_changes, get_container, read_values
from treadle.server.catalog.files import change_file, clean_classification, current_files
from treadle.server.catalog.modalities import all_modalities, unknown_word
from treadle.server.catalog.rows import Container, File
from treadle.server.catalog.tables import container
from treadle.server.gears.queries import gears_by_ids
from treadle.server.jobs.rows import Job
from treadle.server.kit.errors import Invalid
from treadle.server.store.info import info_object
from treadle.server.store.tables import site_document

FILE_FIELDS = (
    *("type", "mimetype", "modality", "classification", "tags", "info"),
    *("zip_member_count", "deid_log_id", "deid_log_skip_reason"),
)
STRICT = "strict_classification"  # setting of the site
_LEVELS = ("project", "subject", "session", "acquisition", "analysis")
_APART = ("files", "info", "metadata", "tags", "label", "subject", "measurement")

Json = Mapping[str, Any]
Entries = dict[str, Json]


def _levels(said: Json) -> dict[str, dict[str, Any]]:
    """What is said of each level; the subject may stand within its session."""
    found = {level: dict(said[level]) for level in _LEVELS if said.get(level)}
    nested = found.get("session", {}).pop("subject", None)
    if nested:
        found["subject"] = {**nested, **found.get("subject", {})}
    return found


def of_outputs(said: Json, level: str, names: set[str]) -> tuple[Entries, dict[str, dict[str, Any]]]:
    """What is said of output files, and what remains.

    Older analysis gears describe their outputs under `acquisition`.
    """
    remaining = _levels(said)
    entries: Entries = {}
    for here in (level, *(["acquisition"] if level == "analysis" else [])):
        part = remaining.get(here)
        if part is None or not part.get("files"):
            continue
        others = []
        for entry in part["files"]:
            if entry["name"] in names and entry["name"] not in entries:
                entries[entry["name"]] = entry
            else:
                others.append(entry)
        part["files"] = others
    return entries, remaining


async def apply(
    connection: AsyncConnection, job: Job, destination: Container, said: Mapping[str, dict[str, Any]]
) -> list[str]:
    """Write what is said of the destination, of what is above it and of their files: warnings."""
    warnings = []
    places = {**destination.parents, destination.level: destination.id}
    for level in _LEVELS:
        part = said.get(level)
        if part is None:
            continue
        if level not in places:
            warnings.append(f"/{level}: this is not above the destination of the job, ignored")
            continue
        target = await get_container(connection, places[level], lock=True)
        await _apply_container(connection, target, part)
        warnings += await _apply_files(connection, job, target, part.get("files") or [])
    return warnings


async def _apply_container(connection: AsyncConnection, target: Container, part: Json) -> None:
    said = {name: value for name, value in part.items() if name not in _APART and value is not None}
    values = read_values(target.level, said, by_people=False)
    changes: dict[str, Any] = {
        name: value for name, value in values.columns.items() if getattr(target, name) in (None, "")
    }
    missing = {name: value for name, value in values.doc.items() if target.doc.get(name) in (None, "")}
    if missing:
        changes["doc"] = container.c.doc.op("||")(missing)
    info = info_object({**(part.get("metadata") or {}), **(part.get("info") or {})})
    if info:
        changes["info"] = merged(target.info, info)
    tags = list(dict.fromkeys([*target.tags, *(part.get("tags") or ())]))
    if tags != target.tags:
        changes["tags"] = tags
    if changes:
        await apply_changes(connection, target, changes)


async def _apply_files(
    connection: AsyncConnection, job: Job, target: Container, entries: list[dict[str, Any]]
) -> list[str]:
    if not entries:
        return []
    there = await current_files(connection, target.id, [entry["name"] for entry in entries])
    pinned = (
        {item["file_id"]: item["version"] for item in job.inputs} if await _strict(connection, job) else {}
    )
    warnings, classified = [], []
    for entry in entries:
        found = there.get(entry["name"])
        if found is None:
            warnings.append(f"/{target.level}/files: there is no file '{entry['name']}', ignored")
        elif pinned.get(found.file_id, found.version) != found.version:
            warnings.append(f"/{target.level}/files: '{found.name}' has been replaced meanwhile, ignored")
        else:
            there[found.name] = await _apply_file(connection, found, entry)
            if entry.get("classification"):
                classified.append(there[found.name])
    return [*warnings, *await unknown_words(connection, classified)]


async def unknown_words(connection: AsyncConnection, classified: Sequence[File]) -> list[str]:
    """Warnings of what the modalities of these files do not have; Invalid where the site is strict."""
    if not classified:
        return []
    known = {one.id: one for one in await all_modalities(connection)}
    found = [
        f"the classification of '{one.name}': {reason}"
        for one in classified
        if (reason := unknown_word(known.get(one.modality or ""), one.modality, one.classification))
    ]
    if found:
        strict = select(site_document.c.document[STRICT]).where(site_document.c.name == "settings")
        if (await connection.execute(strict)).scalar_one_or_none() is True:
            raise Invalid(found[0])
    return found


async def _strict(connection: AsyncConnection, job: Job) -> bool:
    """Whether the gear wants its inputs to be as it read them."""
    gear = (await gears_by_ids(connection, {job.gear_id})).get(job.gear_id)
    wanted = gear.manifest.get("output_configuration") if gear else None
    return isinstance(wanted, dict) and wanted.get("enforce_file_version_match") is True


async def _apply_file(connection: AsyncConnection, target: File, entry: Json) -> File:
    changes: dict[str, Any] = {name: entry[name] for name in FILE_FIELDS if entry.get(name) is not None}
    if "classification" in changes:
        changes["classification"] = clean_classification(changes["classification"])
    if "info" in changes:
        changes["info"] = merged(target.info, info_object(changes["info"]))
    if "tags" in changes:
        changes["tags"] = list(dict.fromkeys(changes["tags"]))
    return await change_file(connection, target, changes) if changes else target


def merged(old: Json, new: Json) -> dict[str, Any]:
    """Objects merged at every depth; lists and plain values replace."""
    result = dict(old)
    for key, value in new.items():
        before = result.get(key)
        result[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result
