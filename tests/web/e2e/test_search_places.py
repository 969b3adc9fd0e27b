"""Where the search page looks: on other sites, in all data; and its columns as a data view."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote
from uuid import uuid4

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.xdist_group("sites")


@pytest.fixture
def visit(server: Server, place: Place) -> str:
    """The address of the page with the one session of the project as its result."""
    subject = {"label": "ada", "sex": "female"}
    server.post("/sessions", {"project": place.id, "subject": subject, "label": "ada-v1", "age": 1e9})
    return "/search?q=" + quote(f'project.label = "{place.label}"')


@pytest.fixture
def site(server: Server) -> Iterator[str]:
    """The label of another site: this one once more, by its address."""
    label = f"Site {uuid4().hex[:6]}"
    url = str(server.http.base_url).removesuffix("/api/")
    made = server.post("/dataexplorer/sites", {"label": label, "url": url})
    yield label
    server.http.delete(f"/dataexplorer/sites/{made['_id']}")


def test_a_site_is_connected_and_searched_with_this_one(
    page: Page, server: Server, visit: str, site: str
) -> None:
    page.goto(visit)
    page.get_by_role("button", name="This site").click()
    expect(page.get_by_role("checkbox", name=site)).to_be_disabled()
    page.get_by_role("button", name=f"Connect to {site}").click()
    dialog = page.get_by_role("dialog", name=f"Connect to {site}")
    dialog.get_by_label("API key").fill(server.http.headers["Authorization"].split()[-1])
    dialog.get_by_role("button", name="Connect").click()
    page.get_by_role("button", name="This site").click()
    page.get_by_role("checkbox", name=site).check()
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 results", exact=True)).to_be_visible()
    states = page.get_by_role("list", name="Sites")
    expect(states).to_contain_text(f"{site}: 1")
    rows = page.get_by_role("row").filter(has_text="ada-v1")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=site)).to_contain_text("female")
    with page.context.expect_page() as opened:
        rows.filter(has_text=site).get_by_text("ada-v1").click()
    expect(opened.value).to_have_url(re.compile("/sessions/"))
    opened.value.close()


def test_an_administrator_searches_what_lies_outside_their_projects(
    page: Page, server: Server, place: Place, visit: str
) -> None:
    [mine] = server.get(f"/projects/{place.id}")["permissions"]
    other = f"{uuid4().hex[:8]}@example.com"
    server.post("/users", {"_id": other, "firstname": "Ada", "lastname": "Other"})
    server.post(f"/projects/{place.id}/permissions", {**mine, "_id": other})
    me = mine["_id"]
    server.http.delete(f"/projects/{place.id}/permissions/{me}").raise_for_status()
    page.goto(visit)
    expect(page.get_by_role("heading", name="No sessions found")).to_be_visible()
    page.get_by_role("button", name="This site").click()
    page.get_by_role("switch", name="All data").check()
    expect(page.get_by_role("gridcell", name="ada-v1")).to_be_visible()
    expect(page.get_by_role("button", name="This site, all data")).to_be_visible()


def test_the_columns_of_a_result_are_opened_as_a_data_view(page: Page, place: Place, visit: str) -> None:
    page.goto(visit)
    page.get_by_role("button", name="Select all 1").click()
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="As data view…").click()
    dialog = page.get_by_role("dialog", name="As data view")
    dialog.get_by_role("combobox", name="Project").fill(place.label)
    page.get_by_role("option", name=place.label).click()
    dialog.get_by_role("button", name="Open in builder").click()
    expect(page).to_have_url(re.compile(f"/projects/{place.id}/views/new"))
    expect(page.get_by_text("female").first).to_be_visible()
