"""Files and folders are sent from the pages: by button, by dropping, through a broken connection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from e2e_kit import Place, Server, axe_violations
from playwright.sync_api import BrowserContext, Page, Route, expect

SIZE = 300_000


@pytest.fixture
def session(server: Server, place: Place) -> str:
    """A session without files."""
    made = server.post("/sessions", {"project": place.id, "label": "Visit 1", "subject": {"label": "sub-01"}})
    return str(made["_id"])


def content(server: Server, session: str, name: str) -> bytes:
    return server.http.get(f"/sessions/{session}/files/{name}").raise_for_status().content


@pytest.mark.journey("upload")
def test_a_folder_is_sent_with_names_that_tell_its_files_apart(
    page: Page, server: Server, session: str, tmp_path: Path
) -> None:
    folder = tmp_path / "scan"
    for name in ("run1/bold.txt", "run2/bold.txt", "notes.txt", ".DS_Store"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    page.goto(f"/sessions/{session}")
    page.get_by_label("Folder to upload").set_input_files(folder)
    tray = page.get_by_role("region", name="Uploads")
    expect(tray.get_by_text("3 uploaded").first).to_be_visible()
    files = page.get_by_role("region", name="Session files")
    for name in ("scan_run1_bold.txt", "scan_run2_bold.txt", "notes.txt"):
        expect(files.get_by_role("link", name=name, exact=True)).to_be_visible()
    assert content(server, session, "scan_run2_bold.txt") == b"run2/bold.txt"
    assert axe_violations(page) == []
    tray.get_by_role("button", name="Clear").click()
    expect(tray).to_be_hidden()


def test_a_dropped_file_survives_a_broken_connection(
    context: BrowserContext, page: Page, server: Server, session: str
) -> None:
    page = context.new_page()  # logged in like the other, and allowed to complain of the connection
    broken = []

    def break_once(route: Route) -> None:
        if route.request.method == "PATCH" and not broken:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/x/uploads/*", break_once)
    page.goto(f"/sessions/{session}")
    zone = page.get_by_role("region", name="Session files")
    given: Any = page.evaluate_handle(
        "size => { const d = new DataTransfer();"
        " d.items.add(new File([new Uint8Array(size).fill(7)], 'big.bin')); return d; }",
        SIZE,
    )
    zone.dispatch_event("dragover", {"dataTransfer": given})
    expect(page.get_by_text("Drop to upload to Visit 1")).to_be_visible()
    zone.dispatch_event("drop", {"dataTransfer": given})
    expect(zone.get_by_role("link", name="big.bin", exact=True)).to_be_visible()
    assert broken
    assert content(server, session, "big.bin") == bytes([7]) * SIZE
