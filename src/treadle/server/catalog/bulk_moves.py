"""Moving many containers at once, with the conflicts told instead of half-moved (api.md 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog import queries, rights
from treadle.server.catalog.change import relocate
from treadle.server.catalog.containers import find_or_create_subject
from treadle.server.catalog.levels import BY_PLURAL
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.kit.errors import Invalid

MOST = 2000
_DESTINATIONS = {"session": ("projects", "subjects"), "subject": ("projects",), "acquisition": ("sessions",)}


@dataclass(frozen=True)
class Request:
    """A checked request: what goes where, and what happens to what is in the way."""

    sources: list[str]
    destination: str
    kind: str
    mode: str


def read_request(level: str, body: Mapping[str, Any]) -> Request:
    """The body of a bulk move; Invalid says what is wrong with it."""
    sources, destinations = (_ids(body, name) for name in ("sources", "destinations"))
    if len(set(destinations)) != 1:
        raise Invalid("'destinations' must name one container.")
    kind, mode = body.get("destination_container_type"), body.get("conflict_mode") or "skip"
    if kind not in _DESTINATIONS[level]:
        raise Invalid(f"'destination_container_type' must be one of: {', '.join(_DESTINATIONS[level])}.")
    if mode not in ("skip", "move", "dry"):
        raise Invalid("'conflict_mode' must be one of: skip, move, dry.")
    return Request(sources, destinations[0], BY_PLURAL[str(kind)].name, mode)


def _ids(body: Mapping[str, Any], name: str) -> list[str]:
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise Invalid(f"'{name}' must be a list of ids.")
    if len(value) > MOST:
        raise Invalid(f"'{name}' has at most {MOST} ids.")
    return list(dict.fromkeys(value))


async def move_many(guard: Guard, level: str, request: Request) -> list[dict[str, Any]]:
    """Move what may be moved; the answer is what has a namesake there. All or nothing on permission."""
    destination = await rights.find(
        guard,
        request.destination,
        "containers_view_metadata",
        "containers_create_hierarchy",
        level=request.kind,
    )
    found = await queries.containers_by_ids(guard.connection, request.sources)
    targets = []
    for container_id in request.sources:
        target = found.get(container_id)
        if target is None or target.level != level:
            raise ContainerNotFound(f"There is no {level} '{container_id}', or you may not see it.")
        targets.append(target)
    for project_id in {target.project_id for target in targets}:
        one = next(target for target in targets if target.project_id == project_id)
        await rights.require(guard, one, "containers_view_metadata", "containers_delete_hierarchy")
    subjects = await queries.containers_by_ids(
        guard.connection, {str(target.subject_id) for target in targets if target.subject_id}
    )
    conflicts = await _conflicts(guard, level, targets, subjects, destination)
    if request.mode == "dry":
        return list(conflicts.values())
    for target in targets:
        # Labels of subjects are unique: a namesake always stays.
        if target.id in conflicts and (request.mode == "skip" or level == "subject"):
            continue
        parent = await _parent(guard, target, subjects, destination)
        await relocate(guard, target, parent)
    return list(conflicts.values())


async def _parent(
    guard: Guard, target: Container, subjects: Mapping[str, Container], destination: Container
) -> Container:
    """What the container is to hang on: the destination, or the subject of the same label in it."""
    if not (target.level == "session" and destination.level == "project"):
        return destination
    own = subjects[str(target.subject_id)]
    if own.project_id == destination.id:
        return own
    names = ("code", "firstname", "lastname", "sex")
    wanted = {"label": own.label, **{name: own.doc.get(name) for name in names}}
    return await find_or_create_subject(
        guard.connection, project=destination, wanted=wanted, origin=guard.identity.origin
    )


async def _conflicts(
    guard: Guard,
    level: str,
    targets: Sequence[Container],
    subjects: Mapping[str, Container],
    destination: Container,
) -> dict[str, dict[str, Any]]:
    """Of each container that has a namesake where it would go: which one."""
    query = select(container.c.id, container.c.label, container.c.subject_id).where(
        container.c.level == level,
        container.c[f"{destination.level}_id"] == destination.id,
        container.c.label.in_({target.label for target in targets}),
        queries.LIVE,
    )
    rows = (await guard.connection.execute(query.order_by(container.c.id))).all()
    there = await queries.containers_by_ids(
        guard.connection, {row.subject_id for row in rows if row.subject_id}
    )
    by_subject = level == "session" and destination.level == "project"
    known = {
        (there[row.subject_id].label if by_subject else None, row.label): row.id for row in reversed(rows)
    }
    found: dict[str, dict[str, Any]] = {}
    for target in targets:
        subject = subjects.get(str(target.subject_id))
        namesake = known.get((subject.label if by_subject and subject else None, target.label))
        if namesake is None or namesake == target.id:
            continue
        found[target.id] = {
            "id": target.id,
            "label": target.label,
            "subject_code": (subject.doc.get("code") or subject.label) if subject else None,
            "conflict_with": {"type": level, "id": namesake},
            "conflict_label": target.label,
            "move_type": [level],
        }
    return found
