"""The bell: what concerns one appears without a reload, is new until it was looked at, and leads there."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from e2e_kit import Engine, Place, Server, axe_violations, start
from playwright.sync_api import Page, expect

ADMIN = f"{3:024x}"


def let_in(server: Server) -> str:
    """Somebody else lets the administrator into a project of theirs: its label."""
    email, label = f"{uuid4().hex[:8]}@example.org", f"Knees {uuid4().hex[:6]}"
    server.post("/users", {"_id": email, "firstname": "Ada", "lastname": "Reader"})
    key = server.post(f"/users/{email}/key", {"label": "test"})["unencrypted_secret"]
    group = server.post("/groups", {"_id": f"e2e{uuid4().hex[:10]}"})["_id"]
    server.post(f"/groups/{group}/permissions", {"_id": email, "access": "admin"})
    theirs = {"Authorization": f"scitran-user {key.rpartition(':')[2]}"}
    made = server.http.post("/projects", json={"group": group, "label": label}, headers=theirs)
    project = made.raise_for_status().json()["_id"]
    me = server.get("/users/self")["_id"]
    entry = {"_id": me, "role_ids": [ADMIN]}
    server.http.post(f"/projects/{project}/permissions", json=entry, headers=theirs).raise_for_status()
    return label


def test_what_concerns_one_is_told_until_it_was_seen_and_leads_there(
    page: Page, server: Server, place: Place, gear: dict[str, Any], words: str, engine: Engine
) -> None:
    label = let_in(server)
    page.goto("/projects")
    # Other tests' runs may have failed, too.
    bell = page.get_by_role("button", name=re.compile(r"new notification|Notifications"))
    expect(bell).to_have_accessible_name(re.compile(r"\d+ new notifications?"))
    start(server, gear, words)
    engine.claim(gear["name"])
    engine.end("count.csv", b"", success=False)
    bell.click()
    told = page.get_by_test_id("notification")
    expect(told.filter(has_text=f"{gear['name']} failed in {place.label}")).to_contain_text("exit 1")
    granted = told.filter(has_text=f"Ada Reader let you into the project {label}")
    expect(granted).to_contain_text("new")
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    expect(bell).to_be_focused()
    expect(bell).to_have_accessible_name("Notifications")
    bell.press("Enter")
    granted.get_by_role("link").click()
    expect(page.get_by_role("heading", name=label, level=1)).to_be_visible()
    expect(told).to_have_count(0)


def test_the_bell_is_there_on_a_phone(page: Page, server: Server) -> None:
    label = let_in(server)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    page.get_by_role("button", name=re.compile("new notification")).click()
    expect(page.get_by_test_id("notification").filter(has_text=label)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_site_without_a_mail_server_says_so_where_one_would_ask_for_e_mails(page: Page) -> None:
    page.goto("/me")
    choice = page.get_by_role("checkbox", name="One e-mail a day")
    expect(page.get_by_text("This site has no mail server.")).to_be_visible()
    expect(choice).to_be_disabled()
    assert axe_violations(page) == []
