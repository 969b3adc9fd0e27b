"""De-identification profiles in the browser: written with checks, tried on files, saved, compared, shown at files."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pydicom
import pytest
from e2e_kit import Place, Server, write_series
from playwright.sync_api import Page, expect
from pydicom.uid import generate_uid

RESEARCH = "name: Research\ntreadle:\n  preset: research\nzip: {}\n"


@pytest.fixture
def series(server: Server, place: Place, tmp_path: Path) -> str:
    """A session "Visit 1" with one zipped series that names its patient; answers its session."""
    write_series(tmp_path / "s", patient_id="Tudor-1", study=generate_uid(), slices=2, description="Head")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((tmp_path / "s").iterdir()):
            item = pydicom.dcmread(path)
            item.PatientName = "Tudor^Ann"
            out = io.BytesIO()
            item.save_as(out)
            archive.writestr(path.name, out.getvalue())
    body = {"project": place.id, "subject": {"label": "s1"}, "label": "Visit 1"}
    session: str = server.post("/sessions", body)["_id"]
    acquisition = server.post("/acquisitions", {"session": session, "label": "head"})["_id"]
    for name, content in (("head.dicom.zip", packed.getvalue()), ("notes.txt", b"hello")):
        sent = server.http.post(f"/acquisitions/{acquisition}/files", files={"file": (name, content)})
        sent.raise_for_status()
    return session


def editor(page: Page) -> Any:
    return page.get_by_role("textbox", name="Profile", exact=True)


def write(page: Page, text: str) -> None:
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def picture(page: Page, name: str) -> None:
    """Kept for people who look, when they ask for it."""
    if folder := os.environ.get("E2E_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.journey("deidentify")
def test_a_profile_is_written_with_checks_tried_on_files_and_saved(
    page: Page, server: Server, place: Place, series: str
) -> None:
    page.goto(f"/projects/{place.id}/deid")
    expect(page.get_by_text("PHI risk")).to_be_visible()
    picture(page, "empty")
    page.get_by_role("button", name="Research (").click()
    save = page.get_by_role("button", name="Save profile")
    expect(save).to_be_enabled()
    write(page, RESEARCH + "dicom:\n  fields:\n    - {name: PatientNam, remove: true}\n")
    issues = page.get_by_role("status", name="Issues")
    expect(issues).to_contain_text("line 7")
    expect(issues).to_contain_text('Did you mean "PatientName"?')
    expect(save).to_be_disabled()
    picture(page, "issues")
    write(page, RESEARCH)
    expect(issues).to_have_count(0)

    page.get_by_role("combobox", name="Session").click()
    page.get_by_role("option", name="s1 / Visit 1").click()
    page.get_by_role("combobox", name="File").click()
    page.get_by_role("option", name="head.dicom.zip").click()
    table = page.get_by_role("table", name="Before and after")
    row = table.get_by_role("row").filter(has_text="PatientName")
    expect(row).to_contain_text("Tudor^Ann")
    expect(row).to_contain_text("changed")
    expect(table.get_by_role("row").filter(has_text="Modality")).to_have_count(0)
    page.get_by_role("switch", name="Show what stays, too").click()
    expect(table.get_by_role("row").filter(has_text="Modality")).to_contain_text("kept")
    picture(page, "preview")
    page.get_by_role("button", name="Test the whole session").click()
    outcome = page.get_by_role("table", name="Files of the session")
    expect(outcome.get_by_role("row").filter(has_text="notes.txt")).to_contain_text("DEID_UNSUPPORTED_TYPE")
    expect(page.get_by_text("1 of 2 files would be taken, 1 refused.")).to_be_visible()
    picture(page, "session")

    save.click()
    expect(page.get_by_role("region", name="What applies")).to_contain_text("Research")
    assert server.get(f"/projects/{place.id}/deid")["own"]["version"] == 1
    page.set_viewport_size({"width": 390, "height": 844})
    expect(editor(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, "phone")


def test_versions_are_compared_and_taken_back(page: Page, server: Server, place: Place) -> None:
    for text in (RESEARCH, "name: Second\ntreadle:\n  preset: ps315-basic\n"):
        server.http.put(f"/projects/{place.id}/deid", json={"text": text}).raise_for_status()
    page.goto(f"/projects/{place.id}/deid")
    page.get_by_role("button", name="Compare version 1").click()
    differences = page.get_by_role("dialog")
    expect(differences).to_contain_text("preset: research")
    expect(differences).to_contain_text("preset: ps315-basic")
    picture(page, "diff")
    page.get_by_role("button", name="Put version 1 into the editor").click()
    expect(editor(page)).to_contain_text("name: Research")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_role("region", name="What applies")).to_contain_text("Research")
    assert server.get(f"/projects/{place.id}/deid")["own"]["version"] == 3


def test_a_group_profile_is_locked_and_applies_to_its_projects(
    page: Page, server: Server, place: Place
) -> None:
    page.goto(f"/groups/{place.group}")
    page.get_by_role("main").get_by_role("link", name="De-identification").click()
    page.get_by_role("button", name="Basic (").click()
    page.get_by_label("Locked").check()
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_role("region", name="What applies")).to_contain_text("only stricter")
    page.goto(f"/projects/{place.id}/deid")
    applies = page.get_by_role("region", name="What applies")
    expect(applies).to_contain_text(f"group {place.group}")
    page.get_by_role("button", name="Start from what applies").click()
    expect(editor(page)).to_contain_text("ps315-basic")


def test_keys_are_completed_by_the_schema(page: Page, place: Place) -> None:
    page.goto(f"/projects/{place.id}/deid")
    page.get_by_role("button", name="Research (").click()
    write(page, "treadle:\n  ")
    page.keyboard.type("pre")
    page.get_by_role("option", name="preset").click()
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("option", name="ps315-basic")).to_be_visible()


def test_a_file_says_by_what_it_was_de_identified(
    page: Page, server: Server, place: Place, series: str
) -> None:
    server.http.put(f"/projects/{place.id}/deid", json={"text": RESEARCH + "filename: {}\n"})
    sent = server.http.post(f"/sessions/{series}/files", files={"file": ("a.txt", b"x")})
    sent.raise_for_status()
    page.goto(f"/files/{sent.json()[0]['file_id']}")
    expect(page.get_by_text("by the profile of project, version 1 (server)")).to_be_visible()
