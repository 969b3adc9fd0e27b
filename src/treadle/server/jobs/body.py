"""Job requests as the clients send them (gears.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from treadle.server.access.guard import Guard
from treadle.server.jobs.analyses import NewAnalysis
from treadle.server.jobs.inputs import check_texts, read_refs
from treadle.server.jobs.plans import JobRequest
from treadle.server.jobs.starter import Starter, caller
from treadle.server.jobs.states import find_job, priority_of
from treadle.server.kit.errors import Forbidden, Invalid

_LONGEST = 255


def read_request(body: Any, *, analysis: NewAnalysis | None = None, place: str | None = None) -> JobRequest:
    """The run that a request asks for; of an analysis `place` is the container it hangs on."""
    if not isinstance(body, Mapping):
        raise Invalid("A job is an object with 'gear_id', 'inputs', 'config' and 'destination'.")
    destination = body.get("destination")
    if analysis is not None:
        destination = {"id": place}
    if destination is not None and not (isinstance(destination, Mapping) and destination.get("id")):
        raise Invalid("'destination' must be {type, id}.")
    config = body.get("config")
    if config is not None and not isinstance(config, dict):
        raise Invalid("'config' must be an object of options.")
    attempt = body.get("attempt")
    if attempt is not None and (
        isinstance(attempt, bool) or not isinstance(attempt, int) or not 0 < attempt < 1000
    ):
        raise Invalid("'attempt' must be a whole number from 1.")
    kind = (destination or {}).get("type")
    return JobRequest(
        gear_id=_text(body, "gear_id") or "",
        inputs=read_refs(body.get("inputs")),
        # Clients send null for options that are to have their default.
        config={name: value for name, value in (config or {}).items() if value is not None},
        destination_type=kind if isinstance(kind, str) else None,
        destination_id=str(destination["id"]) if destination else None,
        analysis=analysis,
        tags=check_texts(body.get("tags"), "tags"),
        priority=priority_of(body.get("priority")),
        label=_text(body, "label"),
        compute_provider_id=_text(body, "compute_provider_id"),
        previous_job_id=_text(body, "previous_job_id"),
        attempt=attempt or 1,
    )


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > _LONGEST):
        raise Invalid(f"'{name}' must be a text of at most {_LONGEST} characters.")
    return value or None


def read_analysis(body: Mapping[str, Any]) -> NewAnalysis:
    """What a request says of the analysis that a run makes."""
    label = body.get("label")
    if not isinstance(label, str):
        raise Invalid("An analysis needs a 'label'.")
    info = body.get("info")
    if info is not None and not isinstance(info, dict):
        raise Invalid("'info' must be an object.")
    return NewAnalysis(
        label=label,
        description=_described(body.get("description")),
        info=info or {},
        tags=check_texts(body.get("tags"), "tags"),
    )


def _described(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid("'description' must be a text.")
    return value


async def starter_of(guard: Guard, body: Mapping[str, Any]) -> Starter:
    """The caller as the one who asks; administrators may name a batch and a role."""
    more = {"batch_id": _text(body, "batch"), "role_id": _text(body, "role_id")}
    if any(more.values()) and not guard.identity.is_site_admin:
        raise Forbidden("'batch' and 'role_id' are for site administrators.")
    if guard.identity.kind == "gear_rule" and guard.identity.job:
        # A rule's job starts others with the role it has itself.
        more["role_id"] = (await find_job(guard.connection, guard.identity.job)).role_id
    return caller(guard, **more)
