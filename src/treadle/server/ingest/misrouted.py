"""The worklist of parked sessions: who waits, why, and which existing project may have been meant (connector.md 11)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true, tuple_

from treadle.dicom.target import UNKNOWN_GROUP
from treadle.server.access.guard import Guard
from treadle.server.catalog.queries import LIVE
from treadle.server.catalog.rows import Container, as_container
from treadle.server.catalog.tables import container
from treadle.server.ingest import queries
from treadle.server.ingest.preview import sight_of
from treadle.server.ingest.suggestions import Suggestion, Typed, suggest
from treadle.server.wire.answer import stamp

_PLACEMENT = container.c.placement
_GROUP, _PROJECT = (_PLACEMENT["requested"][name].astext for name in ("group", "project"))


@dataclass(frozen=True)
class Parked:
    """A session that waits for somebody to say where it belongs."""

    session: Container
    subject: Container | None
    project: Container | None
    suggestions: list[Suggestion]
    alike: int

    def document(self) -> dict[str, Any]:
        """One row of the worklist."""
        placement = self.session.placement or {}
        return {
            "session": {
                "_id": self.session.id,
                "label": self.session.label,
                "timestamp": stamp(self.session.timestamp),
            },
            "subject": _name(self.subject),
            "project": _name(self.project),
            "group": self.session.group_id,
            "reason": placement.get("reason"),
            "flags": placement.get("flags") or [],
            "requested": placement.get("requested") or {},
            "received_at": placement.get("received_at"),
            "device": placement.get("device"),
            "suggestions": [suggestion.document() for suggestion in self.suggestions],
            "alike": self.alike,
        }


def _name(target: Container | None) -> dict[str, str] | None:
    return None if target is None else {"_id": target.id, "label": target.label}


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """Which rows of the worklist are wanted; empty values leave all in."""

    reason: str | None = None
    device: str | None = None
    search: str | None = None

    def condition(self) -> ColumnElement[bool]:
        """SQL condition: sessions that pass."""
        passes: list[ColumnElement[bool]] = [true()]
        if self.reason:
            passes.append(_PLACEMENT["reason"].astext == self.reason)
        if self.device:
            passes.append(_PLACEMENT["device"].astext == self.device)
        if self.search:
            passes.append(says(self.search))
        return and_(*passes)


async def count_parked(guard: Guard, sieve: Sieve) -> int:
    """How many parked sessions the caller may sort."""
    query = select(func.count()).select_from(container).where(waiting(), may_sort(guard), sieve.condition())
    return (await guard.connection.execute(query)).scalar_one()


async def list_parked(guard: Guard, sieve: Sieve, *, limit: int, after_id: str | None) -> list[Parked]:
    """Parked sessions the caller may sort, oldest first."""
    query = select(container).where(waiting(), may_sort(guard), sieve.condition())
    if after_id:
        query = query.where(container.c.id > after_id)
    rows = await guard.connection.execute(query.order_by(container.c.id).limit(limit))
    sessions = [as_container(row) for row in rows]
    above = await queries.by_ids(
        guard.connection,
        {value for item in sessions for value in (item.subject_id, item.project_id) if value},
    )
    typed = {key for item in sessions if (key := typed_in(item)) and _reason(item) != "ok"}
    near = await suggest(guard.connection, typed, sight_of(guard))
    same = await _count_same(guard, typed)
    return [
        Parked(
            item,
            above.get(item.subject_id or ""),
            above.get(item.project_id or ""),
            near.get(typed_in(item) or ("", None), []),
            0 if _reason(item) == "ok" else max(0, same[_asked(typed_in(item))] - 1),
        )
        for item in sessions
    ]


async def _count_same(guard: Guard, typed: set[Typed]) -> Counter[Typed]:
    """How many sessions on the whole list asked for each of these."""
    asked = (_GROUP, func.lower(func.coalesce(_PROJECT, "")))
    rows = await guard.connection.execute(
        select(*asked, func.count())
        .where(
            waiting(),
            may_sort(guard),
            _PLACEMENT["reason"].astext != "ok",
            tuple_(*asked).in_([_asked(one) for one in typed]),
        )
        .group_by(*asked)
    )
    return Counter({(group, project): count for group, project, count in rows})


def _asked(typed: Typed | None) -> Typed:
    """What counts as the same string."""
    group, project = typed or ("", None)
    return group, (project or "").lower()


def typed_in(session: Container) -> Typed | None:
    """The group and project that the scanner asked for; None when no group could be read."""
    requested = (session.placement or {}).get("requested") or {}
    group = requested.get("group")
    return None if group is None else (group, requested.get("project"))


def _reason(session: Container) -> str | None:
    return (session.placement or {}).get("reason")


def waiting() -> ColumnElement[bool]:
    """SQL condition: sessions on the worklist."""
    waits = or_(
        _PLACEMENT["reason"].astext != "ok",
        _PLACEMENT["flags"].contains(["subject_conflict"]),
    )
    on_list = and_(container.c.level == "session", _PLACEMENT.is_not(None), waits)
    return and_(on_list, queries.parked_in(_PLACEMENT), LIVE)


def asked_for(typed: Typed) -> ColumnElement[bool]:
    """SQL condition: sessions whose scanner asked for this group and project, in vain."""
    group, project = _asked(typed)
    return and_(
        _PLACEMENT["reason"].astext != "ok",
        group == _GROUP,
        func.lower(func.coalesce(_PROJECT, "")) == project,
    )


def says(text: str) -> ColumnElement[bool]:
    """SQL condition: sessions in whose label, requested parts (joined by slashes) or scanner the text stands."""
    requested = _PLACEMENT["requested"]
    parts = (requested[name].astext for name in ("group", "project", "subject", "session"))
    asked = func.concat_ws("/", *parts)
    fields = (container.c.label, asked, _PLACEMENT["device"].astext)
    return or_(*(field.icontains(text, autoescape=True) for field in fields))


def may_sort(guard: Guard) -> ColumnElement[bool]:
    """SQL condition: group administrators sort their group's Unsorted; site administrators everything."""
    if guard.identity.is_site_admin:
        guard.decided()
        return container.c.group_id.is_not(None)
    return guard.allowed_groups(container.c.group_id, "admin") & (container.c.group_id != UNKNOWN_GROUP)
