"""Queries as texts and trees over HTTP: no object is looked for here (search.md 3, 4.3)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import Response

from treadle.flyql.ast import Node
from treadle.flyql.errors import FlyqlError, TreeError
from treadle.flyql.parser import parse
from treadle.flyql.printer import to_text
from treadle.flyql.tree import from_tree, to_tree
from treadle.server.access.guard import AnonymousGuard, Guard, UserGuard
from treadle.server.kit.errors import BadRequest
from treadle.server.search import query
from treadle.server.search.explorer.errors import QueryInvalid
from treadle.server.search.explorer.models import Parsed, Printed
from treadle.server.wire.answer import json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(prefix="/dataexplorer/search", tags=["search"])


def query_text(body: dict[str, Any]) -> str:
    """The query of a body."""
    text = body.get("structured_query")
    if text is None:
        return ""
    if not isinstance(text, str):
        raise BadRequest("'structured_query' must be a text.")
    return text


@router.post("/parse", response_model=Parsed, operation_id="parse_search_query")
async def parsed(guard: AnonymousGuard, body: ObjectBody) -> Response:
    """Whether a text is a query, what is wrong with it, and its tree; to a known caller, which fields nothing has."""
    guard.nothing_seen()
    try:
        tree = parse(query_text(body))
    except FlyqlError as error:
        return json_answer(
            {"valid": False, "errors": [error.wire()], "ast": None, "canonical": None, "warnings": []}
        )
    warnings = [] if guard.identity.kind == "anonymous" else await _warnings(guard, tree)
    return json_answer(
        {"valid": True, "errors": [], "ast": to_tree(tree), "canonical": to_text(tree), "warnings": warnings}
    )


async def _warnings(guard: Guard, tree: Node) -> list[dict[str, Any]]:
    found = await query.unknown_fields(guard.connection, tree, await query.scope_of(guard))
    return [{key: value for key, value in asdict(one).items() if value is not None} for one in found]


@router.post("/print", response_model=Printed, operation_id="print_search_query")
async def printed(guard: UserGuard, body: ObjectBody) -> Response:
    """The text of a tree."""
    guard.nothing_seen()
    try:
        return json_answer({"structured_query": to_text(from_tree(body.get("ast")))})
    except TreeError as error:
        raise QueryInvalid(str(error)) from None
