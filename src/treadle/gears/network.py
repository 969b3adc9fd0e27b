"""Networks of a gear: what its manifest asks for, as far as the site allows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from treadle.gears.manifest import mapping

Network = Literal["none", "api", "full"]
"""Nothing; the API for gears with a key to it; everything but what only machines of a cloud may ask."""
LEVELS: tuple[Network, ...] = get_args(Network)


def least(*levels: Network) -> Network:
    """The narrowest of these."""
    return min(levels, key=LEVELS.index)


def wanted(manifest: Mapping[str, Any]) -> Network:
    """What the gear asks for."""
    if said := _said(manifest):
        return said
    if "networking" in (manifest.get("capabilities") or ()):
        return "full"
    return "api" if any(one["base"] == "api-key" for one in manifest["inputs"].values()) else "none"


def network(manifest: Mapping[str, Any], allowed: Network) -> Network:
    """What it gets: all, when that is allowed and the manifest does not say less."""
    return least(_said(manifest) or "full" if allowed == "full" else wanted(manifest), allowed)


def _said(manifest: Mapping[str, Any]) -> Network | None:
    said = mapping(mapping(manifest.get("custom")).get("treadle")).get("network")
    return next((level for level in LEVELS if level == said), None)
