"""Which recipe applies to a series: the server's for where it is bound, else the device's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from threading import Lock
from time import monotonic
from typing import Any

from treadle.connector.api import Api
from treadle.connector.config import DeviceConfig
from treadle.connector.errors import AskedToWaitError
from treadle.connector.privacy.recipe import Recipe
from treadle.deid import Context, Profile, ProfileError, Secrets
from treadle.dicom.routing import Route

_KEPT_S = 10.0  # a scan's series come together; a new version of a profile applies after so long
_KEPT = 256

_Key = tuple[object, ...]


@dataclass(frozen=True)
class _Answer:
    """What the server says of a target, read once."""

    target: str
    is_exempt: bool
    is_required: bool
    profile: Profile | None
    profile_id: str
    version: int
    scope: str
    epoch: int
    secrets: Secrets
    context: Context


class Recipes:
    """Asks the server, and remembers its answers for a moment; safe to use from several threads."""

    def __init__(self, kept_epoch: Callable[[str, str, int], int]) -> None:
        """`kept_epoch` gives the epoch under which a study began to go to a target, or the newest, which it is told."""
        self._kept_epoch = kept_epoch
        self._answers: dict[_Key, tuple[float, _Answer]] = {}
        self._lock = Lock()

    def goes_as_it_is(self, device: DeviceConfig, route: Route) -> bool:
        """Whether the server has just said that nothing applies to series of this route."""
        answer = self._fresh(_key(device, route, None))
        return answer is not None and _applying(answer, device) is None

    def recipe(self, api: Api, device: DeviceConfig, route: Route, *, study: str) -> Recipe | None:
        """The recipe for series of this route; None when they go as they are, AskedToWaitError when not yet."""
        answer = self._ask(api, device, route)
        profile = _applying(answer, device)
        if profile is None:
            return None
        secret = self._secret(api, device, route, answer, study)
        return Recipe(
            profile=profile,
            secrets=secret.secrets,
            profile_id=answer.profile_id if answer.profile else f"device:{device.id}",
            version=answer.version,
            epoch=secret.epoch,
            context=answer.context,
        )

    def _secret(self, api: Api, device: DeviceConfig, route: Route, answer: _Answer, study: str) -> _Answer:
        """With the secret that the study began with, also when the project has got another since."""
        target = f"{answer.scope} {answer.target}"
        epoch = self._kept_epoch(study, target, answer.epoch)
        return answer if epoch == answer.epoch else self._ask(api, device, route, epoch=epoch)

    def _ask(self, api: Api, device: DeviceConfig, route: Route, *, epoch: int | None = None) -> _Answer:
        question = {
            "device": device.id,
            "routing": {**asdict(route), "subject": None, "session": None, "flags": list(route.flags)},
            "create_projects": device.mapping.routing.create_projects,
            "epoch": epoch,
        }
        key = _key(device, route, epoch)
        answer = self._fresh(key)
        if answer is None:
            answer = _read(api.deid(question))
            with self._lock:
                if len(self._answers) >= _KEPT:
                    self._answers.clear()
                self._answers[key] = (monotonic(), answer)
        return answer

    def _fresh(self, key: _Key) -> _Answer | None:
        with self._lock:
            at, answer = self._answers.get(key, (0.0, None))
        return answer if answer is not None and monotonic() - at < _KEPT_S else None


def _key(device: DeviceConfig, route: Route, epoch: int | None) -> _Key:
    return (device.id, route.requested_group, route.group, route.project, route.status, epoch)


def _applying(answer: _Answer, device: DeviceConfig) -> Profile | None:
    """The profile that applies; None when series go as they are, AskedToWaitError when they must not."""
    if answer.is_exempt and device.deid.required:
        raise AskedToWaitError(
            f"{answer.target} is exempt from de-identification, but device {device.id} requires it"
        )
    if answer.is_exempt:
        return None
    profile = answer.profile or device.deid.profile
    if profile is None and (answer.is_required or device.deid.required):
        raise AskedToWaitError(
            f"DEID_PROFILE_MISSING: no de-identification profile applies to {answer.target}"
        )
    return profile


def _read(document: dict[str, Any]) -> _Answer:
    group, project = document["target"]["group"], document["target"]["project"]
    said, secret = document["profile"] or {}, document["secret"]
    return _Answer(
        target=f"{group}/{project}",
        is_exempt=document["exempt"],
        is_required=document["required"],
        profile=_profile(said) if said and not document["exempt"] else None,
        profile_id=str(said.get("profile_id")),
        version=int(said.get("version", 1)),
        scope=secret["scope"],
        epoch=secret["epoch"],
        secrets=Secrets(bytes.fromhex(secret["key"])),
        context=Context(group=group, project=project),
    )


def _profile(said: dict[str, Any]) -> Profile:
    """The server's profile; AskedToWaitError when it is not what the server says, or not understood here."""
    name = f"profile {said['profile_id']} version {said['version']}"
    try:
        profile = Profile.load(said["text"])
    except ProfileError as error:
        raise AskedToWaitError(
            f"DEID_PROFILE_INVALID: this connector cannot use {name}: {error.errors[0]}"
        ) from None
    if profile.sha256 != said["sha256"]:
        raise AskedToWaitError(
            f"DEID_PROFILE_INVALID: {name} reads otherwise here than on the server; are both of one release?"
        )
    return profile
