"""Where a series goes (connector.md 8; step 7 of the flow): one transaction under a lock on the study UID.

Order: an acquisition of that UID, a session of that UID, the routed project, the group's Unsorted, unknown.
Nothing that is there is overwritten; sessions never wander unless they were parked by the connector itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.dicom.routing import Route
from treadle.server.catalog.containers import (
    apply_changes,
    create_container,
    fill_missing,
    get_container,
    read_instant,
)
from treadle.server.catalog.queries import lock_label
from treadle.server.catalog.rows import Container
from treadle.server.ingest import queries
from treadle.server.ingest.parking import Destination, find_destination, is_parked, make_destination
from treadle.server.ingest.reroute import move_session
from treadle.server.kit.clock import now
from treadle.server.wire.answer import stamp

_BUCKET_SUFFIX = re.compile(r"_\d+$")
_SUBJECT = ("firstname", "lastname", "sex")
_SESSION = ("timestamp", "timezone", "operator", "age", "weight")
_ACQUISITION = ("timestamp", "timezone")
_CONTRADICTING = ("firstname", "lastname", "sex")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A series that is to be placed: what its header and its routing string say."""

    study_uid: str
    series_uid: str | None
    acquisition_uid: str
    fields: Mapping[str, Any]  # flat names: subject.label, session.age, ...
    route: Route
    create_projects: bool = False
    merge_sessions: bool = False  # session_match: uid_then_label
    auto_reroute: bool = True
    origin: tuple[str, str | None] = ("system", None)
    device: str | None = None
    flags: tuple[str, ...] = field(default=())

    def of(self, level: str, names: tuple[str, ...]) -> dict[str, Any]:
        """The header's values for one level, by wire name."""
        found = {name: self.fields.get(f"{level}.{name}") for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def label(self, level: str, default: str) -> str:
        """The label for one level."""
        return str(self.fields.get(f"{level}.label") or default)[:255]


@dataclass(frozen=True)
class Placed:
    """Where a series went; `reason` is None when it is where its string wanted it."""

    session: Container
    acquisition: Container
    reason: str | None

    def ids(self) -> dict[str, str | None]:
        """Ids from group to acquisition."""
        levels = ("group", "project", "subject", "session", "acquisition")
        return {level: getattr(self.acquisition, f"{level}_id") for level in levels}


async def place_series(connection: AsyncConnection, wanted: Wanted) -> Placed:
    """Session and acquisition for a series, found or made."""
    await queries.lock_study(connection, wanted.study_uid)
    destination = await find_destination(
        connection, wanted.route, create_projects=wanted.create_projects, device=wanted.device
    )
    prefer = destination.project.id if destination.project else None
    acquisition = await queries.by_uid(
        connection, level="acquisition", uid=wanted.acquisition_uid, prefer_project=prefer
    )
    session = await _session_of(connection, wanted, acquisition, prefer)
    if session is None:
        session = await _new_session(connection, wanted, destination)
    else:
        session = await _known_session(connection, wanted, destination, session)
    session = await queries.hold(connection, session)
    if acquisition is None:
        acquisition = await _new_acquisition(connection, wanted, session)
    else:
        acquisition = await _known_acquisition(connection, wanted, acquisition.id)
    return Placed(session, acquisition, parking_reason(session))


def parking_reason(session: Container) -> str | None:
    """Why the session waits to be sorted; None when it does not."""
    reason = (session.placement or {}).get("reason")
    return reason if reason != "ok" else None


async def _session_of(
    connection: AsyncConnection, wanted: Wanted, acquisition: Container | None, prefer: str | None
) -> Container | None:
    if acquisition is not None and acquisition.session_id is not None:
        return await queries.live_by_id(connection, acquisition.session_id, "session")
    return await queries.by_uid(connection, level="session", uid=wanted.study_uid, prefer_project=prefer)


async def _known_session(
    connection: AsyncConnection, wanted: Wanted, destination: Destination, session: Container
) -> Container:
    """A session that was there: out of its parking place when the string is good now, else where it is."""
    if session.uid == wanted.study_uid:
        session = await fill_missing(connection, session, wanted.of("session", _SESSION))
    session = await reroute(connection, wanted, destination, session)
    if session.subject_id is None:
        return session
    subject = await queries.live_by_id(connection, session.subject_id, "subject")
    if subject is None:
        return session
    if subject.label.lower() == wanted.label("subject", "").lower():
        flags = await _complete_subject(connection, wanted, subject)
        session = await _add_flags(connection, session, flags)
    return session


async def reroute(
    connection: AsyncConnection, wanted: Wanted, destination: Destination, session: Container
) -> Container:
    """The session, moved if it was parked and its routing string now leads to a real project."""
    if not wanted.auto_reroute or destination.is_parking or session.project_id is None:
        return session
    current = await queries.live_by_id(connection, session.project_id, "project")
    if current is None or not is_parked(session, current):
        return session
    project = await make_destination(connection, destination)
    subject, flags = await find_subject(connection, wanted, project)
    moved = await move_session(connection, session, subject=subject, label=wanted.route.session)
    return await note_placement(connection, wanted, moved, reason="ok", flags=(*flags, *destination.flags))


async def _new_session(connection: AsyncConnection, wanted: Wanted, destination: Destination) -> Container:
    project = await queries.hold(connection, await make_destination(connection, destination))
    subject, flags = await find_subject(connection, wanted, project)
    subject = await queries.hold(connection, subject)
    label = wanted.label("session", wanted.study_uid)
    if wanted.merge_sessions and wanted.route.session:
        same = await queries.child_with_label(connection, level="session", parent_id=subject.id, label=label)
        if same is not None:
            return await _merge(connection, wanted, same)
    made = await create_container(
        connection,
        level="session",
        parent=subject,
        label=label,
        fields={"uid": wanted.study_uid, **wanted.of("session", _SESSION)},
        origin=wanted.origin,
    )
    return await note_placement(
        connection, wanted, made, reason=destination.target.reason, flags=(*flags, *destination.flags)
    )


async def _merge(connection: AsyncConnection, wanted: Wanted, session: Container) -> Container:
    placement = session.placement or {}
    known = placement.get("study_uids") or []
    if wanted.study_uid in (session.uid, *known):
        return session
    changed = {**placement, "study_uids": [*known, wanted.study_uid]}
    return await apply_changes(connection, session, {"placement": changed})


async def note_placement(
    connection: AsyncConnection, wanted: Wanted, session: Container, *, reason: str, flags: tuple[str, ...]
) -> Container:
    """The session with the record of who put it where and why."""
    route = wanted.route
    placement = {
        "by": "connector",
        "device": wanted.device,
        "reason": reason,
        "flags": sorted({*wanted.flags, *route.flags, *flags}),
        "requested": {
            "group": route.requested_group or route.group,
            "project": route.project,
            "subject": route.subject,
            "session": route.session,
        },
        "received_at": (session.placement or {}).get("received_at") or stamp(now()),
        "target": {
            "group": session.group_id,
            "project": session.project_id,
            "subject": session.subject_id,
        },
    }
    return await apply_changes(connection, session, {"placement": placement})


async def find_subject(
    connection: AsyncConnection, wanted: Wanted, project: Container
) -> tuple[Container, tuple[str, ...]]:
    """The subject in the project: the same label, else the only one that differs in case, else new."""
    label = wanted.label("subject", wanted.study_uid)
    await lock_label(connection, "subject", project.id, label)
    await lock_label(connection, "subject", project.id, label.lower())
    found = await queries.subjects_like(connection, project.id, label)
    if found and (found[0].label == label or len(found) == 1):
        return found[0], await _complete_subject(connection, wanted, found[0])
    made = await create_container(
        connection,
        level="subject",
        parent=project,
        label=label,
        fields=wanted.of("subject", _SUBJECT),
        origin=wanted.origin,
    )
    return made, ()


async def _complete_subject(
    connection: AsyncConnection, wanted: Wanted, subject: Container
) -> tuple[str, ...]:
    said = wanted.of("subject", _SUBJECT)
    conflict = any(
        subject.doc.get(name) and str(subject.doc[name]).casefold() != str(said[name]).casefold()
        for name in _CONTRADICTING
        if name in said
    )
    await fill_missing(connection, subject, said)
    return ("subject_conflict",) if conflict else ()


async def _add_flags(connection: AsyncConnection, session: Container, flags: tuple[str, ...]) -> Container:
    placement = session.placement or {}
    known = set(placement.get("flags") or ())
    if placement.get("by") != "connector" or known.issuperset(flags):
        return session
    changed = {**placement, "flags": sorted(known | set(flags))}
    return await apply_changes(connection, session, {"placement": changed})


async def _new_acquisition(connection: AsyncConnection, wanted: Wanted, session: Container) -> Container:
    return await create_container(
        connection,
        level="acquisition",
        parent=session,
        label=wanted.label("acquisition", wanted.acquisition_uid),
        fields={"uid": wanted.acquisition_uid, **wanted.of("acquisition", _ACQUISITION)},
        origin=wanted.origin,
        placement={"by": "connector", "provisional": True} if _is_capture(wanted) else None,
    )


async def _known_acquisition(connection: AsyncConnection, wanted: Wanted, acquisition_id: str) -> Container:
    """An acquisition that was there; a label from a mere screen capture gives way to the series' own."""
    acquisition = await get_container(connection, acquisition_id, lock=True)
    said = wanted.of("acquisition", _ACQUISITION)
    if (acquisition.placement or {}).get("provisional") and not _is_capture(wanted):
        own: dict[str, Any] = {"label": wanted.label("acquisition", acquisition.label), "placement": None}
        if "timestamp" in said:
            own["timestamp"] = read_instant(said["timestamp"], "timestamp")
            own["timezone"] = said.get("timezone")
        acquisition = await apply_changes(connection, acquisition, own)
    return await fill_missing(connection, acquisition, said)


def _is_capture(wanted: Wanted) -> bool:
    """Whether the series joins an acquisition that is another series' (a decremented UID)."""
    base = _BUCKET_SUFFIX.sub("", wanted.acquisition_uid)
    return wanted.series_uid is not None and base != wanted.series_uid
