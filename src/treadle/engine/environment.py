"""The environment of a gear: PATH, the manifest's variables, the options as FW_CONFIG_*; nothing is inherited."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ODD = re.compile(r"[^A-Za-z0-9 _]")


def environment(manifest: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, str]:
    """All variables of a run; of two options with the same variable the first of the manifest counts."""
    options: dict[str, str] = {}
    for name in (one for one in manifest["config"] if one in config):
        word = _ODD.sub("", name).replace(" ", "_").upper()
        if word:
            options.setdefault(f"FW_CONFIG_{word}", _text(config[name]))
    own = manifest.get("environment") or {}
    return {"PATH": PATH, "HOME": "/tmp", "TMPDIR": "/tmp", **own, **options}  # noqa: S108 - the gear's own /tmp


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
