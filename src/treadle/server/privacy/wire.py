"""Documents about profiles and secrets."""

from __future__ import annotations

from typing import Any

from treadle.server.privacy.profiles import Version
from treadle.server.privacy.resolve import Effective
from treadle.server.privacy.secrets import Secret
from treadle.server.wire.answer import stamp


def version_doc(version: Version, *, text: bool = True) -> dict[str, Any]:
    """One version; the text is what `sha256` is the hash of, once read."""
    return {
        "profile_id": version.place.profile_id,
        "level": version.place.level,
        "target": version.place.target,
        "version": version.number,
        "name": version.name,
        "sha256": version.sha256 or None,
        "locked": version.locked,
        "removed": version.removed,
        "origin": {"type": version.origin[0], "id": version.origin[1]},
        "created": stamp(version.created_at),
        **({"text": version.text} if text else {}),
    }


def effective_doc(found: Effective, own: Version | None = None) -> dict[str, Any]:
    """What applies at a place, and the profile that the place has itself."""
    return {
        "profile": None if found.version is None else version_doc(found.version),
        "own": None if own is None else version_doc(own, text=False),
        "exempt": found.exempt,
        "required": found.required,
    }


def secret_doc(secret: Secret) -> dict[str, Any]:
    """A secret for a de-identifying client."""
    return {
        "scope": "group" if secret.owner.level == "group" else "project",
        "epoch": secret.epoch,
        "key": secret.value.hex(),
    }
