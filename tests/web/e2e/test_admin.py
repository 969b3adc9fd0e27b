"""Users, devices, the access log, and what the app is made of."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from e2e_kit import Place, Server
from playwright.sync_api import Page, expect


@pytest.fixture
def email() -> str:
    """An address nobody has."""
    return f"{uuid4().hex[:8]}@example.org"


def test_a_user_is_added_found_changed_and_disabled(page: Page, server: Server, email: str) -> None:
    page.goto("/admin/users")
    page.get_by_role("button", name="Add user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill(email)
    dialog.get_by_label("First name").fill("Carla")
    dialog.get_by_role("button", name="Add user").click()
    expect(page.get_by_role("heading", name="Carla", level=1)).to_be_visible()
    page.get_by_label("Last name").fill("Diaz")
    page.get_by_role("combobox", name="Site role").click()
    page.get_by_role("option", name="Developer").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Carla Diaz", level=1)).to_be_visible()
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()
    kept = server.get(f"/users/{email}")
    assert (kept["lastname"], kept["disabled"], "developer" in kept["roles"]) == ("Diaz", True, True)

    page.goto(f"/admin/users?state=disabled&q={email}")
    expect(page.get_by_role("row").filter(has_text="Carla Diaz")).to_contain_text("disabled")
    page.get_by_label("Name or e-mail").fill("nobody like this")
    expect(page.get_by_text("0 of")).to_be_visible()
    page.get_by_role("button", name="Clear filters").last.click()
    page.get_by_label("Name or e-mail").fill(email)
    expect(page.get_by_role("row").filter(has_text=email)).to_be_visible()


def test_a_users_key_has_an_end_shows_its_use_and_is_taken_away(
    page: Page, server: Server, email: str
) -> None:
    server.post("/users", {"_id": email, "firstname": "Dmitri", "lastname": "Egorov"})
    page.goto(f"/admin/users/{email}")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").fill("nightly export")
    dialog.get_by_label("Works until").fill("2099-12-31")
    dialog.get_by_role("button", name="Create key").click()
    host, port, *_, secret = dialog.locator("code").first.inner_text().split(":")
    dialog.get_by_role("button", name="Done").click()
    row = page.get_by_role("row").filter(has_text="nightly export")
    expect(row).to_contain_text("2099-12-31")
    expect(row).to_contain_text("never")
    ask = httpx.Client(
        base_url=f"http://{host}:{port}/api", headers={"Authorization": f"scitran-user {secret}"}
    )
    assert ask.get("/users/self").json()["_id"] == email
    page.reload()
    expect(row).to_contain_text("just now")
    page.get_by_role("button", name="Delete key nightly export").click()
    page.get_by_role("button", name="Delete key", exact=True).click()
    expect(row).to_have_count(0)
    assert ask.get("/users/self").status_code == 401


def test_a_device_is_added_with_a_key_and_disabled(page: Page, server: Server) -> None:
    label = f"scanner {uuid4().hex[:6]}"
    page.goto("/admin/devices")
    page.get_by_role("button", name="Add device").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").fill(label)
    dialog.get_by_role("button", name="Add device").click()
    expect(dialog.locator("code")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    page.get_by_role("link", name=label).click()
    expect(page.get_by_role("table", name="Keys")).to_contain_text(label)
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()
    [found] = [one for one in server.get("/devices") if one["label"] == label]
    assert found["disabled"] is True


@pytest.mark.journey("access-log")
def test_the_access_log_is_filtered_linked_and_taken_away(
    page: Page, server: Server, place: Place, tmp_path: Path
) -> None:
    made = server.post("/sessions", {"project": place.id, "subject": {"label": "s1"}, "label": "v1"})["_id"]
    server.get(f"/sessions/{made}")
    page.goto(f"/admin/log?project={place.id}&types=view_container")
    grid = page.get_by_role("grid", name="Access log")
    cells = grid.get_by_role("gridcell")
    expect(cells.filter(has_text="View container").first).to_be_visible()
    expect(cells.filter(has_text="Create container")).to_have_count(0)
    expect(cells.filter(has_text=place.label).first).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download CSV").click()
    started.value.save_as(tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(newline="") as file:
        types = {row["access_type"] for row in csv.DictReader(file)}
    assert types == {"view_container"}
    cells.filter(has_text="View container").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(made)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear filters").click()
    page.wait_for_url("**/admin/log")


def test_the_app_names_its_version_and_the_licences_of_what_it_ships(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="User menu").click()
    page.get_by_role("menuitem", name="About Treadle").click()
    expect(page.get_by_role("region", name="Version")).to_contain_text("Treadle")
    page.get_by_label("Search packages").fill("react-dom")
    expect(page.get_by_role("status")).to_contain_text(" of ")  # the rows stand still
    page.get_by_role("button", name="react-dom").first.click()
    expect(page.get_by_text("Permission is hereby granted").first).to_be_visible()
