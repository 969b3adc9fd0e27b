"""Taking sessions off the worklist: moved to where they belong, their subjects found or made there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from treadle.dicom.routing import Route
from treadle.dicom.target import UNKNOWN_GROUP
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import apply_changes, get_container
from treadle.server.catalog.rows import Container, as_container
from treadle.server.catalog.tables import container
from treadle.server.ingest import queries
from treadle.server.ingest.aliases import Alias, remember
from treadle.server.ingest.errors import AliasRefused, TargetMissing
from treadle.server.ingest.misrouted import asked_for, may_sort, typed_in, waiting
from treadle.server.ingest.placement import Wanted, find_subject
from treadle.server.ingest.reroute import move_session
from treadle.server.kit.errors import NotFound

_AT_ONCE = 200  # sessions one request moves; the rest stay on the list and are counted
_SUBJECT = ("firstname", "lastname", "sex")


@dataclass(frozen=True)
class Sorted:
    """What a move did: the session first, then those with the same string; how many are left, and one of them."""

    moved: list[Container]
    alias: Alias | None
    remaining: int = 0
    next: str | None = None


async def move_parked(
    guard: Guard,
    session_id: str,
    *,
    project_id: str,
    subject: str | None,
    label: str | None,
    remember_alias: bool = False,
    also_same_string: bool = False,
) -> Sorted:
    """The session in a real project; on demand all with the same string, and what comes with it later."""
    session = await _waiting_session(guard, session_id)
    project = await rights.find(
        guard, project_id, "containers_view_metadata", "containers_create_hierarchy", level="project"
    )
    typed = typed_in(session)
    alias = None
    if remember_alias:
        group, name = typed or (None, None)
        alias = await remember(guard, group=group, project=name, device=None, target=project)
    if not also_same_string:
        return Sorted([await _move(guard, session, project, subject=subject, label=label)], alias)
    if typed is None:
        raise AliasRefused("Sessions without a readable string have no string in common.")
    same = (waiting(), may_sort(guard), asked_for(typed), container.c.id != session.id)
    total = (await guard.connection.execute(select(func.count()).where(*same))).scalar_one()
    rows = await guard.connection.execute(
        # One order for everybody: no deadlock.
        select(container).where(*same).order_by(container.c.uid, container.c.id).limit(_AT_ONCE + 1)
    )
    others = [as_container(row) for row in rows]
    moved = [await _move(guard, session, project, subject=subject, label=label)]
    moved += [await _move(guard, other, project) for other in others[:_AT_ONCE]]
    left = [other.id for other in others[_AT_ONCE:]]
    return Sorted(moved, alias, remaining=max(0, total - _AT_ONCE), next=next(iter(left), None))


async def _waiting_session(guard: Guard, session_id: str) -> Container:
    session = await get_container(guard.connection, session_id, level="session", lock=True)
    guard.decided()  # of a session that does not wait nothing is said
    waits = await guard.connection.execute(
        select(container.c.id).where(container.c.id == session.id, waiting())
    )
    if waits.first() is None:
        raise ContainerNotFound
    await _require_sorting(guard, session)
    return session


async def _require_sorting(guard: Guard, session: Container) -> None:
    if guard.identity.is_site_admin:
        guard.decided()
    elif session.group_id == UNKNOWN_GROUP or session.group_id is None:
        guard.decided()
        raise TargetMissing("There is no such session, or you may not see it.")
    else:
        try:
            await guard.require_group(session.group_id, "admin")
        except NotFound:
            raise ContainerNotFound from None


async def _move(
    guard: Guard,
    session: Container,
    project: Container,
    *,
    subject: str | None = None,
    label: str | None = None,
) -> Container:
    await queries.lock_study(guard.connection, session.uid or session.id)
    old = await get_container(guard.connection, session.subject_id or "", level="subject")
    wanted = Wanted(
        study_uid=session.uid or session.id,
        series_uid=None,
        acquisition_uid="",
        fields={
            "subject.label": subject or old.label,
            **{f"subject.{name}": old.doc.get(name) for name in _SUBJECT},
        },
        route=Route(),
        origin=guard.identity.origin,
    )
    found, flags = await find_subject(guard.connection, wanted, project)
    await guard.record("container_moved_away", session.context)
    moved = await move_session(guard.connection, session, subject=found, label=label)
    placement = {
        **(moved.placement or {}),
        "reason": "ok",
        # Put where it already was, it is said to be right there: a contradiction in the names is settled.
        "flags": [] if found.id == old.id else list(flags),
        "target": {"group": moved.group_id, "project": moved.project_id, "subject": moved.subject_id},
        "moved_by": guard.identity.id,
    }
    moved = await apply_changes(guard.connection, moved, {"placement": placement})
    await guard.record("container_moved_in", moved.context)
    return moved
