"""Keys, theme, density, and the list of what could not be routed."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from e2e_kit import MakeSeries, Place, Server, axe_violations
from playwright.sync_api import Page, expect


@pytest.mark.journey("key")
def test_a_new_api_key_is_shown_once_and_works_until_deleted(page: Page, server: Server) -> None:
    label = f"laptop {uuid4().hex[:6]}"
    page.goto("/me")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Label").fill(label)
    page.get_by_role("button", name="Create key").click()
    shown = page.get_by_role("dialog").locator("code").first.inner_text()
    host, port, *_, secret = shown.split(":")
    ask = httpx.Client(
        base_url=f"http://{host}:{port}/api", headers={"Authorization": f"scitran-user {secret}"}
    )
    assert ask.get("/users/self").status_code == 200
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("cell", name=label, exact=True)).to_be_visible()
    assert secret not in page.content()
    page.get_by_role("button", name=f"Delete key {label}").click()
    page.get_by_role("button", name="Delete key", exact=True).click()
    expect(page.get_by_role("cell", name=label, exact=True)).to_have_count(0)
    assert ask.get("/users/self").status_code == 401


def test_a_restricted_key_works_in_its_project_only_and_is_listed_with_its_limits(
    page: Page, server: Server, place: Place
) -> None:
    label = f"reader {uuid4().hex[:6]}"
    other = server.post("/projects", {"group": place.group, "label": f"{place.label} other"})["_id"]
    page.goto("/me")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").fill(label)
    dialog.get_by_role("combobox", name="What it may do").click()
    page.get_by_role("option", name="Read and download only").click()
    dialog.get_by_role("combobox", name="Only in these projects").fill(place.label)
    page.get_by_role("option", name=f"{place.label} ({place.group})", exact=True).click()
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Create key").click()
    host, port, *_, secret = page.get_by_role("dialog").locator("code").first.inner_text().split(":")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("row").filter(has_text=label)).to_contain_text("1 project, reads only")
    ask = httpx.Client(
        base_url=f"http://{host}:{port}/api", headers={"Authorization": f"scitran-user {secret}"}
    )
    assert ask.get(f"/projects/{place.id}").status_code == 200
    assert ask.get(f"/projects/{other}").status_code == 404
    refused = ask.post("/subjects", json={"project": place.id, "label": "s1"})
    assert refused.status_code == 403


def test_the_chosen_theme_survives_a_reload(page: Page) -> None:
    page.goto("/me")
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_rows_stand_as_close_as_chosen_at_once_and_after_a_reload(page: Page, place: Place) -> None:
    row = page.get_by_role("grid", name="Projects").get_by_role("row").nth(1)

    def is_high(pixels: int) -> None:
        expect(row).to_have_css("height", f"{pixels}px")

    page.goto(f"/projects?q={place.label}")
    is_high(36)
    page.get_by_role("button", name="User menu").click()
    for words, pixels in (("Comfortable", 44), ("Compact", 28)):
        page.get_by_role("menuitemradio", name=words).click()
        is_high(pixels)
    page.goto("/me")
    expect(page.get_by_role("radiogroup", name="Density").get_by_label("Compact")).to_be_checked()
    for address in ("/projects", f"/projects/{place.id}", "/search", "/jobs", "/me", "/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("data-density", "compact")
        page.wait_for_load_state("networkidle")
        assert axe_violations(page) == [], address
    # Before the app itself has come.
    page.context.route("**/assets/*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.goto("/projects")
    expect(page.locator("html")).to_have_attribute("data-density", "compact")


@pytest.mark.peer
def test_a_mis_routed_session_is_moved_where_it_belongs(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    lost = f"Lost {uuid4().hex[:6]}"
    folder = make_series(slices=2, session=lost, group=f"{place.group}x")
    page.goto("/misrouted")
    server.send(folder)
    row = page.get_by_role("row").filter(has_text=lost)
    expect(row).to_contain_text("no such group")
    row.get_by_role("button", name="Move").click()
    page.get_by_role("combobox", name="Project").fill(place.label)
    page.get_by_role("option", name=place.label).click()
    page.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(row).to_have_count(0)
    [moved] = server.get(f"/projects/{place.id}/sessions")
    assert (moved["label"], moved["subject"]["label"]) == (lost, "sub-01")
