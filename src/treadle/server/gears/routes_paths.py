"""Paths of labels: to containers, to files, and to gears, the one root that is no group (api.md 11)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import ScopedGuard
from treadle.server.catalog import relations
from treadle.server.catalog.models import ContainerDocument, FileDocument, ResolvedDocument
from treadle.server.catalog.resolve import clean_path, resolve
from treadle.server.catalog.rows import File
from treadle.server.catalog.wire import View, file_doc
from treadle.server.gears.models import GearDocument
from treadle.server.gears.paths import ROOT, find, walk
from treadle.server.gears.wire import gear_node
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import Client, ClientDialect
from treadle.server.wire.query import flag
from treadle.server.wire.routing import Router

router = Router(tags=["paths"])


def _file_node(target: File, client: Client, *, info: bool) -> dict[str, Any]:
    return {**file_doc(target, client, info=info), "container_type": "file", "permissions": []}


@router.post(
    "/lookup", response_model=ContainerDocument | FileDocument | GearDocument, operation_id="lookup_path"
)
async def lookup(guard: ScopedGuard, client: ClientDialect, body: ObjectBody) -> Response:
    """The container, file or gear at a path of labels, whole."""
    guard.decided()
    path = clean_path(body.get("path"))
    if path[:1] == [ROOT] and path[1:]:
        return json_answer(gear_node(await find(guard.connection, path[1:])))
    found = await resolve(guard, path, children=False)
    if not found.path:
        raise ContainerNotFound("The path is empty.")
    node = found.path[-1]
    if isinstance(node, File):
        return json_answer(_file_node(node, client, info=True))
    return json_answer({"node_type": node.level, **await relations.document(guard, node, View(client))})


@router.post("/resolve", response_model=ResolvedDocument, operation_id="resolve_path")
async def resolve_path(
    request: Request, guard: ScopedGuard, client: ClientDialect, body: ObjectBody
) -> Response:
    """Every node along a path of labels and the children of its end."""
    guard.decided()
    path = clean_path(body.get("path"))
    if path[:1] == [ROOT]:
        nodes, below = await walk(guard, path[1:])
        return json_answer({"path": list(map(gear_node, nodes)), "children": list(map(gear_node, below))})
    found = await resolve(guard, path)
    info = flag(request, "include_all_info")
    view = View(client, info=info)
    containers = [node for node in (*found.path, *found.children) if not isinstance(node, File)]
    shown = {doc["_id"]: doc for doc in await relations.documents(guard, containers, view)}

    def node(target: Any) -> dict[str, Any]:
        if isinstance(target, File):
            return _file_node(target, client, info=False)
        return {"node_type": target.level, **shown[target.id]}

    return json_answer({"path": list(map(node, found.path)), "children": list(map(node, found.children))})
