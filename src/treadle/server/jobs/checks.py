"""What must be true before a run begins: its gear may be run, its place takes output, the starter may do that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import Action
from treadle.server.access.errors import ContainerNotFound
from treadle.server.catalog import rights
from treadle.server.catalog.rows import Container
from treadle.server.gears.errors import GearMissing, GearRestricted
from treadle.server.gears.queries import Gear, gears_by_ids
from treadle.server.gears.restriction import may_use
from treadle.server.jobs import frozen
from treadle.server.jobs.errors import BadDestination, BadInput, GearUnusable
from treadle.server.jobs.plans import JobRequest, Plan
from treadle.server.jobs.starter import Starter
from treadle.server.jobs.states import PRIORITIES
from treadle.server.jobs.tables import compute_provider
from treadle.server.kit.errors import Forbidden, Invalid

_UTILITY: tuple[Action, ...] = ("jobs_manage", "files_create_single", "files_modify_metadata")
_ANALYSIS: tuple[Action, ...] = ("analyses_create_job",)
_PLACES = ("acquisition", "session", "subject", "project")
# Offered by engines, or asked for by the manifest and granted by how the run is started.
_GRANTED = frozenset({"networking", "cuda"})


async def usable_gears(
    connection: AsyncConnection, requests: Sequence[JobRequest], starter: Starter
) -> dict[str, Gear]:
    """The gears of the requests by id; refused when one cannot be run, by this starter or in this way."""
    gears = await gears_by_ids(connection, {one.gear_id for one in requests})
    offered: frozenset[str] | None = None
    for one in requests:
        gear = gears.get(one.gear_id)
        if gear is None:
            raise GearMissing
        if not gear.is_usable:
            raise GearUnusable(f"The gear '{gear.name}' {gear.version} is switched off and cannot be run.")
        if (gear.category == "analysis") != (one.analysis is not None):
            raise BadDestination(
                f"'{gear.name}' is an analysis gear: start it by POST .../analyses on the container."
                if one.analysis is None
                else f"'{gear.name}' is no analysis gear: start it by POST /jobs/add."
            )
        if not _GRANTED.issuperset(wanted := capabilities(gear)):
            offered = offered if offered is not None else await _offered(connection)
            if unknown := wanted - _GRANTED - offered:
                raise GearUnusable(
                    f"No engine here offers what the gear needs: {', '.join(sorted(unknown))}."
                )
    if (
        starter.guard is None
        and not starter.has_rights
        and any(frozen.has(one.manifest, "api-key") for one in gears.values())
    ):
        raise BadInput("A gear with an API key needs a user, or a rule with a role.")
    return gears


def capabilities(gear: Gear) -> set[str]:
    """What an engine must offer in the manifest's words."""
    return set(map(str, gear.manifest.get("capabilities") or ()))


async def _offered(connection: AsyncConnection) -> frozenset[str]:
    rows = await connection.execute(select(compute_provider.c.config["capabilities"]))
    return frozenset(str(word) for given in rows.scalars() for word in given or ())


def rights_for(*, analysis: bool) -> tuple[Action, ...]:
    """What whoever asks for a run must be allowed where its output goes."""
    return _ANALYSIS if analysis else _UTILITY


async def require_places(
    connection: AsyncConnection, plans: Sequence[Plan], places: Mapping[str, Container], starter: Starter
) -> None:
    """Go on only when every place takes output, and the starter may run the gear there."""
    asked: set[tuple[str | None, bool]] = set()
    for plan in plans:
        place = places.get(plan.place_id)
        if place is None:
            raise ContainerNotFound
        said = plan.request.destination_type
        if said not in (None, "container", place.level):
            raise BadDestination(f"The destination is no {said} but a {place.level}.")
        if place.level not in _PLACES:
            raise BadDestination(
                f"The output of a gear cannot go to a {place.level}; choose {', '.join(_PLACES)}."
            )
        as_analysis = plan.request.analysis is not None
        guard = starter.guard
        if guard is not None and (place.project_id, as_analysis) not in asked:
            await rights.require(guard, place, *rights_for(analysis=as_analysis))
            asked.add((place.project_id, as_analysis))
        if guard is not None and not may_use(plan.gear, guard.identity, place.project_id):
            raise GearRestricted
        if plan.has_key and not starter.has_rights:
            raise BadInput("A gear with an API key input can only be started by a user.")
        if PRIORITIES[plan.request.priority] == "critical" and guard and not guard.identity.is_site_admin:
            raise Forbidden("The priority 'critical' is for site administrators.")
    await _check_providers(connection, {plan.request.compute_provider_id for plan in plans})


async def _check_providers(connection: AsyncConnection, ids: Iterable[str | None]) -> None:
    wanted = {one for one in ids if one is not None}
    if wanted:
        rows = await connection.execute(
            select(compute_provider.c.id).where(compute_provider.c.id.in_(wanted))
        )
        if missing := wanted - set(rows.scalars()):
            raise Invalid(f"There is no compute provider '{missing.pop()}'.")
