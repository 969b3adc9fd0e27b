"""What every export says of a run: its record, the gear's manifest, addresses of files, the container's image."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_IMAGE = re.compile(
    r"(?:docker://)?(?:(?P<registry>[^/]*[.:][^/]*)/)?(?P<name>[^@:]+)(?::(?P<tag>[^@]+))?(?:@sha256:(?P<sha256>[0-9a-f]{64}))?"
)


def file_address(site: str, one: Json) -> str:
    """Where the content of a version is; it does not change."""
    return f"{site}/api/x/files/{one['file_id']}/content?version={one['version']}"


@dataclass(frozen=True)
class Image:
    """A container's image; a `tag` may move, a digest (`sha256`, hex) does not."""

    reference: str
    registry: str
    name: str
    tag: str | None
    sha256: str | None


@dataclass(frozen=True)
class Described:
    """A run to be written down; `site` is the address of this server without a slash at the end."""

    record: dict[str, Any]
    manifest: Json
    site: str
    pseudonymised: bool = False

    @property
    def job_url(self) -> str:
        """The job."""
        return f"{self.site}/api/jobs/{self.record['job']['id']}"

    @property
    def gear_url(self) -> str:
        """The gear's version."""
        return f"{self.site}/api/gears/{self.record['gear']['id']}"

    def file_url(self, one: Json) -> str:
        """The content of a version."""
        return file_address(self.site, one)

    @property
    def title(self) -> str:
        """A name that people read."""
        gear = self.record["gear"]
        return f"Run of {gear['name']} {gear['version']}"

    @property
    def started(self) -> str:
        """When it began to run, or when it was asked for, if it never ran."""
        times = self.record["transitions"]
        return str(times.get("running") or times["pending"])

    @property
    def ended(self) -> str:
        """When it ended."""
        return str(self.record["transitions"][self.record["job"]["state"]])

    @property
    def agent(self) -> str:
        """Who asked for it; of a pseudonym only its sameness can be told."""
        origin = self.record["origin"]
        named = f"{origin['type']} {origin['user'] or origin['id'] or ''}".strip()
        if self.pseudonymised:
            return f"{origin['type']} {hashlib.sha256(f'{self.site} {named}'.encode()).hexdigest()[:16]}"
        return named

    @property
    def image(self) -> Image | None:
        """The image, for gears that are one."""
        gear = self.record["gear"]
        url = str(gear.get("rootfs_url") or "")
        reference = url if url.startswith("docker:") else gear.get("image")
        match = _IMAGE.fullmatch(reference) if reference else None
        if match is None:
            return None
        return Image(
            reference=str(reference).removeprefix("docker://"),
            registry=match["registry"] or "docker.io",
            name=match["name"],
            tag=match["tag"],
            sha256=match["sha256"],
        )
