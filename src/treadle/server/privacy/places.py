"""Where a profile can stand: site, group or project; and the way from a project up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from treadle.server.catalog.rows import Container

Level = Literal["site", "group", "project"]


@dataclass(frozen=True)
class Place:
    """One place of a profile."""

    level: Level
    target: str

    @property
    def profile_id(self) -> str:
        """What records call the profile of this place: the same for all its versions."""
        return self.level if self.level == "site" else f"{self.level}:{self.target}"


SITE = Place("site", "site")


def place_of(target: Container | None) -> Place:
    """The place of a group or project; without one the site."""
    if target is None:
        return SITE
    return Place("group" if target.level == "group" else "project", target.id)


def way_up(*, project: str | None = None, group: str | None = None) -> tuple[Place, ...]:
    """The places to ask, nearest first."""
    nearest = [Place("project", project)] if project else []
    return (*nearest, *([Place("group", group)] if group else []), SITE)


def places_of(target: Container | None) -> tuple[Place, ...]:
    """The places that decide about a group, a project or what lies in one, nearest first."""
    if target is None:
        return (SITE,)
    return way_up(project=target.project_id if target.level != "group" else None, group=target.group_id)
