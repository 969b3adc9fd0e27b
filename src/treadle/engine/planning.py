"""From a manifest and a run's config.json to what the engine does with them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from treadle.engine.environment import environment
from treadle.engine.plan import Address, Folder, Plan
from treadle.gears.manifest import mapping
from treadle.gears.network import Network
from treadle.gears.resources import Resources

DEFAULT_COMMAND = "./run"
_OPTION = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_PLAIN_HTTP = "__force_insecure"


def plan_of(
    manifest: Mapping[str, Any],
    document: Mapping[str, Any],
    *,
    name: str,
    folder: Folder,
    resources: Resources,
    image: str | None,
    network: Network,
) -> Plan:
    """The plan of a run; `document` is its config.json."""
    own = mapping(mapping(manifest.get("custom")).get("flywheel"))
    key = api_key(document)
    return Plan(
        name=name,
        folder=folder,
        command=_filled(manifest.get("command") or DEFAULT_COMMAND, document["config"]),
        environment=environment(manifest, document["config"]),
        resources=resources,
        network=network,
        api=address(key) if key else None,
        uid=_whole(own.get("uid")),
        gid=_whole(own.get("gid")),
        image=image,
    )


def api_key(document: Mapping[str, Any]) -> str | None:
    """The key among the inputs: `host:secret`, `host:port:secret` or with `__force_insecure` before the secret."""
    for one in document["inputs"].values():
        if one.get("base") == "api-key" and one.get("key"):
            return str(one["key"])
    return None


def secret(key: str) -> str:
    """The part of a key that nobody may read."""
    return key.rpartition(":")[2]


def address(key: str) -> Address | None:
    """Where a key's server is."""
    host, *rest = key.split(":")
    if not rest:
        return None
    port = rest[0] if len(rest) > 1 and rest[0].isdecimal() else ""
    return Address(host, int(port) if port else 80 if _PLAIN_HTTP in rest else 443)


def _filled(command: str, config: Mapping[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        found = config.get(match[1], "")
        return found if isinstance(found, str) else json.dumps(found)

    return _OPTION.sub(value, command)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
