"""Measurements: drawn by pointer, right in millimetres, listed, undone, labelled, exported, there after a reload."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from e2e_kit import MakeSeries, Place, Server, axe_violations
from playwright.sync_api import Page, expect
from viewer_kit import drag, value

SLICES = 3
ACROSS_MM = 40
# Longer than it takes until a change is kept.
LOOK_MS = 2500
READ_WRITE = f"{2:024x}"


@pytest.fixture
def file_id(server: Server, place: Place, make_series: MakeSeries) -> str:
    server.send(make_series(slices=SLICES))
    return str(server.wait_for_file(place.id, members=SLICES)["file_id"])


def opened(page: Page, file_id: str) -> None:
    page.goto(f"/viewer?file={file_id}")
    expect(page.locator(f'[data-testid=viewport][data-ready=true][data-loaded="{SLICES}"]')).to_be_visible(
        timeout=60_000
    )


@pytest.mark.journey("measure")
def test_measures_are_right_undone_labelled_and_there_after_a_reload(
    page: Page, server: Server, file_id: str
) -> None:
    opened(page, file_id)
    page.keyboard.press("l")
    drag(page, (-20, -15), (20, -15))
    assert value(page, 0, r"([\d.]+) mm") == pytest.approx(ACROSS_MM, rel=0.03)
    page.keyboard.press("b")
    drag(page, (-15, -5), (15, 15))
    expect(page.get_by_test_id("roi")).to_have_count(2)
    areas = [text for text in page.get_by_test_id("measure").all_inner_texts() if "mm²" in text]
    assert float(areas[0].split(" mm²")[0]) == pytest.approx(600, rel=0.06)
    page.keyboard.press("u")
    expect(page.get_by_test_id("roi")).to_have_count(1)
    page.keyboard.press("Shift+U")
    expect(page.get_by_test_id("roi")).to_have_count(2)
    label = page.get_by_role("textbox", name="Label").first
    label.fill("Lesion")
    label.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Draft kept; only you see it")).to_be_visible()
    page.get_by_role("button", name="Save version").click()
    expect(page.get_by_role("status").filter(has_text="All is saved")).to_be_visible()
    assert axe_violations(page) == []
    opened(page, file_id)
    expect(page.get_by_test_id("roi")).to_have_count(2)
    expect(page.get_by_role("textbox", name="Label").first).to_have_value("Lesion")
    page.wait_for_timeout(LOOK_MS)
    [kept] = server.get("/v3/annotations", file_id=file_id)
    # The last change is in the version, and looking at it made no new draft.
    assert not kept["draft"]
    areas = [roi["stats"]["area_mm2"] for roi in kept["data"]["rois"] if roi["tool"] == "rectangle"]
    assert areas == [pytest.approx(600, rel=0.06)]
    page.get_by_role("button", name="Remove Lesion").click()
    expect(page.get_by_test_id("roi")).to_have_count(1)


def test_other_tools_draw_too_and_an_export_holds_the_canonical_form(page: Page, file_id: str) -> None:
    opened(page, file_id)
    page.keyboard.press("k")
    page.keyboard.press("ArrowDown")
    for key, points in (
        ("e", [(-10, -10), (10, 10)]),
        ("t", [(-25, -25), (-20, -20)]),
        ("f", [(0, 15), (12, 15), (12, 25), (0, 25), (0, 16)]),
        ("d", [(-25, 10), (-15, 10)]),
        ("Shift+E", [(20, -20), (26, -20)]),
        ("Shift+T", [(-20, 25), (-18, 25)]),
        ("Shift+A", [(-28, -5), (-20, -5)]),
    ):
        page.keyboard.press(key)
        drag(page, *points)
        page.wait_for_timeout(200)
    # A Cobb angle has a second line.
    drag(page, (-28, 5), (-20, -3))
    expect(page.get_by_test_id("roi")).to_have_count(8)
    assert "45" in "".join(page.get_by_test_id("measure").all_inner_texts())
    expect(page.get_by_role("status").filter(has_text="Draft kept")).to_be_visible()
    export = page.get_by_role("button", name="Export")
    for form, start in (("SR", b"DICM"), ("SEG", b"DICM"), ("NIfTI", b"\x1f\x8b"), ("COCO", b"{")):
        export.click()
        with page.expect_download() as started:
            page.get_by_role("menuitem", name=form).click()
        held = started.value.path().read_bytes()
        assert (held[128:132] if start == b"DICM" else held).startswith(start)
    page.reload()
    expect(page.get_by_test_id("roi")).to_have_count(8)
    export.click()
    with page.expect_download() as started:
        page.get_by_role("menuitem", name="JSON").click()
    held = json.loads(started.value.path().read_text())
    assert held["schema"] == "treadle.roi/1"
    assert {roi["tool"] for roi in held["rois"]} == {
        *("key", "ellipse", "arrow", "freehand", "bidirectional", "circle", "text", "cobb"),
    }
    [ellipse] = [roi for roi in held["rois"] if roi["tool"] == "ellipse"]
    assert ellipse["ref"]["file_id"] == file_id
    assert len(ellipse["points"][0]) == 3
    [key_image] = [roi for roi in held["rois"] if roi["tool"] == "key"]
    assert key_image["ref"]["sop_uid"] != ellipse["ref"]["sop_uid"]


def test_what_was_drawn_a_moment_before_leaving_is_kept(page: Page, file_id: str) -> None:
    opened(page, file_id)
    page.keyboard.press("l")
    drag(page, (-20, -15), (20, -15))
    with page.expect_response(lambda answer: answer.request.method == "POST" and "annotations" in answer.url):
        page.get_by_role("link", name="Leave the viewer").click()
    expect(page.get_by_test_id("viewport")).to_have_count(0)
    opened(page, file_id)
    expect(page.get_by_test_id("roi")).to_have_count(1)
    page.get_by_role("textbox", name="Label").fill("Lesion")
    page.get_by_role("textbox", name="Label").press("Enter")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    # Who closes the page that soon is asked; in the meantime it is kept.
    page.close(run_before_unload=True)
    page.wait_for_timeout(LOOK_MS)
    assert asked == ["beforeunload"]
    opened(page, file_id)
    expect(page.get_by_role("textbox", name="Label")).to_have_value("Lesion")


def test_what_could_not_be_kept_is_said_and_kept_when_tried_again(page: Page, file_id: str) -> None:
    # A page of its own: its console may complain of the network.
    page = page.context.new_page()
    opened(page, file_id)
    page.route("**/api/v3/annotations*", lambda route: route.abort())
    page.keyboard.press("l")
    drag(page, (-20, -15), (20, -15))
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute("**/api/v3/annotations*")
    again.click()
    expect(page.get_by_role("status").filter(has_text="Draft kept; only you see it")).to_be_visible()
    page.route("**/api/v3/annotations/*", lambda route: route.abort())
    page.get_by_role("textbox", name="Label").fill("Lesion")
    page.get_by_role("link", name="Leave the viewer").click()
    expect(page.get_by_text("What you changed last on the images could not be kept.")).to_be_visible()
    page.unroute("**/api/v3/annotations/*")
    opened(page, file_id)
    expect(page.get_by_test_id("roi")).to_have_count(1)


def test_an_older_version_shows_its_own_images_and_measurements(
    page: Page, server: Server, file_id: str
) -> None:
    said = {"name": "Measurements", "file_ref": {"file_id": file_id, "version": 1}}
    sop_uid = server.get(f"/x/files/{file_id}/instances")["instances"][1]["sop_uid"]
    region = {
        "id": "one",
        "tool": "length",
        "points": [[10, 20, 2], [40, 60, 2]],
        "ref": {"sop_uid": sop_uid},
    }
    server.post("/v3/annotations", {**said, "data": {"rois": [region]}})
    file = server.get(f"/files/{file_id}")
    path = f"/acquisitions/{file['parents']['acquisition']}/files"
    body = server.http.get(f"{path}/{file['name']}").raise_for_status().content
    server.http.post(path, files={"file": (file["name"], body + b"\0")}).raise_for_status()
    page.goto(f"/files/{file_id}?version=1")
    page.get_by_role("link", name="View").click()
    expect(page.get_by_test_id("measure")).to_have_text("50.0 mm", timeout=60_000)
    opened(page, file_id)
    expect(page.get_by_test_id("roi")).to_have_count(0)


def test_what_somebody_else_measured_is_shown_with_their_name_and_cannot_be_changed(
    page: Page, server: Server, file_id: str
) -> None:
    email = f"{uuid4().hex[:8]}@example.org"
    server.post("/users", {"_id": email, "firstname": "Ada", "lastname": "Reader"})
    sop_uid = server.get(f"/x/files/{file_id}/instances")["instances"][1]["sop_uid"]
    region = {
        "id": "a-lesion",
        "tool": "length",
        "label": "Lesion",
        "points": [[10, 20, 2], [40, 60, 2]],
        "ref": {"sop_uid": sop_uid},
    }
    key = server.post(f"/users/{email}/key", {"label": "test"})["unencrypted_secret"]
    project = server.get(f"/files/{file_id}")["parents"]["project"]
    server.post(f"/projects/{project}/permissions", {"_id": email, "role_ids": [READ_WRITE]})
    body = {"name": "Measurements", "file_ref": {"file_id": file_id}, "data": {"rois": [region]}}
    theirs = {"Authorization": f"scitran-user {key.rpartition(':')[2]}"}
    server.http.post("/v3/annotations", json=body, headers=theirs).raise_for_status()
    opened(page, file_id)
    listed = page.get_by_test_id("roi")
    expect(listed).to_contain_text("Lesion · by Ada Reader")
    expect(listed).to_contain_text("50.0 mm")
    expect(listed.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove Lesion")).to_have_count(0)
