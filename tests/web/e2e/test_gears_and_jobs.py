"""Gears in the browser: found, run on a file, followed, stopped, repeated, started by rules; and notebooks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from e2e_kit import Engine, Place, Server, axe_violations, start
from playwright.sync_api import Page, expect


def test_a_gear_is_run_on_a_file_and_followed_to_its_output(
    page: Page, gear: dict[str, Any], words: str, engine: Engine
) -> None:
    page.goto(f"/files/{words}")
    page.get_by_role("link", name="Run gear").click()
    page.get_by_role("combobox", name="Gear").click()
    page.get_by_role("option", name=gear["label"]).click()
    expect(page.get_by_role("combobox", name="words", exact=True)).to_have_value("words.txt")
    speed = page.get_by_role("textbox", name="speed")
    speed.fill("10")
    expect(page.get_by_text("At most 9.")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    speed.fill("3")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Run", exact=True).click()

    expect(page.get_by_role("main")).to_contain_text("waiting")
    engine.claim(gear["name"])
    engine.say("counted two\n")
    expect(page.get_by_role("region", name="Lines of the log")).to_contain_text("counted two")
    expect(page.get_by_role("main")).to_contain_text("running")
    engine.end("count.csv", b"2\n")
    expect(page.get_by_role("region", name="Log", exact=True)).to_contain_text("Ended")
    expect(page.get_by_role("region", name="Outputs").get_by_role("link", name="count.csv")).to_be_visible()
    expect(page.get_by_role("row", name="speed 3")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []


def test_a_waiting_job_is_cancelled_from_its_page_and_run_again(
    page: Page, server: Server, gear: dict[str, Any], words: str
) -> None:
    first = start(server, gear, words)
    page.goto(f"/jobs?gear={gear['name']}")
    page.get_by_role("row").filter(has_text=gear["name"]).dblclick()
    expect(page).to_have_url(f"{page.url.split('/jobs')[0]}/jobs/{first}")
    page.get_by_role("button", name="Cancel job").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel job").click()
    expect(page.get_by_role("main")).to_contain_text("cancelled")
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_role("main")).to_contain_text("Job, attempt 2")
    expect(page.get_by_role("link", name=first)).to_be_visible()


def test_a_gear_is_found_by_words_and_put_away(page: Page, gear: dict[str, Any]) -> None:
    page.goto("/gears")
    page.get_by_role("searchbox", name="Search gears").fill(f"curation {gear['name']}")
    expect(page).to_have_url(re.compile("q=curation"))  # what is clicked moves no more
    page.get_by_role("table", name="Curation").get_by_role("link", name=gear["label"]).click()
    expect(page.get_by_role("table", name="Inputs")).to_contain_text("any file")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()


@pytest.mark.journey("rule")
def test_a_rule_is_written_tried_on_what_is_there_and_switched_off(
    page: Page, server: Server, place: Place, gear: dict[str, Any], words: str
) -> None:
    page.goto(f"/projects/{place.id}")
    page.get_by_role("link", name="Rules").click()
    page.get_by_role("button", name="New rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Count words")
    dialog.get_by_role("combobox", name="Condition 1: of what").click()
    page.get_by_role("option", name="file name").click()
    dialog.get_by_role("textbox", name="Condition 1: value").fill("*.txt")
    dialog.get_by_role("combobox", name="Gear").click()
    page.get_by_role("option", name=gear["label"]).click()
    dialog.get_by_role("textbox", name="speed").fill("5")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    dialog.get_by_role("button", name="Save rule").click()
    panel = page.get_by_role("region", name="Count words")
    expect(panel).to_contain_text("all of: file name is *.txt")
    (saved,) = server.get(f"/projects/{place.id}/rules")
    assert saved["config"] == {"speed": 5}

    panel.get_by_role("button", name="Try on files that are here").click()
    expect(dialog).to_contain_text("1 file matches now. Nothing was started.")
    expect(dialog.get_by_role("row", name="words.txt")).to_contain_text("can be started")
    assert len(server.get("/jobs", filter=f"gear_info.name={gear['name']}")) == 0
    dialog.get_by_role("button", name="Start 1 job").click()
    expect(dialog).to_contain_text("1 job started.")
    assert len(server.get("/jobs", filter=f"gear_info.name={gear['name']}")) == 1
    dialog.get_by_role("button", name="Close").last.click()

    panel.get_by_role("switch").click()
    expect(panel.get_by_role("switch")).not_to_be_checked()
    assert server.get(f"/projects/{place.id}/rules")[0]["disabled"] is True


def test_a_run_is_changed_reproduced_and_compared(
    page: Page, server: Server, gear: dict[str, Any], words: str, engine: Engine
) -> None:
    job = start(server, gear, words)
    engine.claim(gear["name"])
    engine.end("count.csv", b"2\n")
    page.goto(f"/jobs/{job}")
    provenance = page.get_by_role("region", name="Provenance")
    with page.expect_download() as saved:
        provenance.get_by_role("link", name="RO-Crate").click()
    assert json.loads(saved.value.path().read_text("utf-8"))["@graph"]
    page.get_by_role("link", name="Run with changes").click()
    expect(page.get_by_role("combobox", name="Gear")).to_have_value(gear["label"])
    expect(page.get_by_role("combobox", name="words", exact=True)).to_have_value("words.txt")
    page.go_back()
    provenance.get_by_role("button", name="Reproduce").click()
    expect(page).not_to_have_url(re.compile(job))
    engine.claim(gear["name"])
    engine.end("count.csv", b"3\n")
    provenance.get_by_role("link", name="Compare with the run before").click()
    expect(page.get_by_role("alert")).to_contain_text("The same was asked, and the result differs.")
    expect(page.get_by_role("table", name="Outputs")).to_contain_text("count.csv")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []


def test_a_project_is_opened_in_a_notebook(page: Page, place: Place) -> None:
    page.goto(f"/projects/{place.id}")
    page.get_by_role("button", name="Open in notebook").click()
    dialog = page.get_by_role("dialog", name="Open in notebook")
    dialog.get_by_role("checkbox", name="The key only reads").check()
    with page.expect_download() as saved:
        dialog.get_by_role("button", name="Make notebook").click()
    assert place.id in saved.value.path().read_text("utf-8")
    expect(dialog).to_contain_text(f"{saved.value.suggested_filename} was downloaded")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
