"""What a heartbeat may tell: how the connector is, but no UID that images came with (deid.md 7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_UID = re.compile(r"\b[0-2](?:\.[0-9]+){5,}")


def outward(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts for the server: series are named by their ids, which `treadle connector retry` takes as well."""
    return {
        **{name: value for name, value in facts.items() if name != "oldest_unsent"},
        "held": [_held(one) for one in facts["held"]],
        "pull": {device: _pull(one) for device, one in facts["pull"].items()},
        "errors": [without_uids(error) for error in facts["errors"]],
    }


def without_uids(text: str) -> str:
    """The text with UIDs cut out."""
    return _UID.sub("…", text)


def _held(one: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in one.items() if name not in ("study", "series")}
    return {
        **told,
        "reason": one["reason"] and without_uids(one["reason"]),
        "retry": f"treadle connector retry {one['id']}",
    }


def _pull(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "abandoned"}
