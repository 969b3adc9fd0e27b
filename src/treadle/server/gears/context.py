"""Context inputs: values that projects, groups and others keep in `info.context` for the gears that run there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container
from treadle.server.store.db import among
from treadle.server.store.tables import site_document

_NEAREST_FIRST = ("acquisition", "session", "subject", "project", "group")
SITE = "site"
SETTING = "context"  # of the site: values by name


@dataclass(frozen=True)
class Held:
    """A value, and who holds it."""

    value: Any
    level: str
    id: str
    label: str


class Contexts:
    """`info.context` of containers, and of the site's settings: of each name the nearest value counts."""

    def __init__(self, holders: Mapping[str, tuple[str, Mapping[str, Any]]], site: Mapping[str, Any]) -> None:
        self._holders, self._site = holders, site

    @classmethod
    async def load(cls, connection: AsyncConnection, destinations: Collection[Container]) -> Contexts:
        """What is set on these containers, on all above them and on the site."""
        ids = {above for one in destinations for above in one.ancestors.values() if above}
        context = container.c.info["context"]
        rows = await connection.execute(
            select(container.c.id, container.c.label, context.label("context")).where(
                among(container.c.id, ids), container.c.info.has_key("context")
            )
        )
        holders = {row.id: (row.label, row.context) for row in rows if isinstance(row.context, dict)}
        settings = select(site_document.c.document[SETTING]).where(site_document.c.name == "settings")
        site = (await connection.execute(settings)).scalar_one_or_none()
        return cls(holders, site if isinstance(site, dict) else {})

    def find(self, name: str, destination: Container) -> Held | None:
        """The value of this name for runs with this destination."""
        for level in _NEAREST_FIRST:
            holder_id = destination.ancestors[f"{level}_id"]
            label, values = self._holders.get(holder_id or "", ("", {}))
            if holder_id is not None and name in values:
                return Held(values[name], level, holder_id, label)
        return Held(self._site[name], SITE, SITE, SITE) if name in self._site else None

    def input(self, name: str, destination: Container) -> dict[str, Any]:
        """The context input of this name in the config of a run (gears.md 4.1)."""
        held = self.find(name, destination)
        return {"base": "context", "found": held is not None, "value": None if held is None else held.value}


def context_names(manifest: Mapping[str, Any]) -> list[str]:
    """The context inputs of a manifest."""
    return [name for name, one in manifest["inputs"].items() if one["base"] == "context"]
