"""What a notice says: one sentence for the subject, what to look at, and the same as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from treadle.server.access.incidents import Incident
from treadle.server.kit.settings import Settings
from treadle.server.wire.answer import stamp

What = Literal["opened", "closed"]

_SUBJECTS = {
    ("silent", "opened"): "{label} is silent",
    ("silent", "closed"): "{label} is heard of again",
    ("errors", "opened"): "{label} reports errors",
    ("errors", "closed"): "{label} reports no more errors",
    ("held", "opened"): "{label} holds data back",
    ("held", "closed"): "{label} holds no more data back",
}
_ADVICE = {
    "silent": "Is its machine on, and can it reach this server? Nothing is lost meanwhile: received data stay in "
    "its spool, and scanners keep what they could not send.",
    "errors": "Its page shows what troubles it.",
    "held": "Received data wait in its spool until somebody decides. Its page names each series, the reason and "
    "the command that tries again.",
}


@dataclass(frozen=True)
class Notice:
    """One message, for every channel."""

    subject: str
    text: str
    document: dict[str, Any]


def notice(incident: Incident, what: What, settings: Settings) -> Notice:
    """That an incident began or ended."""
    subject = _SUBJECTS[incident.kind, what].format(label=incident.label)
    page = f"{settings.url}/admin/devices/{incident.device_id}"
    lines = [incident.detail, "", _ADVICE[incident.kind]] if what == "opened" else _over(incident)
    document = {
        "event": f"device.incident.{what}",
        "id": incident.id,
        "kind": incident.kind,
        "summary": subject,
        "detail": incident.detail,
        "device": {"_id": incident.device_id, "label": incident.label, "type": incident.type},
        "opened": stamp(incident.opened_at),
        "closed": stamp(incident.closed_at),
        "site": settings.site_name,
        "url": page,
    }
    return Notice(
        f"[{settings.site_name}] {subject}", "\n".join([f"{subject}.", "", *lines, "", page]), document
    )


def _over(incident: Incident) -> list[str]:
    return [f"It began at {stamp(incident.opened_at)} and was over at {stamp(incident.closed_at)}."]


def trial(settings: Settings) -> Notice:
    """A message that only shows that messages arrive."""
    text = "This is a test: alerts about devices will arrive this way."
    document = {"event": "test", "summary": text, "site": settings.site_name, "url": settings.url}
    return Notice(f"[{settings.site_name}] Test of alerts", f"{text}\n\n{settings.url}", document)
