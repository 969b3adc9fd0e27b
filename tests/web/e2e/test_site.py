"""What administrators see and set for the whole site: modalities, health, settings, usage."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import uuid4

from e2e_kit import Place, Server
from playwright.sync_api import Page, expect


def test_a_modality_of_the_sites_own_is_made_changed_and_deleted(page: Page, server: Server) -> None:
    name = f"XY{uuid4().hex[:6]}"
    page.goto("/admin/modalities")
    page.get_by_role("link", name="New modality").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Add classification").click()
    page.get_by_label("Name of row 1").fill("Stain")
    words = page.get_by_role("combobox", name="Words of Stain")
    for word in ("HE", "Nissl"):
        words.fill(word)
        words.press("Enter")
    page.get_by_role("button", name="Create modality").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    assert server.get(f"/modalities/{name}")["classification"] == {"Stain": ["HE", "Nissl"]}

    page.get_by_label("Offered when files are classified").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Modalities").click()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("not offered")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete modality").click()
    expect(page.get_by_role("heading", name="Modalities", level=1)).to_be_visible()
    expect(row).to_have_count(0)


def test_the_sites_health_is_shown_and_its_settings_are_changed(page: Page, server: Server) -> None:
    page.goto("/admin/site")
    expect(page.get_by_role("region", name="Health")).to_contain_text("ok")
    page.get_by_role("button", name="Edit").click()
    field = page.get_by_role("dialog").get_by_role("textbox", name="Settings")
    field.fill("{")
    expect(page.get_by_role("button", name="Save settings")).to_be_disabled()
    field.fill('{"mfa": "tea at four"}')
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("region", name="Settings that clients read")).to_contain_text("tea at four")
    assert server.get("/site/settings")["mfa"] == "tea at four"


def test_usage_is_told_by_project_and_group_and_taken_away(
    page: Page, server: Server, place: Place, tmp_path: Path
) -> None:
    server.post("/sessions", {"project": place.id, "subject": {"label": "s1"}, "label": "v1"})
    page.goto("/admin/usage")
    expect(page.get_by_role("row").filter(has_text=place.label)).to_contain_text("+1")
    expect(page.get_by_role("list", name="Storage by month").get_by_role("listitem")).to_have_count(12)
    page.get_by_text("By group", exact=True).click()
    expect(page.get_by_role("table", name="Groups")).to_contain_text(f"Group {place.group}")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download CSV").click()
    started.value.save_as(tmp_path / "usage.csv")
    with (tmp_path / "usage.csv").open(newline="") as file:
        assert place.group in {row["group_id"] for row in csv.DictReader(file)}
