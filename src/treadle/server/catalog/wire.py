"""Documents as the clients read them (api.md 8): rows in, wire names out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.rows import Container, File
from treadle.server.wire.answer import stamp
from treadle.server.wire.dialect import Client


def file_hash(sha384: str) -> str:
    """A content hash in the clients' form."""
    return f"v0-sha384-{sha384}"


def file_doc(target: File, client: Client, *, info: bool = True, group: str = "files") -> dict[str, Any]:
    """One file version."""
    origin_type = "system" if client.strict_enums and target.origin_type == "task" else target.origin_type
    doc = {
        "_id": target.id,
        "file_id": target.file_id,
        "version": target.version,
        "name": target.name,
        "type": target.type,
        "mimetype": target.mimetype,
        "modality": target.modality,
        "classification": target.classification,
        "tags": target.tags,
        "info": target.info if info else {},
        "info_exists": target.info_exists,
        "size": target.size,
        "hash": file_hash(target.blob_sha384),
        "zip_member_count": target.zip_member_count,
        "parent_ref": {"type": target.parent_level, "id": target.parent_id},
        "parents": target.parents,
        "origin": {"type": origin_type, "id": target.origin_id},
        "gear_info": target.gear_info,
        "provider_id": None,
        "reference": False,
        "deid_log_id": target.deid_log_id,
        "deid_log_skip_reason": target.deid_log_skip_reason,
        "deid": target.deid,
        "restored_from": target.restored_from,
        "restored_by": {"type": "user", "id": target.restored_by} if target.restored_by else None,
        **(target.copied_from or {"copy_of": None, "original_copy_of": None}),
        "created": stamp(target.created_at),
        "modified": stamp(target.modified_at),
        "replaced": stamp(target.replaced_at),
        "deleted": None,
        "revision": target.revision,
        "file_group": group,
    }
    if client.major <= 18:
        doc["virus_scan"] = None
    return doc


def version_doc(target: File) -> dict[str, Any]:
    """One row of a file's version list."""
    return {
        "file_id": target.file_id,
        "version": target.version,
        "created": stamp(target.modified_at),
        "origin": {"type": target.origin_type, "id": target.origin_id},
        "restored_from": target.restored_from,
        "restored_by": {"type": "user", "id": target.restored_by} if target.restored_by else None,
        "deleted": stamp(target.deleted_at),
        "size": target.size,
        "hash": file_hash(target.blob_sha384),
    }


