"""The search page: query text, filters, kinds of results, saved queries, actions, builder."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from e2e_kit import Place, Server
from playwright.sync_api import Locator, Page, Route, expect

from treadle.testing.waiting import wait_until

PRINT = "**/dataexplorer/search/print"


@pytest.fixture
def study(server: Server, place: Place) -> Place:
    """A woman and a man with a session each; hers has a T1 acquisition."""
    for label, sex in (("ada", "female"), ("bob", "male")):
        made = server.post(
            "/sessions",
            {"project": place.id, "subject": {"label": label, "sex": sex}, "label": f"{label}-v1"},
        )
        if sex == "female":
            server.post("/acquisitions", {"session": made["_id"], "label": "T1"})
    return place


def editor(page: Page) -> Locator:
    """The query text."""
    return page.get_by_role("textbox", name="Query", exact=True)


def wait_for_suggestion(server: Server, text: str) -> None:
    """Until the text can be completed: values are counted shortly after they have arrived."""
    asked = {"structured_query": text}
    wait_until(lambda: server.post("/dataexplorer/search/suggest", asked)["suggestions"], what="counted")


def shown(page: Page, study: Place, more: str = "") -> None:
    """The page with a search in the project."""
    query = f'project.label = "{study.label}"{more}'
    page.goto(f"/search?q={quote(query)}")
    expect(editor(page)).to_contain_text(study.label)


@pytest.mark.journey("query")
def test_a_query_is_completed_corrected_and_run_and_stays_in_the_address(
    page: Page, server: Server, study: Place
) -> None:
    wait_for_suggestion(server, "subject.se")
    page.goto("/search")
    editor(page).click()
    page.keyboard.type("subject.se")
    expect(page.get_by_role("option", name="subject.sex")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("option", name="CONTAINS")).to_be_visible()
    page.keyboard.type("= ")
    expect(page.get_by_role("option", name="female")).to_be_visible()
    page.keyboard.type(f'female And project.label = "{study.label}" ')
    mistakes = page.get_by_role("status", name="Mistakes in the query")
    expect(mistakes).to_contain_text("position 22: Syntax error at 'And' Perhaps: AND")
    expect(page.locator(".cm-lintRange-error")).to_have_text("And")
    editor(page).fill(f'subject.sex = female AND project.label = "{study.label}"')
    expect(mistakes).to_be_empty()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="ada-v1")).to_be_visible()
    expect(page.get_by_role("gridcell", name="bob-v1")).to_have_count(0)
    results = page.get_by_role("navigation", name="Results")
    expect(results.get_by_role("link", name="Subjects")).to_have_text("Subjects1")
    results.get_by_role("link", name="Acquisitions").click()
    expect(page.get_by_role("gridcell", name="T1")).to_be_visible()
    page.reload()
    expect(editor(page)).to_contain_text("subject.sex = female")
    expect(page.get_by_role("gridcell", name="T1")).to_be_visible()
    page.get_by_role("gridcell", name="T1").click()
    expect(page.get_by_role("heading", name="T1", level=1)).to_be_visible()


def test_earlier_queries_are_fetched_with_the_keyboard(page: Page, study: Place) -> None:
    first, second = (f'project.label = "{study.label}" AND subject.label = {who}' for who in ("ada", "bob"))
    page.goto("/search")
    for query, found in ((first, "ada-v1"), (second, "bob-v1")):
        editor(page).fill(query)
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        expect(page.get_by_role("gridcell", name=found)).to_be_visible()
    page.goto("/search")
    editor(page).fill("subject.")
    for key, text in (("Up", second), ("Up", first), ("Up", first), ("Down", second), ("Down", "subject.")):
        page.keyboard.press(f"Alt+Arrow{key}")
        expect(editor(page)).to_have_text(text)
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="bob-v1")).to_be_visible()
    expect(page.get_by_role("gridcell", name="ada-v1")).to_have_count(0)


def test_values_are_picked_beside_the_result_and_copied_into_the_query(page: Page, study: Place) -> None:
    shown(page, study)
    expect(page.get_by_text("2 sessions match")).to_be_visible()
    page.get_by_role("group", name="Sex").get_by_role("checkbox", name="male 1", exact=True).check()
    expect(page.get_by_text("1 session match")).to_be_visible()
    page.reload()
    expect(page.get_by_role("gridcell", name="bob-v1")).to_be_visible()
    page.get_by_role("button", name="Copy to query").click()
    expect(editor(page)).to_contain_text("AND subject.sex = male")
    page.get_by_role("button", name="Choose columns").click()
    page.get_by_role("combobox", name="Add a column").fill("subject.label")
    page.get_by_role("button", name="Remove column project.label").click()
    expect(page.get_by_role("columnheader", name="Project")).to_have_count(0)
    shown(page, study, " AND subject.sex = nobody")
    expect(page.get_by_role("heading", name="No sessions found")).to_be_visible()
    page.goto("/search?q=subject.sex+%3D")
    expect(page.get_by_text("This query cannot be run")).to_be_visible()


def test_a_query_is_saved_shared_opened_by_link_and_deleted(page: Page, study: Place) -> None:
    label = f"Men {uuid4().hex[:6]}"
    shown(page, study, " AND subject.sex = male")
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").fill(label)
    dialog.get_by_label("Everybody in a project").check()
    dialog.get_by_role("combobox", name="Project").fill(study.label)
    page.get_by_role("option", name=study.label).click()
    dialog.get_by_role("button", name="Save query").click()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    saved = page.url.rsplit("saved=", maxsplit=1)[-1].split("&")[0]
    page.goto(f"/search?saved={saved}")
    expect(page.get_by_role("gridcell", name="bob-v1")).to_be_visible()
    page.goto("/search")
    page.get_by_role("button", name="Saved queries").click()
    page.get_by_label("Find a saved query").fill(label)
    page.get_by_role("button", name=label).first.click()
    expect(editor(page)).to_contain_text("subject.sex = male")
    page.get_by_role("button", name="Saved queries").click()
    page.get_by_role("button", name=f"Delete {label}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete query").click()
    page.get_by_role("button", name="Saved queries").click()
    page.get_by_label("Find a saved query").fill(label)
    expect(page.get_by_text("No saved query matches.")).to_be_visible()


def test_all_of_a_result_is_tagged_gathered_and_exported(
    page: Page, server: Server, study: Place, tmp_path: Path
) -> None:
    shown(page, study)
    page.get_by_role("button", name="Select all 2").click()
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("dialog").get_by_role("combobox", name="Tags").fill("reviewed")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Add tags").click()
    expect(page.get_by_text("Tagged 2 objects.")).to_be_visible()
    sessions = server.get(f"/projects/{study.id}/sessions")
    assert [one["tags"] for one in sessions] == [["reviewed"], ["reviewed"]]

    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_role("row").filter(has_text="ada-v1").get_by_role("checkbox").check()
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="CSV").click()
    arriving.value.save_as(tmp_path / "found.csv")
    lines = (tmp_path / "found.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("session._id,session.label,subject.label")
    assert len(lines) == 2
    assert "ada-v1" in lines[1]
    label = f"Found {uuid4().hex[:6]}"
    page.get_by_role("button", name="Add to collection").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Collection").fill("New")
    page.get_by_role("option", name="New collection…").click()
    dialog.get_by_label("Label").fill(label)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text(f"Added to “{label}”.")).to_be_visible()
    [made] = [one for one in server.get("/collections") if one["label"] == label]
    assert [one["label"] for one in server.get(f"/collections/{made['_id']}/sessions")] == ["ada-v1"]


def test_builder_and_text_keep_in_step(page: Page, study: Place) -> None:
    shown(page, study)
    page.get_by_role("button", name="Builder").click()
    builder = page.get_by_role("region", name="Query builder")
    builder.get_by_role("button", name="Condition", exact=True).click()
    builder.get_by_role("combobox", name="Field").last.fill("subject.sex")
    builder.get_by_role("combobox", name="Comparison").last.select_option("is one of")
    builder.get_by_role("combobox", name="Values").fill("male")
    page.keyboard.press("Enter")
    expect(editor(page)).to_contain_text("AND subject.sex IN [male]")
    editor(page).fill("subject.sex = female OR NOT subject.species EXISTS")
    expect(builder.get_by_role("combobox", name="Field").first).to_have_value("subject.sex")
    expect(builder.get_by_role("combobox", name="Comparison").last).to_have_value("not exists")
    expect(builder.get_by_role("radio", name="Any holds")).to_be_checked()
    editor(page).fill("HAS file (file.type = dicom)")
    expect(builder).to_contain_text("says more than rows can show")


def test_text_typed_while_the_builder_writes_is_not_overwritten(page: Page, study: Place) -> None:
    shown(page, study)
    page.get_by_role("button", name="Builder").click()
    builder = page.get_by_role("region", name="Query builder")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.context.route(PRINT, hold)
    builder.get_by_role("button", name="Condition", exact=True).click()
    with page.expect_request(PRINT):
        builder.get_by_role("combobox", name="Field").last.fill("subject.label")
    editor(page).fill("subject.sex = female")
    with page.expect_response(PRINT):
        held[-1].continue_()
    expect(builder.get_by_role("combobox", name="Field")).to_have_count(1)
    expect(builder.get_by_role("combobox", name="Field")).to_have_value("subject.sex")
    expect(editor(page)).to_have_text("subject.sex = female")


def test_the_age_at_the_session_is_picked_between_limits(page: Page, server: Server, study: Place) -> None:
    for label, years in (("young", 20), ("old", 70)):
        subject = {"label": label, "sex": "other"}
        session = {"project": study.id, "subject": subject, "label": label, "age": years * 31557600}
        server.post("/sessions", session)
    shown(page, study)
    page.get_by_label("Age from").fill("30.5")
    page.get_by_label("Age from").press("Enter")
    expect(page.get_by_role("gridcell", name="old").first).to_be_visible()
    expect(page.get_by_role("gridcell", name="young")).to_have_count(0)
    page.get_by_role("button", name="Copy to query").click()
    expect(editor(page)).to_contain_text("session.age_in_years >= 30.5")


def test_the_whole_page_is_used_without_a_mouse(page: Page, study: Place) -> None:
    page.goto("/search")
    expect(editor(page)).to_be_visible()

    def walk_to(there: Locator, key: str = "Tab") -> None:
        # Twice around, as results may be on their way when it is passed.
        for _ in range(160):
            if there.evaluate(
                "node => node === document.activeElement || node.contains(document.activeElement)"
            ):
                return
            page.keyboard.press(key)
        pytest.fail(f"{there} is not reached by {key}")

    walk_to(editor(page))
    page.keyboard.type(f'project.label = "{study.label}" ')
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="ada-v1")).to_be_visible()
    # Tab completes what is typed; Escape lets it leave the text.
    page.keyboard.press("Escape")
    walk_to(page.get_by_role("navigation", name="Results").get_by_role("link", name="Subjects"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="ada", exact=True)).to_be_visible()
    walk_to(page.get_by_role("checkbox", name="female"))
    page.keyboard.press("Space")
    expect(page.get_by_role("gridcell", name="bob", exact=True)).to_have_count(0)
    walk_to(page.get_by_role("grid"))
    for _ in range(10):
        if page.evaluate("document.activeElement.closest('[role=row]')?.textContent.includes('ada')"):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="ada", level=1)).to_be_visible()


def test_the_box_on_every_page_finds_by_name_with_the_keyboard(
    page: Page, server: Server, study: Place
) -> None:
    session = server.post(
        "/sessions", {"project": study.id, "subject": {"label": "eve"}, "label": f"visit {study.label}"}
    )
    page.goto("/projects")
    expect(page.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(study.label)
    expect(page.get_by_role("option", name=study.label).first).to_be_visible()
    expect(page.get_by_role("option", name=f"visit {study.label}")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/sessions/{session['_id']}$"))
    page.keyboard.press("/")
    page.keyboard.type("eve ada")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?words=eve(\+|%20)ada"))
