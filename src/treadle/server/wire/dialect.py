"""Which client speaks, and which features it asked for (api.md section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

_SDK = re.compile(r"Flywheel SDK/(\d+)\.(\d+)")
_COMMAND = re.compile(r"Flywheel CLI/[^ ]+ \(command:(\w+)")
NEWEST = (23, 0)


@dataclass(frozen=True)
class Client:
    """The dialect of the caller."""

    version: tuple[int, int] = NEWEST
    features: frozenset[str] = frozenset()
    command: str | None = None  # first word after `fw`, of the official command line

    @property
    def major(self) -> int:
        """Major version of the official SDK; the newest for everybody else."""
        return self.version[0]

    @property
    def strict_enums(self) -> bool:
        """Whether this client fails on enum values it does not know (SDK <= 18)."""
        return self.major <= 18

    @property
    def envelope(self) -> bool:
        """Whether lists are wanted as {count, total, results}."""
        return "pagination" in self.features


def read_client(user_agent: str, accept_feature: str) -> Client:
    """The dialect from the User-Agent and X-Accept-Feature headers."""
    found = _SDK.search(user_agent)
    version = (int(found[1]), int(found[2])) if found else NEWEST
    words = (word.strip().lower().replace("-", "_") for word in accept_feature.split(","))
    command = _COMMAND.search(user_agent)
    return Client(version, frozenset(word for word in words if word), command[1] if command else None)


def client_of(request: Request) -> Client:
    """The dialect of this request."""
    return read_client(
        request.headers.get("user-agent", ""), ",".join(request.headers.getlist("x-accept-feature"))
    )


ClientDialect = Annotated[Client, Depends(client_of)]