def note_doc(row: Any, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """One note with its writer's name."""
    first, last = names.get(row.user_id, ("", ""))
    return {
        "_id": row.id,
        "text": row.text,
        "user": row.user_id,
        "firstname": first,
        "lastname": last,
        "avatar": None,
        "created": stamp(row.created_at),
        "modified": stamp(row.modified_at),
        "timestamp": stamp(row.created_at),
    }


@dataclass
class Relations:
    """Everything a batch of container documents shows beside its own rows, loaded in a few queries."""

    files: Mapping[str, Sequence[File]] = field(default_factory=dict)
    inputs: Mapping[str, Sequence[File]] = field(default_factory=dict)
    notes: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    subjects: Mapping[str, Container] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    project_permissions: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    group_permissions: Mapping[str, Any] = field(default_factory=dict)
    collection_permissions: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    collections: Mapping[str, list[str]] = field(default_factory=dict)
    analyses: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    stats: Mapping[str, dict[str, int]] = field(default_factory=dict)
    collection_stats: Mapping[str, dict[str, int]] = field(default_factory=dict)
    templated_projects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class View:
    """How documents are to be shown."""

    client: Client
    info: bool = True
    files: bool = True


def container_doc(target: Container, related: Relations, view: View) -> dict[str, Any]:
    """One container of any level."""
    doc: dict[str, Any] = {
        "_id": target.id,
        "container_type": target.level,
        "label": target.label,
        "parents": target.parents,
        "tags": target.tags,
        "created": stamp(target.created_at),
        "modified": stamp(target.modified_at),
        "revision": target.revision,
        "info": target.info if view.info else {},
        "info_exists": target.info_exists,
        "notes": list(related.notes.get(target.id, ())),
        **_own_fields(target),
    }
    if view.files:
        files = related.files.get(target.id, ())
        doc["files"] = [file_doc(item, view.client, info=view.info) for item in files]
    if target.id in related.analyses:
        doc["analyses"] = related.analyses[target.id]
    return {**doc, **_BY_LEVEL[target.level](target, related, view)}


def _own_fields(target: Container) -> dict[str, Any]:
    return {name: target.doc.get(name) for name in LEVELS[target.level].fields}


def _timed(target: Container) -> dict[str, Any]:
    return {"uid": target.uid, "timestamp": stamp(target.timestamp), "timezone": target.timezone}


def _copy(target: Container) -> dict[str, Any]:
    names = ("copy_of", "original_copy_of", "copy_status", "copy_failure_reason")
    return {name: target.doc.get(name) for name in names}


def _group(target: Container, related: Relations, _view: View) -> dict[str, Any]:
    held = related.group_permissions.get(target.id, {})
    return {
        "permissions": held.get("permissions", []),
        "permissions_template": held.get("permissions_template", []),
        "roles": held.get("roles", []),
        "providers": target.doc.get("providers") or {},
        "editions": target.doc.get("editions") or {},
    }


def _project(target: Container, related: Relations, _view: View) -> dict[str, Any]:
    counts = related.stats.get(target.id)
    return {
        "group": target.group_id,
        "group_info": {
            "_id": target.group_id,
            "label": related.groups.get(target.group_id or "", target.group_id),
        },
        "permissions": related.project_permissions.get(target.id, []),
        "templates": target.doc.get("templates") or [],
        "providers": target.doc.get("providers") or {},
        "editions": target.doc.get("editions") or {},
        "stats": {"number_of": counts} if counts else None,
        **_copy(target),
    }


def _subject(target: Container, related: Relations, _view: View) -> dict[str, Any]:
    return {
        "project": target.project_id,
        "code": target.doc.get("code") or target.label,
        "permissions": related.project_permissions.get(target.project_id or "", []),
        **_copy(target),
    }


def _session(target: Container, related: Relations, view: View) -> dict[str, Any]:
    subject = related.subjects.get(target.subject_id or "")
    lean = View(view.client, info=view.info, files=False)
    return {
        **_timed(target),
        "group": target.group_id,
        "project": target.project_id,
        "subject": None if subject is None else container_doc(subject, related, lean),
        "permissions": related.project_permissions.get(target.project_id or "", []),
        "project_has_template": target.project_id in related.templated_projects,
        **_copy(target),
    }


def _acquisition(target: Container, related: Relations, _view: View) -> dict[str, Any]:
    return {
        **_timed(target),
        "session": target.session_id,
        "collections": related.collections.get(target.id, []),
        "permissions": related.project_permissions.get(target.project_id or "", []),
        **_copy(target),
    }


def _analysis(target: Container, related: Relations, view: View) -> dict[str, Any]:
    return {
        "parent": {"type": target.parent_level, "id": target.parent_id},
        "inputs": [
            file_doc(item, view.client, info=view.info, group="inputs")
            for item in related.inputs.get(target.id, ())
        ],
        "timestamp": stamp(target.created_at),
        "permissions": related.project_permissions.get(target.project_id or "", []),
        **_copy(target),
    }


def _collection(target: Container, related: Relations, _view: View) -> dict[str, Any]:
    origin = target.doc.get("origin") or {}
    return {
        "curator": target.doc.get("curator") or origin.get("id"),
        "permissions": related.collection_permissions.get(target.id, []),
        **related.collection_stats.get(target.id, {}),
    }


_BY_LEVEL = {
    "group": _group,
    "project": _project,
    "subject": _subject,
    "session": _session,
    "acquisition": _acquisition,
    "analysis": _analysis,
    "collection": _collection,
}
