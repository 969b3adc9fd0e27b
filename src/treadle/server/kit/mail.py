"""E-mails, by the mail server that the site has."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from treadle.server.kit.settings import AlertSettings

_TIMEOUT_S = 15.0


class NotSentError(Exception):
    """A message was not taken; it will be tried again."""


def send_mail(settings: AlertSettings, to: Sequence[str], subject: str, text: str) -> None:
    """Hand one message to the mail server, and wait until it has it; NotSentError if it does not take it."""
    message = EmailMessage()
    message["Subject"] = subject.replace("\n", " ")
    message["From"] = settings.email_from
    message["To"] = ", ".join(to)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=settings.email_from.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
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
