"""What this room refuses.

Refused
├── BadRequest 400  ProfileInvalid
├── Forbidden 403   ExemptionForbidden
├── NotFound 404    VersionNotFound, EpochNotFound
└── Conflict 409    ProfileMissing, ProfileBroken, ProfileStale, DeidRequired, ProfileLoosens
"""

from __future__ import annotations

from typing import Any

from treadle.deid.profile import Issue, ProfileError
from treadle.server.kit.errors import BadRequest, Conflict, Forbidden, NotFound


def issue_doc(issue: Issue) -> dict[str, Any]:
    """An issue as clients read it."""
    return {"path": issue.path, "code": issue.code, "message": issue.message, "line": issue.line}


class ProfileInvalid(BadRequest):
    """This is not a valid de-identification profile."""

    code = "DEID_PROFILE_INVALID"

    def __init__(self, error: ProfileError) -> None:
        first = error.errors[0]
        where = f"line {first.line}, {first.path}" if first.line else first.path or "the profile"
        more = f" ({len(error.errors) - 1} more)" if len(error.errors) > 1 else ""
        super().__init__(f"{where}: {first.message}{more}", errors=list(map(issue_doc, error.errors)))


class ExemptionForbidden(Forbidden):
    """This site does not let projects go without de-identification; an administrator can set 'allow_deid_exempt'."""

    code = "privacy.exemption_forbidden"


class VersionNotFound(NotFound):
    """There is no such version of a profile here."""

    code = "privacy.version_not_found"


class EpochNotFound(NotFound):
    """There is no secret of this epoch."""

    code = "privacy.epoch_not_found"


class ProfileMissing(Conflict):
    """This site demands a de-identification profile, and neither project, group nor site has one."""

    code = "DEID_PROFILE_MISSING"


class ProfileBroken(Conflict):
    """The de-identification profile cannot be used: uploads are blocked until somebody saves a valid one."""

    code = "DEID_PROFILE_INVALID"


class ProfileStale(Conflict):
    """This was de-identified by a profile that was never in use here: fetch the profile again."""

    code = "DEID_PROFILE_STALE"


class DeidRequired(Conflict):
    """Files that go here must be de-identified first, and this way of uploading cannot do it for you."""

    code = "DEID_REQUIRED"


class ProfileLoosens(Conflict):
    """A locked profile above may only be made stricter."""

    code = "privacy.profile_loosens"
