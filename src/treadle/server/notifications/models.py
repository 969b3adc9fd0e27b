"""The documents of `/x/me/notifications`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from treadle.server.wire.body import Wire
from treadle.server.wire.model import Model


class NotificationPlace(Model):
    """The project or group it is about."""

    level: Literal["project", "group"]
    id: str
    label: str


class NotificationJob(Model):
    """The job that failed last."""

    id: str
    gear: str
    reason: str | None = Field(description="why, in a word, where it is known")


class Notification(Model):
    """One thing that concerns the caller."""

    kind: Literal["jobs_failed", "access_granted"]
    at: datetime
    count: int = Field(description="how many jobs")
    place: NotificationPlace
    job: NotificationJob | None
    batch: str | None = Field(description="of the jobs, if they are of one")
    by: str | None = Field(description="name of who let the caller in")


class Notifications(Model):
    """The newest of 30 days."""

    unseen: int = Field(description="how many are newer than what the caller has seen")
    seen_until: datetime | None
    mail: bool = Field(description="whether the caller wants an e-mail a day about what is new")
    mail_possible: bool = Field(description="whether the site has a mail server")
    notifications: list[Notification]
    next: str | None = Field(description="`before` of the next page")


class ReaderInput(Wire):
    """Until when the caller has seen them, and whether they want an e-mail a day; what is left out stays."""

    seen_until: datetime | None = None
    mail: bool | None = None
