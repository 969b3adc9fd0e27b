"""What a routing string would do: the connector's parser and placement's decision, run dry (connector.md 11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from treadle.dicom.routing import Route, RoutingConfig, parse_header, parse_routing
from treadle.server.access.devices import list_devices
from treadle.server.access.guard import Guard
from treadle.server.catalog import rights
from treadle.server.catalog.tables import container
from treadle.server.ingest.parking import Destination, Sight, find_destination
from treadle.server.ingest.suggestions import Suggestion, suggest
from treadle.server.kit.errors import Invalid

Header = Mapping[str, str | list[str]]

_OPTIONS = TypeAdapter(RoutingConfig)
_PATTERNS = {"patterns", "routing_patterns"}


@dataclass(frozen=True)
class Preview:
    """A route, where it leads, and similar names that do exist."""

    route: Route
    destination: Destination
    suggestions: list[Suggestion]

    def document(self) -> dict[str, Any]:
        """The answer."""
        route, target, alias = self.route, self.destination.target, self.destination.alias
        return {
            "routing": {
                "form": route.form,
                "group": route.group,
                "project": route.project,
                "subject": route.subject,
                "session": route.session,
                "status": route.status,
                "flags": route.flags,
            },
            "target": {
                "group": target.group,
                "project": target.project,
                "creates_project": target.creates_project,
                "reason": target.reason,
            },
            "alias": None if alias is None else {"from": alias.typed, "to": f"{alias.group}/{alias.project}"},
            "suggestions": [suggestion.names() for suggestion in self.suggestions],
        }


async def preview(
    guard: Guard, *, string: str, header: Header | None, device: str | None, options: Mapping[str, Any]
) -> Preview:
    """The string (or the header's values) as this device would read it, as far as the caller may see."""
    if not guard.identity.is_site_admin and _PATTERNS & options.keys():
        raise Invalid("config: patterns are tried by site administrators only: they may take very long.")
    config = _config({**await _reported(guard, device), **options})
    route = parse_routing(string, config) if header is None else parse_header(header, config)
    sight = sight_of(guard)
    if guard.identity.kind == "device":  # it may put series anywhere
        sight = Sight()
    destination = await find_destination(
        guard.connection, route, create_projects=config.create_projects, device=device, sight=sight
    )
    group = route.requested_group or route.group
    if not destination.is_parking or group is None:
        return Preview(route, destination, [])
    typed = (group, route.project)
    return Preview(route, destination, (await suggest(guard.connection, [typed], sight))[typed])


def sight_of(guard: Guard) -> Sight:
    """What the caller may see of groups and projects."""
    return Sight(groups=rights.visible_groups(guard), projects=guard.allowed(container.c.project_id))


def _config(options: Mapping[str, Any]) -> RoutingConfig:
    try:
        # Not every client of this address knows our types: what `from_flat` takes is checked once more.
        return _OPTIONS.validate_python(asdict(RoutingConfig.from_flat(options)))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise Invalid(f"config: {place}: {problem['msg']}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise Invalid(f"config: {error}") from None


async def _reported(guard: Guard, device: str | None) -> Mapping[str, Any]:
    """The routing options that the connector of this device reports; its own defaults for administrators only."""
    if device is None:
        return {}
    for connector in await list_devices(guard.connection):
        found = (connector.info.get("routing") or {}).get(device)
        if isinstance(found, dict):
            hidden = () if guard.identity.is_site_admin else ("default_group", "default_project")
            return {name: value for name, value in found.items() if name not in hidden}
    return {}
