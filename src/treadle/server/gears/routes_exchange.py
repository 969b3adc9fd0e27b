"""The gear exchange: catalogues that administrators read in, and installing from them (gears.md 3)."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy import Row

from treadle.server.access.guard import UserGuard
from treadle.server.gears import exchange
from treadle.server.gears.add import add_gear, read_submission
from treadle.server.gears.models import ExchangeEntry, ExchangeGear, ExchangeSource, ExchangeSynced, GearAdded
from treadle.server.kit.errors import Invalid
from treadle.server.wire.answer import Deleted, json_answer, listing, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import ClientDialect
from treadle.server.wire.query import flag, read_count
from treadle.server.wire.routing import Router

router = Router(prefix="/x/exchange", tags=["gears"])
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PAGE, _LONGEST = 250, 500


def _text(body: dict[str, Any], key: str) -> str | None:
    found = body.get(key)
    if found is not None and (not isinstance(found, str) or len(found) > _LONGEST):
        raise Invalid(f"'{key}' must be a text of at most {_LONGEST} characters.")
    return found or None


@router.get("/sources", response_model=list[ExchangeSource], operation_id="get_exchange_sources")
async def sources(guard: UserGuard) -> Response:
    """The catalogues, and when each was read."""
    found = [
        {
            "name": row.name,
            "address": row.address,
            "commit": row.commit,
            "synced_at": stamp(row.synced_at),
            "gears": row.gears,
        }
        for row in await exchange.sources(guard.connection)
    ]
    return json_answer(found)


@router.put("/sources/{name}", response_model=ExchangeSynced, operation_id="sync_exchange_source")
async def sync(guard: UserGuard, name: str, body: ObjectBody) -> Response:
    """The catalogue of this name as it is now: `{gears: [{category, gear, exchange}], address, commit}`."""
    guard.require_developer()
    if not _NAME.fullmatch(name):
        raise Invalid("A catalogue's name has lower-case letters, digits, '.', '_' and '-'.")
    entries = await asyncio.to_thread(exchange.read_entries, body.get("gears"))
    removed = await exchange.put_source(
        guard.connection, name, entries, address=_text(body, "address"), commit=_text(body, "commit")
    )
    refused = [
        {"name": one["name"], "version": one["version"], "findings": one["findings"]}
        for one in entries
        if not one["importable"]
    ]
    return json_answer({"gears": len(entries), "removed": removed, "refused": refused})


@router.delete("/sources/{name}", response_model=Deleted, operation_id="delete_exchange_source")
async def forget(guard: UserGuard, name: str) -> Response:
    """Forget a catalogue; what was installed from it stays."""
    guard.require_developer()
    return json_answer({"deleted": await exchange.drop_source(guard.connection, name)})


@router.get("", response_model=list[ExchangeEntry], operation_id="search_exchange")
async def search(
    request: Request,
    guard: UserGuard,
    client: ClientDialect,
    q: Annotated[
        str | None, Query(description="words of name, label, description, author, maintainer")
    ] = None,
    name: Annotated[str | None, Query(description="all versions of this gear")] = None,
    category: str | None = None,
    suite: str | None = None,
    source: str | None = None,
    limit: str | None = None,
    skip: str | None = None,
) -> Response:
    """Gears that could be installed, the newest version of each; `upgradeable`: only those newer than what is there."""
    asked = exchange.Asked(
        tuple((q or "").split()), name, category, suite, source, flag(request, "upgradeable")
    )
    page = min(read_count(limit, "limit") or _PAGE, _PAGE)
    rows, total = await exchange.listed(
        guard.connection, asked, limit=page, skip=read_count(skip, "skip") or 0
    )
    return listing([_entry(row) for row in rows], total=total, envelope=client.envelope)


@router.get("/{name}", response_model=ExchangeGear, operation_id="get_exchange_gear")
async def read(guard: UserGuard, name: str, version: str | None = None) -> Response:
    """A gear of a catalogue: its newest version, or the one asked for."""
    row = await exchange.find(guard.connection, name, version)
    about = {"source": row.source, "importable": row.importable, "findings": row.findings}
    return json_answer({**row.document, **about})


@router.post("/{name}/install", response_model=GearAdded, operation_id="install_exchange_gear")
async def install(guard: UserGuard, name: str, body: ObjectBody) -> Response:
    """Install a gear of a catalogue: `{version, category}`, both optional. Its image is pulled when it first runs."""
    guard.require_developer()
    row = await exchange.find(guard.connection, name, _text(body, "version"))
    category = _text(body, "category") or row.category
    submission = read_submission({**row.document, "category": category}, guard.identity, published=True)
    gear_id = await add_gear(guard.connection, submission, guard.identity)
    return json_answer({"_id": gear_id, "warnings": submission.warnings})


def _entry(row: Row[Any]) -> dict[str, Any]:
    manifest = row.document["gear"]
    return {
        "name": row.name,
        "version": row.version,
        "installed": row.installed,
        "category": row.category,
        "suite": row.suite,
        "label": manifest.get("label"),
        "description": manifest.get("description"),
        "author": manifest.get("author"),
        "source": row.source,
        "importable": row.importable,
    }
