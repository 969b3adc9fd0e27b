"""Where a route leads, given the groups and projects that exist: the rule behind placement and preview."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from treadle.dicom.routing import Route

UNKNOWN_GROUP = "unknown"
UNSORTED = "Unsorted"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Group and project a new session lands in, and why there."""

    group: str
    project: str
    creates_project: bool = False
    reason: str = "ok"


def choose_target(
    route: Route,
    world: Mapping[str, Sequence[str]],
    *,
    create_projects: bool = False,
    locked: Collection[tuple[str, str]] = (),
) -> Target:
    """Target of a route in a world of group id -> project labels, oldest project first.

    >>> choose_target(Route(group="psych", project="study01", status="ok"), {"psych": ["Study01"]}).project
    'Study01'
    >>> choose_target(Route(status="no_prefix"), {}).reason
    'no_prefix'
    """
    if route.group is None or route.group == UNKNOWN_GROUP or route.group not in world:
        reason = route.status if route.group is None else "group_not_found"
        return Target(group=UNKNOWN_GROUP, project=UNSORTED, reason=reason)
    if route.project is None:
        return Target(group=route.group, project=UNSORTED, reason="project_missing")
    project = find_label(route.project, world[route.group])
    if project is None and create_projects:
        return Target(group=route.group, project=route.project, creates_project=True)
    if project is None or (route.group, project) in locked:
        return Target(
            group=route.group, project=UNSORTED, reason="project_locked" if project else "project_not_found"
        )
    return Target(group=route.group, project=project)


def find_label(label: str, labels: Sequence[str]) -> str | None:
    """The existing label that is meant: the same, else the first that differs only in case.

    >>> find_label("ab", ["AB", "ab"]), find_label("aB", ["AB", "ab"]), find_label("x", ["AB"])
    ('ab', 'AB', None)
    """
    if label in labels:
        return label
    return next((other for other in labels if other.casefold() == label.casefold()), None)
