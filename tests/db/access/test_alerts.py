"""Alerts about devices, by a real mail server and a real receiver: once per incident, and once when it is over."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from treadle.server.app.alerts import watch
from treadle.server.kit.settings import AlertSettings, Settings
from treadle.server.store.db import Database

SECRET = "between us"


@pytest.fixture
def receiver():
    """The documents that came by POST, with their signatures."""
    taken = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((body, self.headers["X-Treadle-Signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    taken_at = f"http://127.0.0.1:{server.server_port}/hook"
    yield taken, taken_at
    server.shutdown()
    server.server_close()


@pytest.fixture
def look(world, mailbox, receiver):
    """One look of the worker, with both channels."""
    alerts = AlertSettings(
        email_to="physics@example.org, it@example.org",
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        webhook_url=receiver[1],
        webhook_secret=SECRET,
    )
    settings = Settings(**{**world.settings.model_dump(exclude={"alerts"}), "alerts": alerts})

    def run():
        async def inside():
            database = Database(settings.database_url, size=2)
            await watch.look(database, settings)
            await database.close()

        asyncio.run(inside())

    return run


@pytest.fixture
def device(world):
    """A new device and its client; those of earlier tests are gone."""
    world.connection.execute("UPDATE device SET deleted_at = now() WHERE deleted_at IS NULL")
    made = world.good(world.admin.post("/devices", json={"label": "MR edge", "type": "connector"}))
    return made["_id"], world.client(made["key"])


def test_a_silent_device_is_told_of_once_and_once_more_when_it_is_back(
    world, device, look, mailbox, receiver
):
    device_id, mine = device
    world.good(mine.put("/devices/self", json={"interval": 60}))
    look()
    assert mailbox.mails == []
    world.connection.execute("UPDATE device SET last_seen_at = now() - interval '2 minutes'")
    look()
    look()
    [(to, subject, text)] = mailbox.mails
    assert to == ["physics@example.org", "it@example.org"]
    assert subject == "[Treadle] MR edge is silent"
    assert f"/admin/devices/{device_id}" in text
    world.good(mine.put("/devices/self", json={"interval": 60}))
    look()
    look()
    assert [mail[1] for mail in mailbox.mails[1:]] == ["[Treadle] MR edge is heard of again"]
    documents = [json.loads(body) for body, _ in receiver[0]]
    assert [one["event"] for one in documents] == ["device.incident.opened", "device.incident.closed"]
    assert documents[0]["device"] == {"_id": device_id, "label": "MR edge", "type": "connector"}
    body, signature = receiver[0][0]
    assert signature == f"sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"


def test_errors_and_held_data_are_incidents_of_their_own(world, device, look, mailbox):
    device_id, mine = device
    world.good(mine.put("/devices/self", json={"interval": 60, "errors": ["disk nearly full"]}))
    look()
    world.good(
        mine.put("/devices/self", json={"errors": ["disk nearly full", "held: prisma: 2 series held back"]})
    )
    look()
    world.good(mine.put("/devices/self", json={"errors": ["held: prisma: 3 series held back"]}))
    look()
    assert [subject for _, subject, _ in mailbox.mails] == [
        "[Treadle] MR edge reports errors",
        "[Treadle] MR edge holds data back",
        "[Treadle] MR edge reports no more errors",
    ]
    shown = world.good(world.admin.get(f"/devices/{device_id}/incidents"))
    assert [(one["kind"], one["closed"] is None) for one in shown] == [("held", True), ("errors", False)]
    assert shown[0]["detail"] == "prisma: 3 series held back"
    assert shown[0]["told"] == ["email", "webhook"]


def test_a_channel_that_fails_is_tried_again_and_does_not_hold_up_the_other(
    world, device, look, mailbox, receiver
):
    _, mine = device
    mailbox.full = True
    world.good(mine.put("/devices/self", json={"interval": 60, "errors": ["x"]}))
    look()
    assert (len(mailbox.mails), len(receiver[0])) == (0, 1)
    mailbox.full = False
    look()
    assert (len(mailbox.mails), len(receiver[0])) == (1, 1)


def test_nobody_is_told_of_the_end_of_what_they_never_heard_of(world, device, look, mailbox):
    _, mine = device
    mailbox.full = True
    world.good(mine.put("/devices/self", json={"interval": 60, "errors": ["x"]}))
    look()
    mailbox.full = False
    world.good(mine.put("/devices/self", json={"errors": []}))
    look()
    assert mailbox.mails == []


def test_a_disabled_device_may_be_silent(world, device, look, mailbox):
    device_id, mine = device
    world.good(mine.put("/devices/self", json={"interval": 60}))
    world.good(world.admin.put(f"/devices/{device_id}", json={"disabled": True}))
    world.connection.execute("UPDATE device SET last_seen_at = now() - interval '1 hour'")
    look()
    assert mailbox.mails == []


def test_mail_without_recipients_is_refused():
    with pytest.raises(ValueError, match="email_to"):
        AlertSettings(smtp_host="mail.example.org")
