"""Uploads placed by their metadata: `/upload/label`, `uid` and `reaper` (api.md 10.5, connector.md 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from fastapi import Request
from pydantic import Field

from treadle.dicom.routing import Route
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.containers import create_container, fill_missing
from treadle.server.catalog.queries import lock_label
from treadle.server.catalog.rows import Container, File
from treadle.server.ingest import queries
from treadle.server.ingest.arrival import Arrival, arrival_at, arrival_at_label
from treadle.server.ingest.errors import BadMetadata, FileNotNamed, TargetMissing
from treadle.server.ingest.parking import Destination, find_destination, make_destination
from treadle.server.ingest.placement import Wanted, find_subject, place_series
from treadle.server.ingest.uploads import Arrived, place_one
from treadle.server.ingest.wire import FileMetadata
from treadle.server.privacy.errors import DeidRequired
from treadle.server.wire.body import Wire

Way = Literal["label", "uid", "reaper"]
_SESSION = ("timestamp", "timezone", "operator", "age", "weight")


class GroupPart(Wire):
    """The group files are meant for; may be empty."""

    id: str = Field(default="", alias="_id", max_length=255)


class ProjectPart(Wire):
    """The project files are meant for; may be empty."""

    label: str = Field(default="", max_length=255)
    files: list[FileMetadata] = Field(default_factory=list)


class SubjectPart(Wire):
    """The subject, by label or code."""

    label: str | None = Field(default=None, max_length=255)
    code: str | None = Field(default=None, max_length=255)
    firstname: str | None = None
    lastname: str | None = None
    sex: str | None = None
    files: list[FileMetadata] = Field(default_factory=list)


class SessionPart(Wire):
    """The session, by uid or label."""

    uid: str | None = Field(default=None, max_length=255)
    label: str | None = Field(default=None, max_length=255)
    timestamp: str | None = None
    timezone: str | None = None
    operator: str | None = None
    age: float | None = None
    weight: float | None = None
    subject: SubjectPart | None = None
    files: list[FileMetadata] = Field(default_factory=list)


class AcquisitionPart(Wire):
    """The acquisition, by uid or label."""

    uid: str | None = Field(default=None, max_length=255)
    label: str | None = Field(default=None, max_length=255)
    timestamp: str | None = None
    timezone: str | None = None
    files: list[FileMetadata] = Field(default_factory=list)


class Placement(Wire):
    """The `metadata` part of a placed upload."""

    group: GroupPart
    project: ProjectPart
    subject: SubjectPart | None = None
    session: SessionPart | None = None
    acquisition: AcquisitionPart | None = None

    def check(self, way: Way) -> None:
        """UIDs are needed where they decide."""
        if way != "label" and not (
            self.session and self.session.uid and self.acquisition and self.acquisition.uid
        ):
            raise BadMetadata("metadata: session.uid and acquisition.uid are required.")
        if way == "label" and (not self.group.id or not self.project.label):
            raise BadMetadata("metadata: group._id and project.label are required.")

    def fields(self) -> dict[str, Any]:
        """The values under the connector's flat names."""
        flat: dict[str, Any] = {}
        for level, part in (
            ("subject", self.subject_part),
            ("session", self.session),
            ("acquisition", self.acquisition),
        ):
            if part is not None:
                values = part.model_dump(exclude={"files", "subject", "code"}, exclude_none=True)
                flat |= {f"{level}.{name}": value for name, value in values.items()}
        subject = self.subject_part
        if subject is not None and not subject.label and subject.code:
            flat["subject.label"] = subject.code
        return flat

    @property
    def subject_part(self) -> SubjectPart | None:
        """The subject, wherever it was written."""
        return self.subject or (self.session.subject if self.session else None)

    def named(self) -> dict[str, tuple[str, FileMetadata]]:
        """Level and description of each file that the metadata name."""
        parts = {
            "project": self.project,
            "subject": self.subject_part,
            "session": self.session,
            "acquisition": self.acquisition,
        }
        return {
            item.name: (level, item)
            for level, part in parts.items()
            if part is not None
            for item in part.files
            if item.name
        }


async def place_by_metadata(
    guard: Guard, way: Way, said: Placement, arrived: Sequence[Arrived]
) -> list[File]:
    """The files where their metadata say, containers found or made on the way."""
    named = said.named()
    for item in arrived:
        if item.said not in named:
            raise FileNotNamed(f"The metadata do not name the file '{item.said}'.")
    destination = await _destination(guard, said)
    if way == "label":
        found = await _by_label(guard, said, destination)
    else:
        found = await _by_uid(guard, said, destination)
    placed = []
    for item in arrived:
        level, about = named[item.said]
        if level not in found:
            raise BadMetadata(f"metadata: '{level}' is missing.")
        placed.append(await place_one(guard, found[level], item, about))
    return placed


