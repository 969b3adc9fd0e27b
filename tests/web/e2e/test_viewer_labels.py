"""Labels painted on a series: shown, measured, undone, kept for oneself, there after a reload, exported as a volume."""

from __future__ import annotations

import gzip

import nibabel
import numpy as np
import pytest
from e2e_kit import MakeSeries, Place, Server, axe_violations
from playwright.sync_api import Page, expect

SLICES = 4


@pytest.fixture
def file_id(server: Server, place: Place, make_series: MakeSeries) -> str:
    server.send(make_series(slices=SLICES))
    return str(server.wait_for_file(place.id, members=SLICES)["file_id"])


def opened(page: Page, file_id: str) -> None:
    """The viewer with the labels of the series."""
    page.goto(f"/viewer?file={file_id}")
    expect(page.locator("[data-testid=viewport][data-ready=true]")).to_be_visible(timeout=60_000)
    page.keyboard.press("g")
    expect(page.get_by_role("button", name="Add a label")).to_be_enabled()


def stroke(page: Page, *, down: int) -> None:
    """Drag a little way, this many pixels below the middle of the image."""
    box = page.get_by_test_id("viewport").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + down
    page.mouse.move(x - 60, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=6)
    page.mouse.up()


def volume(page: Page, at: int) -> float:
    return float(page.get_by_test_id("volume").nth(at).inner_text().split()[0])


def test_labels_are_painted_undone_kept_and_exported_with_their_volume(
    page: Page, server: Server, file_id: str
) -> None:
    opened(page, file_id)
    page.keyboard.press("j")
    stroke(page, down=0)
    first = page.get_by_test_id("volume").first
    expect(first).not_to_have_text("0.00 ml")
    painted = volume(page, 0)
    page.get_by_role("button", name="Add a label").click()
    page.get_by_role("textbox", name="Name of the label").nth(1).fill("Cyst")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    stroke(page, down=40)
    expect(page.get_by_test_id("volume").nth(1)).not_to_have_text("0.00 ml")
    page.keyboard.press("u")
    expect(page.get_by_test_id("volume").nth(1)).to_have_text("0.00 ml")
    page.keyboard.press("Shift+U")
    expect(page.get_by_test_id("volume").nth(1)).not_to_have_text("0.00 ml")
    page.keyboard.press("Shift+J")
    stroke(page, down=70)
    assert axe_violations(page) == []
    expect(page.get_by_role("status").filter(has_text="Draft kept; only you see it")).to_be_visible()
    cyst = volume(page, 1)
    page.get_by_role("button", name="Save version").click()
    expect(page.get_by_role("status").filter(has_text="All is saved")).to_be_visible()
    page.get_by_role("button", name="Export labels").click()
    with page.expect_download() as started:
        page.get_by_role("menuitem", name="NIfTI").click()
    found = nibabel.Nifti1Image.from_bytes(gzip.decompress(started.value.path().read_bytes()))
    voxels = np.asarray(found.dataobj)
    assert voxels.shape == (64, 64, SLICES)
    assert found.header.get_zooms() == pytest.approx((1, 1, 2))
    assert (voxels == 1).sum() * 2 / 1000 == pytest.approx(painted, abs=0.01)
    assert (voxels == 2).sum() * 2 / 1000 == pytest.approx(cyst, abs=0.01)
    [kept] = server.get("/v3/annotations", file_id=file_id)
    assert [roi["label"] for roi in kept["data"]["rois"]] == ["Label 1", "Cyst"]
    assert kept["file"]["name"] == "labels.nii.gz"
    opened(page, file_id)
    expect(page.get_by_test_id("label")).to_have_count(2)
    assert volume(page, 0) == painted
