"""What a download request selects: files the caller may have, each with its path in the archive (api.md 10.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field
from sqlalchemy import ColumnElement, and_, false, func, or_, select

from treadle.server.access.guard import Guard
from treadle.server.catalog import queries, rights
from treadle.server.catalog.rows import Container, File, as_file
from treadle.server.catalog.tables import (
    analysis_input,
    collection_access,
    collection_member,
    container,
    file,
)
from treadle.server.wire.body import Wire

LEVELS = ("group", "project", "subject", "session", "acquisition", "analysis", "collection")


class Values(Wire):
    """Wanted and unwanted values of one property."""

    plus: list[str | None] = Field(default_factory=list)
    minus: list[str | None] = Field(default_factory=list)
    plus_sign: list[str | None] = Field(default_factory=list, alias="+")
    minus_sign: list[str | None] = Field(default_factory=list, alias="-")

    def passes(self, held: Sequence[str]) -> bool:
        """No unwanted value is there and, when some are wanted, one of them is; `null` means none at all."""
        values = set(held) or {"null"}
        return values.isdisjoint(self.unwanted) and (not self.wanted or not values.isdisjoint(self.wanted))

    @property
    def wanted(self) -> list[str]:
        """Values of which one must be there."""
        return [value or "null" for value in (*self.plus, *self.plus_sign)]

    @property
    def unwanted(self) -> list[str]:
        """Values of which none may be there."""
        return [value or "null" for value in (*self.minus, *self.minus_sign)]


class FileFilter(Wire):
    """Conditions on a file; all of them must hold."""

    types: Values = Field(default_factory=Values)
    tags: Values = Field(default_factory=Values)
    since: float | None = None

    def passes(self, item: File) -> bool:
        """Whether the file is wanted."""
        return (
            self.types.passes([item.type] if item.type else [])
            and self.tags.passes(item.tags)
            and (self.since is None or item.modified_at.timestamp() >= self.since)
        )


class ContainerFilter(Wire):
    """Conditions on the containers of one level."""

    type: str = "session"
    tags: Values = Field(default_factory=Values)


class Node(Wire):
    """One container or file of the selection."""

    level: Literal["project", "subject", "session", "acquisition", "analysis", "collection", "file"]
    id: str = Field(alias="_id")


class BulkFile(Wire):
    """One file of a bulk selection."""

    container_name: str = ""
    container_id: str
    filename: str


class Selection(Wire):
    """The body of `POST /download`."""

    nodes: list[Node] = Field(default_factory=list)
    files: list[BulkFile] = Field(default_factory=list)
    filters: list[FileFilter] | None = None
    container_filters: list[ContainerFilter] | None = None
    mlset_filters: Values | None = None


@dataclass(frozen=True)
class Options:
    """How the selection is laid out."""

    prefix: str = "flywheel"
    analyses: bool = False
    metadata: bool = False
    delimited: bool = False  # `P/SUBJECTS/S/SESSIONS/E/..`, as `fw ingest project` reads it


@dataclass
class Selected:
    """The files of a selection, and the nodes that were left out."""

    files: list[File] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    roots: set[str] = field(default_factory=set)  # analyses that were asked for by themselves
    inputs: dict[str, list[File]] = field(default_factory=dict)


async def select_files(guard: Guard, wanted: Selection, options: Options) -> Selected:
    """The files the caller may download; what is not permitted or not there is skipped and named."""
    found = Selected()
    conditions: list[ColumnElement[bool]] = []
    single = [node.id for node in wanted.nodes if node.level == "file"]
    if single:
        conditions.append(file.c.id.in_(single))
    for node in (node for node in wanted.nodes if node.level != "file"):
        condition = await _node_condition(guard, node, options, found)
        if condition is None:
            found.skipped.append(node.id)
        else:
            conditions.append(condition)
    for item in wanted.files:
        conditions.append(and_(file.c.parent_id == item.container_id, file.c.name == item.filename))
    if conditions:
        found.files = await _read(guard, or_(*conditions), wanted)
    if options.analyses or found.roots:
        await _add_inputs(guard, found, wanted)
    return found


async def _node_condition(
    guard: Guard, node: Node, options: Options, found: Selected
) -> ColumnElement[bool] | None:
    target = await queries.container_by_id(guard.connection, node.id)
    if target is None or target.level != node.level or not await _may_download(guard, target):
        return None
    if target.level == "analysis":
        found.roots.add(target.id)
        return file.c.analysis_id == target.id
    if target.level == "collection":
        members = select(collection_member.c.acquisition_id).where(
            collection_member.c.collection_id == target.id
        )
        return or_(
            file.c.parent_id == target.id,
            and_(file.c.acquisition_id.in_(members), file.c.analysis_id.is_(None)),
        )
    inside = queries.files_below(target.level, target.id)
    return inside if options.analyses else and_(inside, file.c.analysis_id.is_(None))


async def _may_download(guard: Guard, target: Container) -> bool:
    if target.project_id is not None:
        return await rights.sees(guard, target) and await guard.may(
            "files_download", project_id=target.project_id
        )
    query = select(container.c.id).where(container.c.id == target.id, rights.visible(guard, target.level))
    return (await guard.connection.execute(query)).first() is not None


def _permitted(guard: Guard) -> ColumnElement[bool]:
    """Files in permitted projects, and attachments of collections the caller sees."""
    shared = (
        collection_access.c.collection_id.is_not(None)
        if guard.identity.is_site_admin
        else collection_access.c.user_id == guard.identity.person
    )
    in_collection = and_(
        file.c.project_id.is_(None),
        file.c.parent_id.in_(select(collection_access.c.collection_id).where(shared)),
    )
    shown = or_(file.c.analysis_id.is_(None), guard.allowed(file.c.project_id, "analyses_view_metadata"))
    return or_(and_(guard.allowed(file.c.project_id, "files_download"), shown), in_collection)


async def _read(guard: Guard, condition: ColumnElement[bool], wanted: Selection) -> list[File]:
    rows = await guard.connection.stream(
        select(*queries.FILE_LIST)
        .where(condition, queries.LIVE_FILE, _permitted(guard), _container_condition(wanted))
        .order_by(file.c.id)
    )
    found = [as_file(row) async for row in rows]
    return [item for item in found if not wanted.filters or any(one.passes(item) for one in wanted.filters)]


def _container_condition(wanted: Selection) -> ColumnElement[bool]:
    """Files below containers that pass; what is wanted keeps only what is below, what is unwanted the rest."""
    conditions: list[ColumnElement[bool]] = []
    for one in wanted.container_filters or ():
        if one.type not in ("project", "subject", "session", "acquisition"):
            conditions.append(false())
            continue
        plus, minus = one.tags.wanted, one.tags.unwanted
        bare = container.c.tags == []
        good = or_(container.c.tags.overlap(plus), bare if "null" in plus else false())
        bad = or_(container.c.tags.overlap(minus), bare if "null" in minus else false())
        conditions += _below(one.type, good if plus else None, bad if minus else None)
    if wanted.mlset_filters is not None:
        mlset = func.coalesce(container.c.doc["mlset"].astext, "null")
        plus, minus = wanted.mlset_filters.wanted, wanted.mlset_filters.unwanted
        conditions += _below(
            "subject", mlset.in_(plus) if plus else None, mlset.in_(minus) if minus else None
        )
    return and_(*conditions) if conditions else file.c.id.is_not(None)


def _below(
    level: str, good: ColumnElement[bool] | None, bad: ColumnElement[bool] | None
) -> Iterator[ColumnElement[bool]]:
    column = file.c[f"{level}_id"]
    rows = select(container.c.id).where(container.c.level == level)
    if good is not None:
        yield column.in_(rows.where(good))
    if bad is not None:
        yield or_(column.is_(None), ~column.in_(rows.where(bad)))


async def _add_inputs(guard: Guard, found: Selected, wanted: Selection) -> None:
    """The pinned inputs of every analysis whose outputs (or which itself) were selected."""
    analyses = list(found.roots | {item.analysis_id for item in found.files if item.analysis_id})
    rows = await guard.connection.execute(
        select(analysis_input.c.analysis_id.label("of_analysis"), *queries.FILE_LIST)
        .join(file, file.c.id == analysis_input.c.file_version_id)
        .where(analysis_input.c.analysis_id.in_(analyses), _permitted(guard))
        .order_by(analysis_input.c.position)
    )
    for row in rows:
        item = as_file(row)
        if not wanted.filters or any(one.passes(item) for one in wanted.filters):
            found.inputs.setdefault(row.of_analysis, []).append(item)
