"""A real mail server."""

from __future__ import annotations

import socket
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps what a mail server takes in; refuses everything while `full`."""

    def __init__(self):
        self.mails, self.full = [], False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the server's own names
        if self.full:
            return "452 mailbox full"
        message = message_from_bytes(envelope.content)
        self.mails.append((envelope.rcpt_tos, message["Subject"], message.get_payload(decode=True).decode()))
        return "250 taken"


@pytest.fixture
def mailbox():
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    box.server = Controller(box, hostname="127.0.0.1", port=box.port)
    box.server.start()
    yield box
    box.server.stop()
