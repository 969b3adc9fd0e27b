"""Rules as the clients send them, checked against their gear (gears.md 9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from treadle.gears.config import ConfigError
from treadle.server.access.guard import Guard
from treadle.server.access.roles import assignable, get_role
from treadle.server.catalog.rows import Container
from treadle.server.gears.errors import GearRestricted
from treadle.server.gears.queries import Gear, gear_by_id, latest
from treadle.server.gears.restriction import may_use
from treadle.server.jobs.errors import BadConfig, GearUnusable
from treadle.server.jobs.inputs import check_texts, read_refs
from treadle.server.jobs.states import priority_of
from treadle.server.kit.errors import Invalid
from treadle.server.rules.errors import BadPatterns
from treadle.server.rules.match import CONDITIONS, LONGEST_PATTERN, bad_patterns
from treadle.server.rules.plan import lacking

_LISTS = ("any", "all", "not")
_MOST, _LONGEST = 50, 255


async def read_rule(guard: Guard, body: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a body names, each in its right form; what is missing is not there."""
    found = {name: read(body[name], name) for name, read in _READ.items() if name in body}
    if "gear_id" not in body and body.get("alg"):
        found["gear_id"] = (await latest(guard.connection, str(body["alg"]))).id
    if bad := bad_patterns(one for name in _LISTS for one in found.get(name, ())):
        raise BadPatterns(bad)
    return found


async def check_rule(guard: Guard, values: Mapping[str, Any], project: Container | None) -> str | None:
    """Refuse what can never work; why the rule cannot run yet, when something has still to be filled in."""
    if not values.get("name"):
        raise Invalid("A rule needs a 'name'.")
    if not values.get("gear_id"):
        raise Invalid("A rule needs a 'gear_id', or the name of a gear as 'alg'.")
    if not any(values.get(name) for name in _LISTS):
        raise Invalid("A rule needs at least one condition in 'any', 'all' or 'not'.")
    gear = await gear_by_id(guard.connection, values["gear_id"])
    if not gear.is_usable:
        raise GearUnusable(
            f"The gear '{gear.name}' {gear.version} is switched off and cannot be put in a rule."
        )
    if project is not None and not may_use(gear, guard.identity, project.id):
        raise GearRestricted
    if role_id := values.get("role_id"):
        if project is None:
            await get_role(guard.connection, role_id)
        else:
            await assignable(guard.connection, str(project.group_id), [role_id])
    return _missing(gear, values)


def _missing(gear: Gear, values: Mapping[str, Any]) -> str | None:
    directives = gear.manifest["inputs"]
    fixed = read_refs(list(values.get("fixed_inputs") or ()))
    trigger = values.get("triggering_input")
    for name in (*fixed, *([trigger] if trigger else [])):
        if directives.get(name, {}).get("base") != "file":
            raise Invalid(f"The gear has no file input '{name}'.")
    config = values.get("config") or {}
    try:
        return lacking(gear, config=config, trigger=trigger, role_id=values.get("role_id"))
    except ConfigError as error:
        if error.key in config:
            raise BadConfig(error.key, error.reason) from None
        return f"the option '{error.key}': {error.reason}"


def _text(given: Any, name: str) -> str | None:
    if given is not None and (not isinstance(given, str) or len(given) > _LONGEST):
        raise Invalid(f"'{name}' must be a text of at most {_LONGEST} characters.")
    return given or None


def _flag(given: Any, name: str) -> bool:
    if not isinstance(given, bool):
        raise Invalid(f"'{name}' must be true or false.")
    return given


def _config(given: Any, name: str) -> dict[str, Any]:
    if not isinstance(given or {}, dict):
        raise Invalid(f"'{name}' must be an object of options.")
    return {key: value for key, value in (given or {}).items() if value is not None}


def _conditions(given: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(given or [], list) or len(given or ()) > _MOST:
        raise Invalid(f"'{name}' must be a list of at most {_MOST} conditions.")
    found = []
    for one in given or ():
        if not isinstance(one, Mapping) or one.get("type") not in CONDITIONS:
            raise Invalid(f"A condition's 'type' must be one of: {', '.join(CONDITIONS)}.")
        value = one.get("value")
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST_PATTERN:
            raise Invalid(f"A condition's 'value' must be a text of 1 to {LONGEST_PATTERN} characters.")
        found.append({"type": one["type"], "value": value, "regex": bool(one.get("regex"))})
    return found


def _fixed(given: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(given or [], list) or not all(
        isinstance(one, Mapping) and one.get("input") for one in given or ()
    ):
        raise Invalid(f"'{name}' must be a list of files, each with the 'input' it is for.")
    read_refs(given or [])
    return [dict(one) for one in given or ()]


_READ: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("gear_id", "name", "role_id", "triggering_input", "compute_provider_id"), _text),
    **dict.fromkeys(("auto_update", "allow_repeat", "reuse", "disabled"), _flag),
    **dict.fromkeys(_LISTS, _conditions),
    "config": _config,
    "fixed_inputs": _fixed,
    "tags": check_texts,
    "priority": lambda given, _name: priority_of(given),
}
