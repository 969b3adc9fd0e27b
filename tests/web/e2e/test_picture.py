"""Real studies as the pages show them; these are also the pictures of the documentation.

A picture is written when it is missing or when UPDATE_IMAGES=1.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest
from e2e_kit import Server
from playwright.sync_api import Page, expect

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("picture")]
IMAGES = Path(__file__).resolve().parents[3] / "docs" / "images"
ARROWS = 5


def send_study(server: Server, source: Path, folder: Path, *, patient_id: str, series: str = "") -> None:
    """Send copies of all images below `source` with what the operator typed; a nameless series gets a name."""
    folder.mkdir()
    for number, path in enumerate(sorted(source.rglob("*.dcm"))):
        ds = pydicom.dcmread(path)
        ds.PatientID, ds.SeriesDescription = patient_id, ds.get("SeriesDescription") or series
        ds.save_as(folder / f"{number:04}.dcm")
    server.send(folder)


def wait_for_files(server: Server, project: str, *, files: int) -> list[dict[str, Any]]:
    """The project's files, once there are this many."""

    def found() -> list[dict[str, Any]]:
        return list(server.get("/files", filter=f"parents.project={project}", limit=50)["results"])

    wait_until(lambda: len(found()) >= files, "the files")
    return found()


def keep_picture(page: Page, name: str) -> None:
    """Save what is on screen for the documentation."""
    target = IMAGES / name
    if os.environ.get("UPDATE_IMAGES") == "1" or not target.exists():
        page.mouse.move(0, 899)
        page.wait_for_timeout(500)  # transitions
        target.parent.mkdir(exist_ok=True)
        page.screenshot(path=target)


@pytest.fixture(scope="module")
def neuro(server: Server) -> str:
    """A group with a name fit for a picture."""
    server.post("/groups", {"_id": "neuro", "label": "Neuroimaging"})
    return "neuro"


def new_project(server: Server, group: str, label: str) -> str:
    return str(server.post("/projects", {"group": group, "label": label})["_id"])


def test_a_session_page_lists_the_series_of_a_study(
    page: Page, server: Server, neuro: str, dicom_data: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    program("storescu")
    project = new_project(server, neuro, "epi-distortion")
    source = dicom_data / "ge_siemens_mr_nih" / "20180918Si"
    send_study(server, source, tmp_path / "mr", patient_id="fw://neuro/epi-distortion/sub-001/ses-1")
    session = wait_for_files(server, project, files=4)[0]["parents"]["session"]
    server.post(f"/sessions/{session}/tags", {"value": "phantom"})
    server.post(
        f"/sessions/{session}/info", {"set": {"protocol": "distortion check", "qa": {"passed": True}}}
    )
    server.post(f"/sessions/{session}/notes", {"text": "One phantom, four phase-encoding directions."})
    page.emulate_media(color_scheme="light")
    page.goto(f"/sessions/{session}")
    expect(page.get_by_role("heading", name="ses-1", level=1)).to_be_visible()
    for direction in ("AP", "PA", "RL", "LR"):
        expect(page.get_by_role("link", name=f"EPI PE={direction}", exact=True)).to_be_visible()
    keep_picture(page, "session.png")


def test_the_viewer_shows_a_head(
    page: Page, server: Server, neuro: str, dicom_data: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    program("storescu")
    project = new_project(server, neuro, "head-ct")
    source = dicom_data / "ct" / "GE"
    send_study(
        server, source, tmp_path / "ct", patient_id="fw://neuro/head-ct/sub-001/ses-1", series="Axial head"
    )
    [file] = wait_for_files(server, project, files=1)
    page.emulate_media(color_scheme="light")
    page.goto(f"/viewer?file={file['file_id']}")
    expect(page.locator('[data-testid=viewport][data-ready=true][data-loaded="28"]')).to_be_visible(
        timeout=60_000
    )
    for _ in range(ARROWS):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("place")).to_have_text(f"Image {14 + ARROWS} / 28")
    keep_picture(page, "viewer.png")
