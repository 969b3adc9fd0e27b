"""A site whose placement tests arrange and look at: an empty database, a transaction per call."""

from __future__ import annotations

from treadle.dicom.routing import Route, parse_routing
from treadle.server.catalog.containers import create_container, get_container
from treadle.server.ingest.placement import Wanted, place_series

SYSTEM = ("system", None)
DEVICE = ("device", "d1")


class Site:
    """A database with helpers; every call is a transaction of its own."""

    def __init__(self, database):
        self.database = database

    async def make(self, level, parent=None, label="x", **fields):
        async with self.database.transaction() as connection:
            return await create_container(
                connection,
                level=level,
                parent=parent,
                label=label,
                fields=fields,
                origin=SYSTEM,
                container_id=fields.pop("_id", None),
            )

    async def world(self, groups):
        made = {}
        for name, labels in groups.items():
            group = await self.make("group", label=name, _id=name)
            made[name] = [await self.make("project", group, label) for label in labels]
        return made

    async def place(self, string="fw://g/p", **changes):
        async with self.database.transaction() as connection:
            return await place_series(connection, series(string, **changes))

    async def get(self, container_id):
        async with self.database.transaction() as connection:
            return await get_container(connection, container_id)

    async def run(self, work):
        async with self.database.transaction() as connection:
            return await work(connection)


def series(string="fw://g/p", *, study="1.2.3", uid="1.2.3.4", series_uid=None, fields=None, **more):
    return Wanted(
        study_uid=study,
        series_uid=series_uid or uid.partition("_")[0],
        acquisition_uid=uid,
        fields={"subject.label": "sub", "session.label": "ses", "acquisition.label": "acq", **(fields or {})},
        route=string if isinstance(string, Route) else parse_routing(string),
        origin=DEVICE,
        device="scanner",
        **more,
    )
