"""Data views: columns chosen, rows at once, saved, shared, run and taken away."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import BrowserContext, Locator, Page, expect

SESSIONS = 3


@pytest.fixture
def study(server: Server, place: Place) -> Place:
    """A project with a few sessions `v0`..., their scores in the metadata."""
    for number in range(SESSIONS):
        body = {"project": place.id, "subject": {"label": f"s{number}"}, "label": f"v{number}"}
        server.post("/sessions", {**body, "info": {"score": number * 10}})
    return place


def rows(page: Page) -> Locator:
    grid = page.get_by_role("grid", name="Result")
    return grid.get_by_role("row").filter(has=page.get_by_role("gridcell"))


def build(page: Page, study: Place) -> None:
    """A view of session labels and scores."""
    page.goto(f"/projects/{study.id}/views")
    page.get_by_role("link", name="New view").click()
    page.get_by_role("checkbox", name="Labels of all levels").uncheck()
    page.get_by_role("checkbox", name="session.label").check()
    page.get_by_label("Other field").fill("session.info.score")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(SESSIONS)


def test_a_view_shows_its_first_rows_while_it_is_built(page: Page, study: Place) -> None:
    build(page, study)
    expect(rows(page).nth(1)).to_contain_text("10")
    heading = page.get_by_label("Heading of session.info.score")
    heading.fill("points")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="points")).to_be_visible()
    page.get_by_role("button", name="Move session.info.score up").click()
    expect(page.get_by_role("columnheader").first).to_have_text("points")
    page.reload()  # what is not saved stands in the address
    expect(page.get_by_role("columnheader").first).to_have_text("points")
    page.get_by_label("Filter").fill("session.label=v2")
    page.get_by_label("Search fields").focus()
    expect(rows(page)).to_have_count(1)


@pytest.mark.journey("table")
def test_a_view_is_run_sorted_and_downloaded(page: Page, study: Place, tmp_path: Path) -> None:
    build(page, study)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text(f"{SESSIONS} rows, run")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"{SESSIONS} rows, run")).to_be_visible()
    for _ in range(2):
        page.get_by_role("columnheader", name="session.label").get_by_role("button").click()
    expect(rows(page).first).to_contain_text("v2")
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("menuitem", name="CSV", exact=True).click()
    started.value.save_as(tmp_path / "view.csv")
    with (tmp_path / "view.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["session.label", "session.info.score"],
            *([f"v{number}", str(number * 10)] for number in range(SESSIONS)),
        ]


def test_a_view_is_saved_for_the_project_and_changed(page: Page, server: Server, study: Place) -> None:
    build(page, study)
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").fill("Scores")
    expect(dialog.get_by_role("radio", name="Everybody in this project")).to_be_checked()
    dialog.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("not saved")).to_have_count(0)
    [saved] = server.get(f"/containers/{study.id}/views")
    assert [column["src"] for column in saved["columns"]] == ["session.label", "session.info.score"]

    page.get_by_role("button", name="Remove session.info.score").click()
    page.get_by_role("button", name="Save", exact=True).click()
    dialog.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("not saved")).to_have_count(0)
    [changed] = server.get(f"/containers/{study.id}/views")
    assert (changed["_id"], len(changed["columns"])) == (saved["_id"], 1)

    page.goto(f"/projects/{study.id}/views")
    page.get_by_role("link", name="Scores").click()
    page.get_by_role("button", name="Delete view").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete view").click()
    expect(page.get_by_text("No data views yet")).to_be_visible()


def test_a_mistake_in_a_view_is_explained(page: Page, context: BrowserContext, study: Place) -> None:
    page = context.new_page()  # its console rightly shows the 422
    page.goto(f"/projects/{study.id}/views/new")
    page.get_by_label("Other field").fill("sesion.label")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Did you mean")
