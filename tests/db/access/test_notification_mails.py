"""E-mails about notifications, by a real mail server: one a day, only to who wants them, and they name nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from treadle.server.kit.clock import now
from treadle.server.kit.settings import AlertSettings, Settings
from treadle.server.notifications.digest import send_due
from treadle.server.notifications.reader import see, want_mail
from treadle.server.store.db import Database


@pytest.fixture
def send(world, mailbox):
    """The worker's look at who is to be written to; the e-mails that came of it."""

    def run(*, later: bool = False, **mail):
        if later:
            world.connection.execute("UPDATE notification_reader SET mail_due_at = now()")
        given = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none", **mail}
        alerts = AlertSettings(email_to="it@example.org", **given)
        settings = Settings(**{**world.settings.model_dump(exclude={"alerts"}), "alerts": alerts})
        mailbox.mails.clear()
        in_database(world, lambda database: send_due(database, settings))
        return list(mailbox.mails)

    return run


def in_database(world, work: Callable[[Database], Awaitable[Any]]) -> None:
    async def inside():
        database = Database(world.settings.database_url, size=2)
        await work(database)
        await database.close()

    asyncio.run(inside())


def says(world, change, *said, **more) -> None:
    """What a user says of their notifications."""

    async def work(database):
        async with database.transaction() as connection:
            await change(connection, *said, **more)

    in_database(world, work)


@pytest.fixture
def reader(world) -> str:
    """A new user, the only one who wants e-mails."""
    world.connection.execute("UPDATE notification_reader SET mail = false")
    user = world.user()
    says(world, want_mail, user, mail=True)
    return user


def let_in(world, user: str) -> str:
    project = world.project(world.group())
    world.good(world.grant(project, user, world.RW))
    return project


def test_who_wants_e_mails_gets_one_a_day_when_something_is_new(world, reader, send):
    assert send(later=True) == []
    project = let_in(world, reader)
    assert send() == []  # the day is not over
    ((to, subject, text),) = send(later=True)
    assert to == [reader]
    assert "1 new notification" in subject
    assert world.settings.url in text
    assert project not in subject + text
    assert send(later=True) == []
    let_in(world, reader)
    let_in(world, reader)
    ((_, subject, _),) = send(later=True)
    assert "2 new notifications" in subject
    let_in(world, reader)
    says(world, see, reader, now())
    assert send(later=True) == []  # seen on the page
    let_in(world, reader)
    says(world, want_mail, reader, mail=False)
    assert send(later=True) == []


def test_what_was_not_taken_is_tried_again_and_nothing_is_lost(world, reader, send, mailbox):
    let_in(world, reader)
    mailbox.full = True
    assert send(later=True) == []
    mailbox.full = False
    assert send() == []
    assert len(send(later=True)) == 1


def test_nobody_is_written_to_who_is_gone_or_where_there_is_no_mail_server(world, reader, send):
    let_in(world, reader)
    assert send(later=True, smtp_host=None) == []
    world.good(world.admin.put(f"/users/{reader}", json={"disabled": True}))
    assert send(later=True) == []
