"""Permissions, roles, groups: given and taken in the browser, and obeyed by what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import BrowserContext, Page, expect

PASSWORD = "correct horse battery"
READ_ONLY, READ_WRITE = f"{1:024x}", f"{2:024x}"


@pytest.fixture
def person(server: Server) -> str:
    """A fresh user who may log in; their id."""
    user = f"{uuid4().hex[:8]}@example.org"
    server.post("/users", {"_id": user, "firstname": "Ann", "lastname": user[:8], "password": PASSWORD})
    return user


@pytest.fixture
def log_in(context: BrowserContext) -> Callable[[str], None]:
    """The pages of this test are somebody else's from now on."""

    def as_person(user: str) -> None:
        answer = context.request.post("/api/x/login", data={"email": user, "password": PASSWORD})
        assert answer.ok, answer.text()

    return as_person


def pick(page: Page, field: str, words: str) -> None:
    """Choose an option of a searchable field."""
    page.get_by_role("combobox", name=field, exact=True).fill(words)
    page.get_by_role("option", name=words).first.click()


def choose(page: Page, field: str, option: str) -> None:
    """Choose an option of a field, by its whole label."""
    page.get_by_role("combobox", name=field, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_people_are_added_by_search_with_several_roles_and_removed(
    page: Page, server: Server, place: Place, person: str
) -> None:
    page.goto(f"/projects/{place.id}/permissions")
    pick(page, "Person to add to people", person)
    choose(page, "Roles to give", "Read-only")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add", exact=True).click()
    row = page.get_by_role("row").filter(has_text=person)
    expect(row).to_contain_text("Read-only")
    choose(page, f"Roles of {person}", "Read-write")
    expect(row).to_contain_text("Read-write")
    path = f"/projects/{place.id}/permissions/{person}"
    assert server.get(path)["role_ids"] == [READ_ONLY, READ_WRITE]

    pick(page, "Person to check", person)
    expect(page.get_by_role("region", name="Check a person")).to_contain_text("Take files away")

    page.get_by_role("button", name=f"Remove {person}").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(row).to_have_count(0)
    assert person not in [entry["_id"] for entry in server.get(f"/projects/{place.id}/permissions")]


def test_the_last_manager_stays_and_the_reason_is_said(
    page: Page, context: BrowserContext, server: Server, place: Place
) -> None:
    [only] = [entry["_id"] for entry in server.get(f"/projects/{place.id}/permissions")]
    page = context.new_page()  # its console rightly shows the 409
    page.goto(f"/projects/{place.id}/permissions")
    page.get_by_role("button", name=f"Remove {only}").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as answered:
        page.get_by_role("button", name="Remove", exact=True).click()
    assert answered.value.status == 409
    expect(page.get_by_role("alert")).to_contain_text("Not saved")
    expect(page.get_by_role("row").filter(has_text=only)).to_be_visible()


def test_a_role_is_made_from_a_copy_with_what_it_needs_and_then_changed(
    page: Page, server: Server, place: Place, person: str
) -> None:
    label = f"Downloader {uuid4().hex[:6]}"
    page.goto("/admin/roles/new")
    page.get_by_role("textbox", name="Label").fill(label)
    contents = page.get_by_role("checkbox", name="Open images in the viewer")
    expect(page.get_by_role("checkbox", name="See tags")).to_be_disabled()
    page.get_by_role("checkbox", name="Take files away").check()
    expect(contents).to_be_checked()  # what downloading needs
    page.get_by_role("button", name="Create role").click()
    expect(page.get_by_role("heading", name=label, level=1)).to_be_visible()
    [role] = [one for one in server.get("/roles") if one["label"] == label]
    assert {"files_download", "files_view_contents", "tags_view"} <= set(role["actions"])

    server.post(f"/groups/{place.group}/roles", {"_id": role["_id"]})
    server.post(f"/projects/{place.id}/permissions", {"_id": person, "role_ids": [role["_id"]]})
    page.reload()
    expect(page.get_by_role("region", name="Used by")).to_contain_text("1 person in 1 project")
    expect(page.get_by_role("link", name=place.label)).to_be_visible()
    contents.uncheck()
    expect(page.get_by_role("checkbox", name="Take files away")).not_to_be_checked()
    expect(page.get_by_role("list", name="What changes")).to_contain_text("No longer: Take files away")
    page.get_by_role("button", name="What would this do?").click()
    expect(page.get_by_role("list", name="People touched")).to_contain_text("− files_view_contents")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("list", name="What changes")).to_have_count(0)
    assert "files_download" not in server.get(f"/roles/{role['_id']}")["actions"]


