"""By what files are de-identified: a profile and secret of one's own, or those of a project on a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from treadle import __version__
from treadle.cli.client import Client, ClientError
from treadle.cli.connect import connect, locate
from treadle.cli.deid_profile import load
from treadle.deid import Context, Profile, ProfileError, Secrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class How:
    """Everything a run needs; `record` goes along with the files when they are uploaded."""

    profile: Profile
    secrets: Secrets | None  # None: made by the run
    context: Context
    record: Mapping[str, Any] | None = None


def own(
    profile: str,
    secret: Path | None = None,
    subject: str | None = None,
    *,
    values: Path | None = None,
    json_lines: bool,
) -> How:
    """By a preset or a profile's file."""
    loaded = load(profile, values=values, subject=subject, json_lines=json_lines)
    try:
        secrets = None if secret is None else Secrets.read(secret.read_bytes())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--secret-file") from None
    return How(loaded, secrets, Context(subject=subject))


def of_project(
    project: str, subject: str | None, server: str | None, api_key: str | None, home: Path | None
) -> How:
    """By the effective profile of a project (GROUP/PROJECT or its id), with the secret of its newest epoch."""
    with connect(server, api_key, home) as client:
        return _fetch(client, project, subject)


def _fetch(client: Client, project: str, subject: str | None) -> How:
    found = locate(client, project, level="project")
    said = client.get(f"/projects/{found['_id']}/deid", headers={"X-Treadle-Deid": "1"})
    if said["profile"] is None:
        raise ClientError(f"neither project, group nor site has a de-identification profile for '{project}'")
    try:
        return read(said, Context(str(found["group"]), str(found["label"]), subject), at="cli")
    except ProfileError as error:
        raise ClientError(f"the profile of '{project}' is not valid: {error.errors[0]}") from None


def read(said: Mapping[str, Any], context: Context, *, at: str) -> How:
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
    return How(profile, Secrets(bytes.fromhex(secret["key"])), context, record)
