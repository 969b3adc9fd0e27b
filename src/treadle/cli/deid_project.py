"""What a server says about de-identification for one of its projects: the profile and the project's secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from treadle import __version__
from treadle.cli.client import Client, ClientError
from treadle.cli.connect import locate
from treadle.deid import Context, Profile, ProfileError, Secrets

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class FromServer:
    """Everything a run needs; `record` goes along with the files when they are uploaded."""

    profile: Profile
    secrets: Secrets
    context: Context
    record: Mapping[str, Any]


def fetch(client: Client, project: str, *, subject: str | None) -> FromServer:
    """The effective profile of a project (GROUP/PROJECT or its id), with the secret of its newest epoch."""
    found = locate(client, project, level="project")
    said = client.get(f"/projects/{found['_id']}/deid", headers={"X-Treadle-Deid": "1"})
    if said["profile"] is None:
        raise ClientError(f"neither project, group nor site has a de-identification profile for '{project}'")
    try:
        return read(said, Context(str(found["group"]), str(found["label"]), subject), at="cli")
    except ProfileError as error:
        raise ClientError(f"the profile of '{project}' is not valid: {error.errors[0]}") from None


def read(said: Mapping[str, Any], context: Context, *, at: str) -> FromServer:
    """What `GET /projects/{id}/deid` said, when there is a profile. ProfileError when that is not valid."""
    chosen, secret = said["profile"], said["secret"]
    profile = Profile.load(chosen["text"])
    record = {
        "profile_id": chosen["profile_id"],
        "version": chosen["version"],
        "sha256": profile.sha256,
        "engine": __version__,
        "at": at,
        "epoch": secret["epoch"],
    }
    return FromServer(profile, Secrets(bytes.fromhex(secret["key"])), context, record)
