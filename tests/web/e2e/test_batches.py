"""One gear on many containers: chosen in a table, proposed, doubts settled, started, watched, retried, cancelled."""

from __future__ import annotations

from typing import Any

import pytest
from e2e_kit import Engine, Place, Server, axe_violations
from playwright.sync_api import Page, expect


@pytest.fixture
def sessions(server: Server, place: Place) -> None:
    """Three sessions, each with an acquisition: of one file, of two files, of none."""
    for label, files in (("one", ["a.txt"]), ("two", ["b.txt", "c.txt"]), ("none", [])):
        body = {"project": place.id, "subject": {"label": "s1"}, "label": label}
        session = server.post("/sessions", body)["_id"]
        acquisition = server.post("/acquisitions", {"session": session, "label": f"of {label}"})["_id"]
        for name in files:
            sent = server.http.post(f"/acquisitions/{acquisition}/files", files={"file": (name, b"x")})
            sent.raise_for_status()


@pytest.mark.usefixtures("sessions")
def test_a_batch_is_proposed_settled_started_and_steered(
    page: Page, place: Place, gear: dict[str, Any], engine: Engine
) -> None:
    page.goto(f"/projects/{place.id}")
    page.get_by_role("button", name="Select all 3").click()
    page.get_by_role("button", name="Run gear").click()
    expect(page.get_by_role("main")).to_contain_text("for 3 sessions")
    page.get_by_role("combobox", name="Gear").click()
    page.get_by_role("option", name=gear["label"]).click()
    page.get_by_role("textbox", name="speed").fill("5")
    page.get_by_role("button", name="See what fits").click()
    found = page.get_by_role("region", name="What would run")
    expect(found).to_contain_text("1 job can be started. In doubt: 1. Does not fit: 1.")
    expect(page.get_by_role("table", name="Does not fit")).to_contain_text("of none")
    page.get_by_role("combobox", name="words of of two").click()
    page.get_by_role("option", name="c.txt").click()
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Take these").click()
    expect(page.get_by_role("table", name="Fits", exact=True)).to_contain_text("c.txt")
    page.get_by_role("button", name="Run 2 jobs").click()

    progress = page.get_by_role("region", name="Progress")
    expect(progress).to_contain_text("2 waiting")
    engine.claim(gear["name"])
    expect(progress).to_contain_text("1 running")
    engine.end("out.txt", b"1", success=False)
    expect(progress).to_contain_text("1 failed")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Retry 1 failed").click()
    expect(progress).to_contain_text("2 waiting")
    page.get_by_role("button", name="Cancel batch").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel batch").click()
    expect(progress).to_contain_text("2 cancelled")
    page.goto("/batch")
    expect(page.get_by_role("row").filter(has_text=gear["label"]).first).to_contain_text("cancelled")


@pytest.mark.usefixtures("sessions")
def test_a_batch_is_proposed_for_a_whole_project(page: Page, place: Place, gear: dict[str, Any]) -> None:
    page.goto(f"/projects/{place.id}")
    page.get_by_role("link", name="Run gear").click()
    expect(page.get_by_role("main")).to_contain_text(f"in the whole project {place.label}")
    page.get_by_role("combobox", name="Gear").click()
    page.get_by_role("option", name=gear["label"]).click()
    page.get_by_role("button", name="See what fits").click()
    expect(page.get_by_role("button", name="Run 1 job")).to_be_enabled()
