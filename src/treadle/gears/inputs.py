"""Which files an input of a manifest is meant for."""

from __future__ import annotations

from collections.abc import Mapping

from treadle.gears.config import refusals
from treadle.gears.manifest import Json

# What an input says of itself; every other key is a schema of the file's field of that name.
_ABOUT = frozenset({"base", "description", "optional"})


def misfits(directive: Json, file: Mapping[str, object]) -> list[str]:
    """Why a file (`name`, `type`, `size` ...) is not what the gear's author had in mind; nothing when it is."""
    return [
        f"{key}: {reason}"
        for key, schema in directive.items()
        if key not in _ABOUT and isinstance(schema, dict)
        for reason in refusals(schema, file.get(key))
    ]


def file_inputs(manifest: Json) -> dict[str, Json]:
    """The inputs that are files, in the manifest's order."""
    return {name: one for name, one in manifest["inputs"].items() if one["base"] == "file"}
