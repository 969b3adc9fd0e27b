"""From the scanner to the screen and back: arrival, pages, viewer, download."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from e2e_kit import MakeSeries, Place, Server, axe_violations
from playwright.sync_api import Page, expect

from treadle.testing.waiting import wait_until

pytestmark = pytest.mark.peer
SLICES = 6


def other_picture(page: Page, *seen: bytes) -> bytes:
    """What the middle of the image looks like once it is drawn anew: like none of these."""
    return wait_until(lambda: b"" if (shown := picture(page)) in seen else shown, "another image")


def open_viewer(page: Page, file_id: str) -> None:
    page.goto(f"/viewer?file={file_id}")
    expect(page.locator(f'[data-testid=viewport][data-ready=true][data-loaded="{SLICES}"]')).to_be_visible()


def picture(page: Page) -> bytes:
    """What the middle of the image looks like now."""
    box = page.get_by_test_id("viewport").bounding_box()
    assert box
    clip = {
        "x": box["x"] + box["width"] / 4,
        "y": box["y"] + 80,
        "width": box["width"] / 2,
        "height": box["height"] - 160,
    }
    return page.screenshot(clip=clip)


def test_a_new_series_appears_without_a_reload(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    page.goto(f"/projects/{place.id}")
    expect(page.get_by_text("No sessions yet")).to_be_visible()
    page.evaluate("window.stillTheSame = true")
    server.send(make_series(slices=3, session="Visit 7"))
    expect(page.get_by_role("gridcell", name="Visit 7")).to_be_visible()
    assert page.evaluate("window.stillTheSame") is True


def test_the_pages_of_a_study_show_its_labels_files_and_header(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    server.send(make_series(slices=3))
    found = server.wait_for_file(place.id, members=3)
    page.goto(f"/sessions/{found['parents']['session']}")
    expect(page.get_by_role("heading", name="Visit 1", level=1)).to_be_visible()
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_contain_text("sub-01")
    page.get_by_role("link", name="Gradient", exact=True).click()
    expect(page.get_by_role("heading", name="Gradient", level=1)).to_be_visible()
    page.get_by_label("Search the header").fill("0010 fw")
    header = page.get_by_role("grid", name="DICOM header")
    expect(header.get_by_role("gridcell", name="PatientID")).to_be_visible()
    expect(header.get_by_role("gridcell", name=f"fw://{place.group}/")).to_be_visible()
    page.get_by_role("link", name=found["name"], exact=True).click()
    expect(page.get_by_role("heading", name=found["name"], level=1)).to_be_visible()
    kinds = ("project", "subject", "session", "acquisition")
    of = {kind: found["parents"][kind] for kind in kinds}
    for address in (
        f"/projects/{of['project']}",
        f"/projects/{of['project']}/subjects/{of['subject']}",
        f"/sessions/{of['session']}",
        f"/acquisitions/{of['acquisition']}",
        f"/files/{found['file_id']}",
    ):
        page.goto(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_load_state("networkidle")
            assert axe_violations(page) == [], address


def test_metadata_tags_and_notes_are_kept(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    server.send(make_series(slices=2))
    session = server.wait_for_file(place.id, members=2)["parents"]["session"]
    page.goto(f"/sessions/{session}")
    page.get_by_role("button", name="Add field").click()
    page.get_by_label("Field name").fill("motion")
    page.get_by_label("Value").fill("0.25")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Metadata")).to_contain_text("0.25")
    page.get_by_label("New tag").fill("a/b")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove tag a/b")).to_be_visible()
    page.get_by_label("New note").fill("moved twice")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_role("listitem").filter(has_text="moved twice")).to_be_visible()
    kept = server.get(f"/sessions/{session}")
    assert (kept["info"], kept["tags"]) == ({"motion": 0.25}, ["a/b"])
    page.get_by_role("button", name="Remove tag a/b").click()
    expect(page.get_by_role("button", name="Remove tag a/b")).to_have_count(0)
    assert server.get(f"/sessions/{session}")["tags"] == []


def test_scrolling_the_viewer_changes_the_pixels(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    server.send(make_series(slices=SLICES))
    open_viewer(page, server.wait_for_file(place.id, members=SLICES)["file_id"])
    expect(page.get_by_test_id("place")).to_have_text(f"Image 3 / {SLICES}")
    seen = [picture(page)]
    for key in ("ArrowDown", "ArrowDown", "Home"):
        page.keyboard.press(key)
        seen.append(other_picture(page, *seen))
    expect(page.get_by_test_id("place")).to_have_text(f"Image 1 / {SLICES}")
    page.get_by_test_id("viewport").hover()
    page.mouse.wheel(0, 120)
    expect(page.get_by_test_id("place")).to_have_text(f"Image 2 / {SLICES}")
    seen.append(other_picture(page, *seen))
    page.get_by_label("Image in the stack").fill(str(SLICES - 1))
    expect(page.get_by_test_id("place")).to_have_text(f"Image {SLICES} / {SLICES}")
    seen.append(other_picture(page, *seen))
    assert len(seen) == SLICES


def test_the_viewers_tools_change_window_zoom_and_play(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    server.send(make_series(slices=SLICES))
    open_viewer(page, server.wait_for_file(place.id, members=SLICES)["file_id"])
    before, window = picture(page), page.get_by_test_id("window").inner_text()
    box = page.get_by_test_id("viewport").bounding_box()
    assert box
    page.mouse.move(box["x"] + 400, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 520, box["y"] + 360, steps=6)
    page.mouse.up()
    expect(page.get_by_test_id("window")).not_to_have_text(window)
    windowed = other_picture(page, before)
    page.keyboard.press("r")
    expect(page.get_by_test_id("window")).to_have_text(window)
    page.keyboard.press("i")
    other_picture(page, before, windowed)
    page.keyboard.press("i")
    page.get_by_role("button", name="Zoom in").click()
    expect(page.get_by_text("Zoom 125 %")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_text("Zoom 100 %")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_test_id("place")).not_to_have_text(f"Image 3 / {SLICES}")
    page.get_by_role("button", name="Pause").click()


def test_the_viewer_of_a_session_steps_through_its_series(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    server.send(make_series(slices=2, description="First"))
    # Series of one number and time stand in the order in which they came.
    server.wait_for_file(place.id, members=2)
    server.send(make_series(slices=3, description="Second"))
    session = server.wait_for_file(place.id, members=3)["parents"]["session"]
    page.goto(f"/viewer?session={session}")
    strip = page.get_by_role("navigation", name="Series")
    expect(strip.get_by_role("button")).to_have_count(2)
    strip.get_by_role("button", name="Second").click()
    expect(page.get_by_test_id("place")).to_have_text("Image 2 / 3")
    page.keyboard.press("[")
    expect(page.get_by_test_id("place")).to_have_text("Image 1 / 2")


@pytest.mark.journey("download")
def test_a_downloaded_selection_holds_the_bytes_that_were_sent(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    folder = make_series(slices=SLICES)
    server.send(folder)
    server.wait_for_file(place.id, members=SLICES)
    page.goto(f"/projects/{place.id}")
    page.get_by_role("checkbox", name="Select row 1").check()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download", exact=True).click()
    archive = zipfile.ZipFile(started.value.path())
    [name] = [name for name in archive.namelist() if name.endswith(".dicom.zip")]
    assert re.search(rf"{place.group}/{place.label}/sub-01/Visit 1/Gradient/", name)
    series = zipfile.ZipFile(io.BytesIO(archive.read(name)))
    received = sorted(series.read(member) for member in series.namelist())
    assert [without_meta(one) for one in received] == sorted(
        without_meta(path.read_bytes()) for path in folder.iterdir()
    )


def without_meta(part10: bytes) -> bytes:
    """The data set alone: the file meta information names the program that wrote the file."""
    length = int.from_bytes(part10[140:144], "little")
    return part10[144 + length :]