def test_a_groups_template_and_pool_are_kept(page: Page, server: Server, place: Place, person: str) -> None:
    role = server.post("/roles", {"label": f"Reader {uuid4().hex[:6]}", "actions": ["files_view_contents"]})
    page.goto(f"/groups/{place.group}")
    pick(page, "Role to add", role["label"])
    expect(page.get_by_role("table", name="Roles to give")).to_contain_text(role["label"])
    template = page.get_by_role("region", name="Template of new projects")
    template.get_by_label("Change existing projects too").check()
    pick(page, "Person to add to template", person)
    template.get_by_role("combobox", name="Roles to give").click()
    page.get_by_role("option", name=role["label"]).click()
    page.keyboard.press("Escape")
    template.get_by_role("button", name="Add").click()
    expect(template.get_by_role("row").filter(has_text=person)).to_contain_text(role["label"])
    assert server.get(f"/projects/{place.id}/permissions/{person}")["role_ids"] == [role["_id"]]


def test_controls_without_a_right_are_not_shown(
    page: Page, log_in: Callable[[str], None], server: Server, place: Place, person: str
) -> None:
    made = server.post(
        "/sessions", {"project": place.id, "subject": {"label": "s1"}, "label": "v1", "info": {"a": 1}}
    )["_id"]
    server.post(f"/projects/{place.id}/permissions", {"_id": person, "role_ids": [READ_ONLY]})
    log_in(person)
    page.goto(f"/projects/{place.id}")
    expect(page.get_by_role("link", name="Permissions")).to_be_visible()
    expect(page.get_by_role("button", name="Download all")).to_be_visible()
    expect(page.get_by_role("link", name="Trash")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    expect(page.get_by_role("link", name="Users")).to_have_count(0)
    page.goto(f"/projects/{place.id}/permissions")
    expect(page.get_by_role("row").filter(has_text=person)).to_contain_text("Read-only")
    expect(page.get_by_role("button", name="Add", exact=True)).to_have_count(0)
    page.goto(f"/sessions/{made}")
    expect(page.get_by_role("list", name="Metadata")).to_contain_text("a")
    for name in ("Add field", "Edit a", "Delete"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    for field in ("New tag", "New note"):
        expect(page.get_by_label(field)).to_have_count(0)


@pytest.mark.parametrize("address", ["/admin/site", "/admin/usage", "/admin/log", "/admin/devices"])
def test_pages_of_administrators_tell_others_so(
    page: Page, log_in: Callable[[str], None], person: str, address: str
) -> None:
    log_in(person)
    page.goto(address)
    expect(page.get_by_role("heading", name="You may not see this page")).to_be_visible()


@pytest.mark.journey("who-may")
def test_who_can_see_something_and_why(page: Page, server: Server, place: Place, person: str) -> None:
    server.post(f"/projects/{place.id}/permissions", {"_id": person, "role_ids": [READ_ONLY]})
    page.goto(f"/who/{place.id}?user={person}")
    row = page.get_by_role("row").filter(has_text=person[:8])
    expect(row).to_contain_text("Read-only in the project")
    answer = page.get_by_role("region", name="What can they do here?")
    expect(answer).to_contain_text(f"{person} holds")
    expect(answer).to_contain_text("Take files away")
    pick(page, "Who may", "Delete the whole project")
    expect(row).to_have_count(0)
    attempt = page.get_by_role("region", name="Try a change")
    attempt.get_by_role("combobox", name="Person").fill(person)
    page.get_by_role("option", name=person).click()
    attempt.get_by_role("combobox", name="Roles they would have").click()
    page.get_by_role("option", name="Admin", exact=True).click()
    page.keyboard.press("Escape")
    attempt.get_by_role("button", name="What would this do?").click()
    expect(attempt.get_by_role("list", name="People touched")).to_contain_text("containers_delete_project")
    held: Any = server.get(f"/projects/{place.id}/permissions/{person}")
    assert held["role_ids"] == [READ_ONLY]
