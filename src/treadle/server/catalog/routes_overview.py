"""Endpoints that show many things at once: tree, catalogue, curators, change logs (api.md 6.1, 14, 17)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy import func, select

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import AdminGuard, Guard, ScopedGuard, UserGuard
from treadle.server.access.tables import app_user
from treadle.server.catalog import catalogue, cleanup, files, history, listing, rights, trash, tree
from treadle.server.catalog.containers import get_container
from treadle.server.catalog.levels import LEVELS
from treadle.server.catalog.listing import container_source
from treadle.server.catalog.models import Document
from treadle.server.catalog.tables import container
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import Modified, json_answer, stamp
from treadle.server.wire.answer import listing as list_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import Listing, read_count
from treadle.server.wire.routing import Router

router = Router(tags=["overview"])

_MOST_CHANGES = 1000
_LOGGED = ("project", "subject", "session", "acquisition", "analysis", "file")


class Curator(Document):
    """Who has made a collection."""

    firstname: str | None = None
    lastname: str | None = None


@router.post("/tree", response_model=list[Document], operation_id="fetch_tree")
async def fetch_tree(guard: ScopedGuard, query: Listing, client: ClientDialect, body: ObjectBody) -> Response:
    """Chosen fields of a part of the hierarchy, nested as asked."""
    if query.exhaustive:
        guard.require_site_admin()
    spec = tree.read_spec(body)
    rows, total = await tree.Tree(guard, client, info=query.include_all_info).top(spec, query)
    return list_answer(rows, total=total, envelope=client.envelope)


@router.get("/tree/graph", response_model=dict[str, Any], operation_id="get_tree_graph")
async def tree_graph(_guard: UserGuard) -> Response:
    """Which levels there are and how they are connected."""
    return json_answer(tree.graph_document())


@router.get("/projects/catalog-list", response_model=list[Document], operation_id="catalog_list")
async def catalog_list(
    guard: UserGuard, query: Listing, client: ClientDialect, search_string: str | None = None
) -> Response:
    """Projects shared with the whole site."""
    scope = catalogue.SHARED
    if search_string:
        scope &= func.strpos(func.lower(container.c.label), search_string.lower()) > 0
    source = container_source("project", scope)
    if query.limit is None or query.limit > listing.BATCH:
        query = type(query)(**{**query.__dict__, "limit": listing.BATCH})
    found = await listing.fetch(guard.connection, source, query)
    total = await listing.count(guard.connection, source, query)
    shown = await catalogue.documents(guard.connection, found)
    return list_answer(shown, total=total, envelope=client.envelope)


@router.get(
    "/projects/catalog-list-filter-options",
    response_model=Document,
    operation_id="get_catalog_list_filter_options",
)
async def catalog_options(guard: UserGuard) -> Response:
    """The words that occur in the catalogue."""
    return json_answer(await catalogue.options(guard.connection))


@router.get("/projects/{id}/delete-status", response_model=Document, operation_id="get_project_delete_status")
async def delete_status(guard: ScopedGuard, id: str) -> Response:
    """`static` of a living project, `completed` of one in the trash: deleting takes no time here."""
    try:
        await rights.find(guard, id, level="project")
    except ContainerNotFound:
        if not await trash.is_deleted(guard.connection, "project", id):
            raise
        if not await guard.may("containers_view_metadata", project_id=id):
            raise
        return json_answer({"delete_status": "completed", "delete_failure_reason": None})
    return json_answer({"delete_status": "static", "delete_failure_reason": None})


@router.get(
    "/collections/curators", response_model=list[Curator], operation_id="get_all_collections_curators"
)
async def curators(guard: ScopedGuard, query: Listing) -> Response:
    """Who curates the collections you may see."""
    source = container_source("collection", rights.visible(guard, "collection"))
    chosen = source.ordered(query).subquery()
    ids = select(func.coalesce(chosen.c.doc["curator"].astext, chosen.c.doc["origin"]["id"].astext))
    people = select(app_user.c.id, app_user.c.firstname, app_user.c.lastname).where(app_user.c.id.in_(ids))
    rows = await guard.connection.execute(people.order_by(app_user.c.id))
    return json_answer(
        [{"_id": row.id, "firstname": row.firstname, "lastname": row.lastname} for row in rows]
    )


async def _logged(guard: Guard, kind: str, target_id: str) -> str:
    """The id a container's or file's changes are kept under, when the caller may see it."""
    if kind not in _LOGGED:
        raise Invalid(f"Changes are kept of: {', '.join(_LOGGED)}.")
    if kind == "file":
        found = await files.get_file(guard.connection, target_id)
        await rights.require_file(guard, found, "files_view_metadata")
        return found.file_id
    target = await get_container(guard.connection, target_id, level=kind)
    action: Any = "analyses_view_metadata" if kind == "analysis" else "containers_view_metadata"
    await rights.require(guard, target, action)
    return target.id


def _change(kind: str, row: Any) -> dict[str, Any]:
    return {
        "container_type": kind,
        "container_id": row.target_id,
        "file_version": row.version,
        "created": stamp(row.created_at),
        "origin": {"type": row.origin_type, "id": row.origin_id},
        "method": row.method,
        "patch": row.patch,
        "revision": row.revision,
        "reason": row.reason,
    }


Version = Annotated[str | None, Query(description="of a file: only changes of this version")]


@router.get("/changes/{container_type}/{id}", response_model=Document, operation_id="get_change_log")
async def changes(
    guard: ScopedGuard, container_type: str, id: str, version: Version = None, limit: str | None = None
) -> Response:
    """Who changed what, newest first."""
    target_id = await _logged(guard, container_type, id)
    number = read_count(version, "version") or None
    rows = await history.changes_of(
        guard.connection,
        container_type,
        target_id,
        version=number,
        limit=min(read_count(limit, "limit") or _MOST_CHANGES, _MOST_CHANGES),
    )
    shown = [_change(container_type, row) for row in rows]
    return json_answer(
        {"container_type": container_type, "container_id": id, "file_version": number, "changes": shown}
    )


@router.get(
    "/changes/{container_type}/{id}/fields/{field}",
    response_model=Document,
    operation_id="get_field_change_log",
)
async def field_changes(
    guard: ScopedGuard, container_type: str, id: str, field: str, version: Version = None
) -> Response:
    """The values a field has had, newest first; `info.key` names one key."""
    target_id = await _logged(guard, container_type, id)
    number = read_count(version, "version") or None
    rows = await history.changes_of(
        guard.connection,
        container_type,
        target_id,
        version=number,
        limit=_MOST_CHANGES,
        path=field.split("."),
    )
    shown = [
        {name: value for name, value in _change(container_type, row).items() if name in _FIELD_CHANGE}
        | {"value": history.value_at(row.patch, field.split("."))}
        for row in rows
    ]
    return json_answer(
        {"container_type": container_type, "container_id": id, "file_version": number, "changes": shown}
    )


_FIELD_CHANGE = ("method", "created", "revision", "origin")


def _cleanups(plural: str) -> None:
    @router.patch(
        f"/{plural}/info/cleanup/{{path}}", response_model=Modified, operation_id=f"cleanup_{plural}_info"
    )
    async def clean(guard: AdminGuard, path: str) -> Response:
        modified = await cleanup.remove_info(guard.connection, plural, path)
        return json_answer({"modified": modified, "jobs_spawned": 0})


for _level in LEVELS.values():
    if _level.name != "group":
        _cleanups(_level.plural)
_cleanups("containers")
_cleanups("files")
