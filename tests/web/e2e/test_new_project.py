"""A project of one's own, with a new group for it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import BrowserContext, Page, expect


def open_dialog(page: Page) -> None:
    page.goto("/projects")
    page.get_by_role("button", name="New project").first.click()
    expect(page.get_by_role("dialog", name="New project")).to_be_visible()


def choose_group(page: Page, words: str) -> None:
    field = page.get_by_role("dialog").get_by_role("combobox", name="Group")
    field.fill(words)
    page.get_by_role("option", name=words).click()


@pytest.mark.journey("new-project")
@pytest.mark.usefixtures("place")  # without any group the dialog starts with a new one
def test_an_administrator_makes_a_group_and_a_project(page: Page, server: Server) -> None:
    group = f"new{uuid4().hex[:8]}"
    open_dialog(page)
    choose_group(page, "New group…")
    create = page.get_by_role("button", name="Create project")
    page.get_by_label("Project label", exact=True).fill("study01")
    page.get_by_label("Group id").fill("Psych Lab")
    expect(page.get_by_text("Use lower case only")).to_be_visible()
    expect(create).to_be_disabled()
    page.get_by_label("Group id").fill(group)
    page.get_by_label("Group label").fill("Psychology")
    page.get_by_label("Description").fill("Pilot")
    expect(page.get_by_text(f"fw://{group}/study01")).to_be_visible()
    create.click()
    expect(page.get_by_role("heading", name="study01", level=1)).to_be_visible()
    expect(page.get_by_role("main").get_by_text(f"fw://{group}/study01").last).to_be_visible()
    [made] = server.get(f"/groups/{group}/projects")
    assert page.url.endswith(f"/projects/{made['_id']}")
    assert (made["label"], made["description"]) == ("study01", "Pilot")
    assert server.get(f"/groups/{group}")["label"] == "Psychology"
    page.goto(f"/projects?group={group}")
    expect(page.get_by_role("gridcell", name="study01")).to_be_visible()


def test_what_the_server_refuses_is_said_in_the_dialog(
    context: BrowserContext, page: Page, place: Place
) -> None:
    other = context.new_page()  # its console rightly shows the 409
    open_dialog(other)
    choose_group(other, place.group)
    other.get_by_label("Project label", exact=True).fill(place.label)
    other.get_by_role("button", name="Create project").click()
    alert = other.get_by_role("dialog", name="New project").get_by_role("alert")
    expect(alert).to_contain_text("already exists here")
    other.get_by_label("Project label", exact=True).fill(f"{place.label} b")
    other.get_by_role("button", name="Create project").click()
    expect(other.get_by_role("heading", name=f"{place.label} b", level=1)).to_be_visible()


def test_an_administrator_of_one_group_makes_projects_in_it_only(
    context: BrowserContext, stranger: Page, server: Server, place: Place
) -> None:
    email, password = f"{uuid4().hex[:8]}@example.org", uuid4().hex
    server.post("/users", {"_id": email, "firstname": "Ada", "lastname": "Test"})
    server.post(f"/x/users/{email}/password", {"password": password})
    answer = context.request.post("/api/x/login", data={"email": email, "password": password})
    assert answer.ok, answer.text()
    stranger.goto("/projects")
    expect(stranger.get_by_text("No projects yet")).to_be_visible()
    expect(stranger.get_by_role("button", name="New project")).to_have_count(0)
    server.post(f"/groups/{place.group}/permissions", {"_id": email, "access": "admin"})
    stranger.reload()
    stranger.get_by_role("button", name="New project").first.click()
    field = stranger.get_by_role("dialog").get_by_role("combobox", name="Group")
    expect(field).to_have_value(f"Group {place.group} ({place.group})")
    field.click()
    expect(stranger.get_by_role("option")).to_have_count(1)
    stranger.get_by_label("Project label", exact=True).fill("mine")
    stranger.get_by_role("button", name="Create project").click()
    expect(stranger.get_by_role("heading", name="mine", level=1)).to_be_visible()
