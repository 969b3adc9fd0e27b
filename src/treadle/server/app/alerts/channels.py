"""The ways out: a mail server and an address that takes JSON."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import smtplib
import ssl
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from treadle.server.app.alerts.notices import Notice
from treadle.server.kit.settings import AlertSettings
from treadle.server.wire.answer import dumps

Channel = Callable[[Notice], Awaitable[None]]

_TIMEOUT_S = 15.0


class NotSentError(Exception):
    """A channel did not take the message; it will be tried again."""


def channels(settings: AlertSettings) -> dict[str, Channel]:
    """The channels that are set up, by name."""
    found: dict[str, Channel] = {}
    if settings.smtp_host is not None:
        found["email"] = lambda notice: asyncio.to_thread(_send_mail, settings, notice)
    if settings.webhook_url is not None:
        found["webhook"] = lambda notice: _post(settings, notice)
    return found


def _send_mail(settings: AlertSettings, notice: Notice) -> None:
    message = EmailMessage()
    message["Subject"] = notice.subject.replace("\n", " ")
    message["From"] = settings.email_from
    message["To"] = ", ".join(settings.recipients)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=settings.email_from.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.text)
    try:
        with _connection(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password or "")
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"mail server {settings.smtp_host}:{settings.smtp_port}: {error}") from error


def _connection(settings: AlertSettings) -> smtplib.SMTP:
    where = (settings.smtp_host or "", settings.smtp_port)
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=_TIMEOUT_S, context=ssl.create_default_context())
    server = smtplib.SMTP(*where, timeout=_TIMEOUT_S)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


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
