"""Results as files over HTTP (search.md 9)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from treadle.server.access.guard import StreamGuards
from treadle.server.search.explorer.export import read_export, stream
from treadle.server.search.explorer.search import prepare, record
from treadle.server.search.views.evaluate import started
from treadle.server.search.views.routes_data import attachment
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(prefix="/dataexplorer", tags=["search"])


@router.post("/search/export", response_model=list[dict[str, Any]], operation_id="export_search")
async def export(request: Request, guards: StreamGuards, body: ObjectBody) -> Response:
    """All of a result as CSV, TSV, JSON, NDJSON or Parquet; there is no upper limit."""
    wanted = read_export(body)
    async with guards() as guard:
        found = await prepare(guard, wanted.asked)
        await record(guard, found, hits=None, ms=0, purpose="export")
    blocks = stream(request.app.state.database, wanted, found)
    return attachment(await started(blocks), wanted.kind, wanted.name)
