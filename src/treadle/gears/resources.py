"""What a run may use: asked for by tags, by the config, by the manifest, by the site, in this order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from treadle.gears.manifest import Json, mapping

_FACTOR = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)
_TIME = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s?)?", re.IGNORECASE)
_SECONDS = (86400, 3600, 60, 1)
# Words of tags, also those that clusters are used to; without a unit these are gigabytes.
_WORDS = {
    "cpu": "cpu",
    "cpus": "cpu",
    "scheduler_cpu": "cpu",
    "ram": "memory",
    "ram-gb": "memory",
    "memory": "memory",
    "scheduler_ram": "memory",
    "disk": "disk",
    "gpu": "gpu",
    "time": "time",
}


@dataclass(frozen=True, slots=True)
class Resources:
    """Cores, bytes, bytes, whole devices, seconds."""

    cpu: float = 1
    memory: int = 4 << 30
    disk: int = 20 << 30
    gpu: int = 0
    time: int = 24 * 3600

    def document(self) -> Json:
        """As it goes over the wire."""
        return asdict(self)

    def asked(self, wanted: Mapping[str, Any]) -> Resources:
        """With what is asked for; what cannot be read is left as it is."""
        found: dict[str, Any] = {}
        for name, read in _READ.items():
            value = read(wanted.get(name))
            if value is not None:
                found[name] = value
        return replace(self, **found)


def granted(
    manifest: Json, config: Mapping[str, Any], tags: Iterable[str], *, site: Resources | None = None
) -> Resources:
    """The resources of one run."""
    own = mapping(mapping(mapping(manifest.get("custom")).get("treadle")).get("resources"))
    cluster = {
        word: config[f"scheduler_{name}"]
        for name, word in (("cpu", "cpu"), ("ram", "memory"))
        if config.get(f"scheduler_{name}")
    }
    return (site or Resources()).asked(own).asked(_in_gigabytes(cluster)).asked(_in_gigabytes(_of_tags(tags)))


def size(value: object) -> int | None:
    """Bytes of `8G`, `512 MiB` or a number."""
    match = _SIZE.fullmatch(str(value).strip())
    return int(float(match[1]) * (1 << _FACTOR[match[2].lower()])) if match else None


def seconds(value: object) -> int | None:
    """Seconds of `4h`, `1h30m`, `90s` or a number."""
    match = _TIME.fullmatch(str(value).strip())
    if not match or not any(match.groups()):
        return None
    return sum(int(number) * unit for number, unit in zip(match.groups(), _SECONDS, strict=True) if number)


def _of_tags(tags: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag in tags:
        word, equals, value = tag.partition("=")
        if word == "gpu" and not equals:
            found["gpu"] = 1
        elif equals and word in _WORDS:
            found[_WORDS[word]] = value
    return found


def _in_gigabytes(wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value}G" if name in ("memory", "disk") and str(value).strip().isdecimal() else value
        for name, value in wanted.items()
    }


def _positive(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0 < number < 1e6 else None


def _count(value: object) -> int | None:
    return int(str(value)) if str(value).strip().isdecimal() else None


_READ = {"cpu": _positive, "memory": size, "disk": size, "gpu": _count, "time": seconds}
