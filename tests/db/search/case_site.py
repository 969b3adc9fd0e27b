"""The objects of the shared query cases as rows of the catalog's real tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

_HIERARCHY = ("group", "project", "subject", "session", "acquisition")
_COLUMNS = {"_id", "label", "tags", "info", "created", "modified", "uid", "timestamp", "timezone", "notes"}
_CREATED = "2020-01-01T00:00:00+00:00"


def read_cases(path: Path) -> dict[str, Any]:
    """The file of cases."""
    return json.loads(path.read_text())


def load(connection: psycopg.Connection[Any], dataset: dict[str, Any]) -> None:
    """Store every object of the data set as it is."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO blob (sha384, size) VALUES ('ab', 1) ON CONFLICT DO NOTHING")
        known: dict[str, dict[str, Any]] = {}
        for level in (*_HIERARCHY, "analysis"):
            for item in dataset[level]:
                known[item["_id"]] = _store_container(cursor, level, item, known)
        for number, item in enumerate(dataset["file"]):
            _store_file(cursor, item, known, number)


def _above(item: dict[str, Any], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    ids = {f"{level}_id": None for level in _HIERARCHY}
    if item["parent"]:
        ids.update({name: value for name, value in known[item["parent"][1]].items() if name in ids})
    return ids


def _insert(cursor: psycopg.Cursor[Any], table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", [*row.values()])


def _is_deleted(item: dict[str, Any], known: dict[str, dict[str, Any]]) -> bool:
    parent = known.get(item["parent"][1]) if item["parent"] else None
    return bool(item.get("deleted") or (parent and parent["deleted"]))


def _store_container(cursor, level, item, known) -> dict[str, Any]:
    doc = item["doc"]
    row = {
        "id": item["_id"], "level": level, "label": doc.get("label") or doc.get("code") or "",
        "parent_id": item["parent"][1] if item["parent"] else None,
        "parent_level": item["parent"][0] if item["parent"] else None,
        **_above(item, known),
        "uid": doc.get("uid"), "timestamp": doc.get("timestamp"), "timezone": doc.get("timezone"),
        "tags": doc.get("tags", []), "info": Jsonb(doc.get("info", {})),
        "doc": Jsonb({name: value for name, value in doc.items() if name not in _COLUMNS}),
        "created_at": doc.get("created", _CREATED), "modified_at": doc.get("modified", doc.get("created", _CREATED)),
        "deleted_at": _CREATED if _is_deleted(item, known) else None,
    }  # fmt: skip
    if level in _HIERARCHY:
        row[f"{level}_id"] = item["_id"]
    _insert(cursor, "container", row)
    for number, note in enumerate(doc.get("notes", [])):
        _insert(
            cursor,
            "note",
            {"id": f"{item['_id']}-{number}", "container_id": item["_id"], "text": note["text"]},
        )
    return {**row, "deleted": row["deleted_at"] is not None}


def _store_file(cursor, item, known, number) -> None:
    doc, (parent_level, parent_id) = item["doc"], item["parent"]
    row = {
        "id": item["_id"], "file_id": item["_id"], "version": doc.get("version", 1), "is_current": True,
        "name": doc.get("name", f"file{number}"), "parent_id": parent_id, "parent_level": parent_level,
        **_above(item, known), "analysis_id": parent_id if parent_level == "analysis" else None,
        "blob_sha384": "ab", "size": doc.get("size", 0), "type": doc.get("type"), "mimetype": doc.get("mimetype"),
        "modality": doc.get("modality"), "classification": Jsonb(doc.get("classification", {})),
        "tags": doc.get("tags", []), "info": Jsonb(doc.get("info", {})),
        "zip_member_count": doc.get("zip_member_count"),
        "origin_type": doc.get("origin", {}).get("type", "user"), "origin_id": doc.get("origin", {}).get("id"),
        "created_at": doc.get("created", _CREATED), "modified_at": doc.get("modified", doc.get("created", _CREATED)),
        "deleted_at": _CREATED if _is_deleted(item, known) else None,
    }  # fmt: skip
    _insert(cursor, "file", row)