def _is_trusted(guard: Guard) -> bool:
    return guard.identity.kind == "device" or guard.identity.is_site_admin


def _route(said: Placement) -> Route:
    group, project = said.group.id.strip().lower() or None, said.project.label.strip() or None
    status = "ok" if group and project else ("project_missing" if group else "group_missing")
    return Route(form="uri", group=group, project=project, status=status)  # type: ignore[arg-type]


async def check_rights(guard: Guard, said: Placement) -> None:
    """Go on only when the caller may upload to where the metadata point."""
    await _destination(guard, said)


async def arrival_of(request: Request, guard: Guard, way: Way, said: Placement) -> Arrival | None:
    """What must be done to the files; only labels say where a file goes without being an identifier themselves."""
    found = await _destination(guard, said)
    subject = said.subject_part.label if said.subject_part else None
    arrival = (
        await arrival_at_label(request, guard, found.group, found.target.group, found.target.project, subject)
        if found.project is None
        else await arrival_at(request, guard, found.project, subject=subject)
    )
    if arrival is not None and way != "label":
        raise DeidRequired
    return arrival


async def _destination(guard: Guard, said: Placement) -> Destination:
    destination = await find_destination(guard.connection, _route(said), create_projects=True)
    if _is_trusted(guard):
        guard.decided()
        return destination
    if destination.is_parking:
        guard.decided()
        raise TargetMissing
    if destination.project is None:
        await guard.require_group(destination.target.group, "admin")
    else:
        await _require(guard, destination.project)
    return destination


async def _require(guard: Guard, target: Container) -> None:
    await rights.require(guard, target, "files_create_bulk", "containers_create_hierarchy")


async def _by_uid(guard: Guard, said: Placement, destination: Destination) -> dict[str, Container]:
    session, acquisition = said.session, said.acquisition
    if session is None or acquisition is None:
        raise BadMetadata
    wanted = Wanted(
        study_uid=session.uid or "",
        series_uid=None,
        acquisition_uid=acquisition.uid or "",
        fields=said.fields(),
        route=_route(said),
        create_projects=True,
        origin=guard.identity.origin,
        device=guard.identity.id if guard.identity.kind == "device" else None,
    )
    made_project = destination.project is None
    placed = await place_series(guard.connection, wanted)
    if not _is_trusted(guard) and not made_project:
        await _require(guard, placed.acquisition)
    found = {"session": placed.session, "acquisition": placed.acquisition}
    for level in ("project", "subject"):
        above = await queries.live_by_id(
            guard.connection, getattr(placed.session, f"{level}_id") or "", level
        )
        if above is not None:
            found[level] = above
    return found


async def _by_label(guard: Guard, said: Placement, destination: Destination) -> dict[str, Container]:
    connection, origin = guard.connection, guard.identity.origin
    found = {"project": await make_destination(connection, destination)}
    fields = said.fields()
    if not fields.get("subject.label") and said.session is None:
        return found
    wanted = Wanted(
        study_uid=said.session.uid or "" if said.session else "",
        series_uid=None,
        acquisition_uid="",
        fields={"subject.label": "unknown", **fields},
        route=_route(said),
        origin=origin,
    )
    found["subject"], _ = await find_subject(connection, wanted, found["project"])
    parent = found["subject"]
    for level, part in (("session", said.session), ("acquisition", said.acquisition)):
        if part is None:
            break
        parent = found[level] = await _child(guard, parent, level, part, values=_values(fields, level))
    return found


def _values(fields: Mapping[str, Any], level: str) -> dict[str, Any]:
    names = _SESSION if level == "session" else ("timestamp", "timezone")
    return {name: fields[f"{level}.{name}"] for name in names if f"{level}.{name}" in fields}


async def _child(
    guard: Guard,
    parent: Container,
    level: str,
    part: SessionPart | AcquisitionPart,
    *,
    values: Mapping[str, Any],
) -> Container:
    """The child of this uid, else of this label, else a new one."""
    label = part.label or part.uid
    if not label:
        raise BadMetadata(f"metadata: {level}.label or {level}.uid is required.")
    await lock_label(guard.connection, level, parent.id, label)
    found = None
    if part.uid:
        found = await queries.child_with_uid(guard.connection, level=level, parent_id=parent.id, uid=part.uid)
    elif part.label:
        found = await queries.child_with_label(
            guard.connection, level=level, parent_id=parent.id, label=part.label
        )
    if found is not None:
        return await fill_missing(guard.connection, found, values)
    return await create_container(
        guard.connection,
        level=level,
        parent=parent,
        label=label,
        fields={**values, "uid": part.uid},
        origin=guard.identity.origin,
    )
