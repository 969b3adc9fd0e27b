"""The ways out: a mail server and an address that takes JSON."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable

from treadle.server.app.alerts.notices import Notice
from treadle.server.kit.mail import NotSentError, send_mail
from treadle.server.kit.settings import AlertSettings
from treadle.server.wire.answer import dumps

Channel = Callable[[Notice], Awaitable[None]]

_TIMEOUT_S = 15.0


def channels(settings: AlertSettings) -> dict[str, Channel]:
    """The channels that are set up, by name."""
    found: dict[str, Channel] = {}
    if settings.smtp_host is not None:
        found["email"] = lambda notice: asyncio.to_thread(_send_mail, settings, notice)
    if settings.webhook_url is not None:
        found["webhook"] = lambda notice: _post(settings, notice)
    return found


def _send_mail(settings: AlertSettings, notice: Notice) -> None:
    send_mail(settings, settings.recipients, notice.subject, notice.text)


async def _post(settings: AlertSettings, notice: Notice) -> None:
    import httpx  # few sites have a webhook

    body = dumps(notice.document)
    headers = {"Content-Type": "application/json", "User-Agent": "treadle"}
    if settings.webhook_secret:
        digest = hmac.new(settings.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        headers["X-Treadle-Signature"] = f"sha256={digest}"
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as http:
            answer = await http.post(settings.webhook_url or "", content=body, headers=headers)
    except httpx.HTTPError as error:
        raise NotSentError(f"webhook: {type(error).__name__} {error}".strip()) from error
    if not answer.is_success:
        raise NotSentError(f"webhook: it answered {answer.status_code}")
