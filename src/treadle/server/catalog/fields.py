"""Names that filters and sorts may use -> SQL (api.md 6.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Numeric, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Text

from treadle.server.catalog.levels import HIERARCHY, LEVELS, Kind
from treadle.server.catalog.tables import container, file
from treadle.server.store.filtering import Field

_KINDS = {Kind.NUMBER: "number", Kind.INTEGER: "integer", Kind.BOOLEAN: "boolean"}
_EMPTY = literal_column("'{}'::jsonb", JSONB)


def _json_path(column: ColumnElement[Any], path: list[str]) -> Field:
    return Field(column[tuple(path)], "json")


def _document(table: Any, level: str, name: str) -> Field | None:
    rule = LEVELS[level].fields.get(name)
    if rule is None:
        return None
    text = table.c.doc[name].astext
    if rule.kind is Kind.NUMBER:
        return Field(cast(text, Numeric), "number")
    if rule.kind is Kind.INTEGER:
        return Field(cast(cast(text, Numeric), Integer), "integer")
    if rule.kind is Kind.BOOLEAN:
        return Field(table.c.doc[name].as_boolean(), "boolean")
    if rule.kind is Kind.OBJECT:
        return Field(table.c.doc[name], "json")
    return Field(text, "text")


def _container_columns(table: Any) -> dict[str, Field]:
    return {
        "_id": Field(table.c.id, "text"),
        "id": Field(table.c.id, "text"),
        "label": Field(table.c.label, "text"),
        "uid": Field(table.c.uid, "text"),
        "timestamp": Field(table.c.timestamp, "time"),
        "timezone": Field(table.c.timezone, "text"),
        "created": Field(table.c.created_at, "time"),
        "modified": Field(table.c.modified_at, "time"),
        "revision": Field(table.c.revision, "integer"),
        "tags": Field(table.c.tags, "text_list"),
        "info_exists": Field(table.c.info != _EMPTY, "boolean"),
        "parent.id": Field(table.c.parent_id, "text"),
        "parent.type": Field(table.c.parent_level, "text"),
        "origin.id": Field(table.c.doc["origin"]["id"].astext, "text"),
        "origin.type": Field(table.c.doc["origin"]["type"].astext, "text"),
    }


def container_field(level: str, name: str, table: Any = container) -> Field | None:
    """The field of a container of this level, or None when there is no such thing."""
    known = _container_columns(table).get(name) or _document(table, level, name)
    if known is not None:
        return known
    head, _, rest = name.partition(".")
    if head in ("info", "settings", "metadata", "gear_info") and rest:
        column = table.c.info if head == "info" else table.c.doc[head]
        return _json_path(column, rest.split("."))
    return _of_level(level, name, table) or _ancestor(level, name, table)


def _of_level(level: str, name: str, table: Any) -> Field | None:
    """What the documents of one level show that is no column and no field of the document."""
    if level == "subject" and name == "code":
        return Field(func.coalesce(table.c.doc["code"].astext, table.c.label), "text")
    if level == "collection" and name == "curator":
        made_by = table.c.doc["origin"]["id"].astext
        return Field(func.coalesce(table.c.doc["curator"].astext, made_by), "text")
    if level == "session" and name == "project_has_template":
        return Field(_has_templates(table), "boolean")
    return None


def _has_templates(table: Any) -> ColumnElement[bool]:
    project = container.alias()
    templates = func.coalesce(project.c.doc["templates"].astext, "[]")
    return (
        select(templates.not_in(("[]", "null")))
        .where(project.c.id == table.c.project_id)
        .correlate(table)
        .scalar_subquery()
    )


def _ancestor(level: str, name: str, table: Any) -> Field | None:
    head, _, rest = name.partition(".")
    if head == "parents" and rest in HIERARCHY and rest != level:
        return Field(table.c[f"{rest}_id"], "text")
    if head not in HIERARCHY or head == level:
        return None
    if rest in ("", "_id", "id"):
        return Field(table.c[f"{head}_id"], "text")
    above = container.alias()
    inner = container_field(head, rest, above)
    if inner is None:
        return None
    expression = (
        select(inner.expression).where(above.c.id == table.c[f"{head}_id"]).correlate(table).scalar_subquery()
    )
    return Field(expression, inner.kind)


_FILE_COLUMNS: dict[str, Field] = {
    "_id": Field(file.c.id, "text"),
    "id": Field(file.c.id, "text"),
    "file_id": Field(file.c.file_id, "text"),
    "name": Field(file.c.name, "text"),
    "label": Field(file.c.name, "text"),
    "version": Field(file.c.version, "integer"),
    "type": Field(file.c.type, "text"),
    "mimetype": Field(file.c.mimetype, "text"),
    "modality": Field(file.c.modality, "text"),
    "size": Field(file.c.size, "integer"),
    "hash": Field("v0-sha384-" + cast(file.c.blob_sha384, Text), "text"),
    "tags": Field(file.c.tags, "text_list"),
    "info_exists": Field(file.c.info != _EMPTY, "boolean"),
    "zip_member_count": Field(file.c.zip_member_count, "integer"),
    "origin.id": Field(file.c.origin_id, "text"),
    "origin.type": Field(file.c.origin_type, "text"),
    "parent_ref.id": Field(file.c.parent_id, "text"),
    "parent_ref.type": Field(file.c.parent_level, "text"),
    "created": Field(file.c.created_at, "time"),
    "modified": Field(file.c.modified_at, "time"),
    "replaced": Field(file.c.replaced_at, "time"),
    "revision": Field(file.c.revision, "integer"),
    "deid_log_id": Field(file.c.deid_log_id, "text"),
    "gear_info": Field(file.c.gear_info, "json"),
    "parents.analysis": Field(file.c.analysis_id, "text"),
    "analysis": Field(file.c.analysis_id, "text"),
}


def file_field(name: str) -> Field | None:
    """The field of a file, or None when there is no such thing."""
    name = name.removeprefix("file.")
    known = _FILE_COLUMNS.get(name)
    if known is not None:
        return known
    head, _, rest = name.partition(".")
    if head in ("info", "classification", "gear_info") and rest:
        return _json_path(file.c[head], rest.split("."))
    if head == "classification":
        return Field(case((file.c.classification == _EMPTY, None), else_=file.c.classification), "json")
    return _ancestor("file", name, file)
