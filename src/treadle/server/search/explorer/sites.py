"""Other sites that can be searched from here, and each user's own key there (search.md 10).

A site is named by an administrator; it sees nothing but the key of the user who asks, so it applies its own rights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

from sqlalchemy import Row, and_, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.guard import Guard
from treadle.server.kit.clock import now
from treadle.server.kit.errors import BadRequest, Conflict
from treadle.server.kit.ids import new_id
from treadle.server.privacy.site_key import SiteKey
from treadle.server.search.explorer.errors import SearchSiteMissing
from treadle.server.search.explorer.tables import search_site, search_site_key
from treadle.server.wire.answer import stamp

Kind = Literal["treadle", "flywheel"]

HOME = "home"  # what this site is called among the others
EVERYWHERE = "*"
_LONGEST = 255


@dataclass(frozen=True)
class Peer:
    """Another site, with the caller's key there when they have given one."""

    id: str
    label: str
    url: str
    kind: Kind
    key: str | None = field(default=None, repr=False)


def read_site(body: Mapping[str, Any], *, partly: bool = False) -> dict[str, Any]:
    """The columns of a site; `partly` when only what changes is given."""
    unknown = sorted(set(body) - {"label", "url", "kind", "_id"})
    if unknown:
        raise BadRequest(f"A site has no '{unknown[0][:60]}'; it has label, url and kind.")
    found: dict[str, Any] = {}
    if "label" in body or not partly:
        label = body.get("label")
        if not isinstance(label, str) or not label.strip() or len(label) > _LONGEST:
            raise BadRequest(f"'label' must be a text of 1 to {_LONGEST} characters.")
        found["label"] = label.strip()
    if "url" in body or not partly:
        found["url"] = _url(body.get("url"))
    if "kind" in body or not partly:
        kind = body.get("kind") or "treadle"
        if kind not in get_args(Kind):
            raise BadRequest(f"'kind' is one of: {', '.join(get_args(Kind))}.")
        found["kind"] = kind
    return found


def _url(value: Any) -> str:
    refused = BadRequest("'url' is the address of a site, such as https://images.example.org.")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise refused
    try:
        parts = urlsplit(value.strip())
        parts.port  # noqa: B018  a wrong one is an error only when asked for
    except ValueError:
        raise refused from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or parts.username
    ):
        raise refused
    return value.strip().rstrip("/").removesuffix("/api")


async def add(connection: AsyncConnection, values: Mapping[str, Any]) -> str:
    """The id of a new site."""
    await _refuse_namesake(connection, values, "")
    site_id = new_id()
    await connection.execute(insert(search_site).values(id=site_id, **values))
    return site_id


async def change(connection: AsyncConnection, site_id: str, values: Mapping[str, Any]) -> None:
    """Another label, address or kind. Keys are for the address they were given for, so a new one ends them."""
    old = await find(connection, site_id)
    await _refuse_namesake(connection, values, site_id)
    await connection.execute(
        update(search_site).where(search_site.c.id == site_id).values(modified_at=now(), **values)
    )
    if values.get("url", old.url) != old.url:
        await connection.execute(delete(search_site_key).where(search_site_key.c.site_id == site_id))


async def _refuse_namesake(connection: AsyncConnection, values: Mapping[str, Any], site_id: str) -> None:
    same = select(search_site.c.id).where(
        search_site.c.label == values.get("label"), search_site.c.id != site_id
    )
    if (await connection.execute(same)).first() is not None:
        raise Conflict(f"There is a site '{values['label']}' already.")


async def remove(connection: AsyncConnection, site_id: str) -> int:
    """Forget a site and all keys for it."""
    gone = await connection.execute(delete(search_site).where(search_site.c.id == site_id))
    return int(gone.rowcount)


async def find(connection: AsyncConnection, site_id: str) -> Row[Any]:
    """The site of this id."""
    row = (await connection.execute(select(search_site).where(search_site.c.id == site_id))).one_or_none()
    if row is None:
        raise SearchSiteMissing
    return row


async def listed(guard: Guard) -> list[dict[str, Any]]:
    """All sites, with whether and as whom the caller is connected."""
    return [
        {
            "_id": row.id,
            "label": row.label,
            "url": row.url,
            "kind": row.kind,
            "connected": row.account is not None,
            "account": row.account,
            "created": stamp(row.created_at),
            "modified": stamp(row.modified_at),
        }
        for row in await guard.connection.execute(_with_keys(guard))
    ]


def _with_keys(guard: Guard) -> Any:
    mine = and_(
        search_site_key.c.site_id == search_site.c.id, search_site_key.c.user_id == guard.require_account()
    )
    return (
        select(search_site, search_site_key.c.account, search_site_key.c.sealed)
        .outerjoin(search_site_key, mine)
        .order_by(search_site.c.label, search_site.c.id)
    )


async def peers(guard: Guard, wanted: Sequence[str], key: SiteKey) -> list[Peer]:
    """The sites that a search names, with the caller's keys."""
    rows = (await guard.connection.execute(_with_keys(guard))).all()
    known = {HOME, EVERYWHERE, *(row.id for row in rows)}
    for name in wanted:
        if name not in known:
            raise BadRequest(f"There is no site '{name[:60]}'.")
    return [
        Peer(
            id=row.id,
            label=row.label,
            url=row.url,
            kind=cast(Kind, row.kind),
            key=None if row.sealed is None else key.open(row.sealed)[0].decode(),
        )
        for row in rows
        if EVERYWHERE in wanted or row.id in wanted
    ]


async def connect(guard: Guard, site_id: str, *, key: str, account: str, seal: SiteKey) -> None:
    """Keep the caller's key for the site, replacing the one before."""
    values = {"account": account, "sealed": seal.seal(key.encode()), "created_at": now()}
    await guard.connection.execute(
        upsert(search_site_key)
        .values(site_id=site_id, user_id=guard.require_account(), **values)
        .on_conflict_do_update(index_elements=["site_id", "user_id"], set_=values)
    )


async def disconnect(guard: Guard, site_id: str) -> int:
    """Forget the caller's key for the site."""
    gone = await guard.connection.execute(
        delete(search_site_key).where(
            search_site_key.c.site_id == site_id, search_site_key.c.user_id == guard.require_account()
        )
    )
    return int(gone.rowcount)
