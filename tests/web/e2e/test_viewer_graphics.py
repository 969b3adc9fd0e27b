"""The viewer where the browser offers no WebGL, and where it takes the graphics context away."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from e2e_kit import MakeSeries, Place, Server, axe_violations
from playwright.sync_api import Page, expect
from pydicom import dcmread
from sample_files import nifti
from viewer_kit import coloured, drag, picture, value

SLICES = 6
NO_WEBGL = """{
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : real.call(this, kind, ...rest);
};
}"""
# The library's canvases are in no document: each is noted when it is asked for a context.
LOSABLE = """{
const real = HTMLCanvasElement.prototype.getContext;
const contexts = new Set();
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  const context = real.call(this, kind, ...rest);
  if (context && kind === "webgl2") contexts.add(context);
  return context;
};
let lost = [];
window.lose = () => {
  const left = [...contexts].filter((context) => !context.isContextLost());
  lost = left.map((context) => context.getExtension("WEBGL_lose_context"));
  for (const one of lost) one.loseContext();
};
window.restore = () => { for (const one of lost) one.restoreContext(); };
}"""
LOST = "The browser stopped drawing"
NewPage = Callable[[str], Page]


@pytest.fixture
def new_page(page: Page) -> Iterator[NewPage]:
    """A page in which a script runs first; its console must stay without errors."""
    complaints: list[str] = []

    def make(script: str) -> Page:
        made = page.context.new_page()
        made.on("pageerror", lambda error: complaints.append(str(error)))
        made.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        made.add_init_script(script)
        return made

    yield make
    assert complaints == []


@pytest.fixture
def file_id(server: Server, place: Place, make_series: MakeSeries) -> str:
    server.send(make_series(slices=SLICES))
    return str(server.wait_for_file(place.id, members=SLICES)["file_id"])


def shown(page: Page, index: int | None = None) -> None:
    """Wait until a picture is drawn, of this image."""
    place = "" if index is None else f'[data-index="{index}"]'
    expect(page.locator(f"[data-testid=viewport][data-ready=true]{place}")).to_be_visible()


def test_without_webgl_images_are_scrolled_and_measured_and_what_is_missing_is_said(
    new_page: NewPage, file_id: str
) -> None:
    page = new_page(NO_WEBGL)
    page.goto(f"/viewer?file={file_id}")
    shown(page, 2)
    note = page.get_by_role("status").filter(has_text="This browser offers no WebGL 2")
    expect(note).to_be_visible()
    expect(page.get_by_text("Zoom 100 %")).to_be_visible()
    before = picture(page)
    assert before.std() > 1
    page.keyboard.press("ArrowDown")
    shown(page, 3)
    page.get_by_test_id("viewport").hover()
    page.mouse.wheel(0, 100)
    shown(page, 4)
    assert np.abs(picture(page) - before).max() > 0
    page.keyboard.press("l")
    drag(page, (-20, -15), (20, -15))
    assert value(page, 0, r"([\d.]+) mm") == pytest.approx(40, rel=0.03)
    expect(page.get_by_role("status").filter(has_text="Draft kept; only you see it")).to_be_visible()
    for key in "ihv.+-":
        page.keyboard.press(key)
    page.keyboard.press("r")
    expect(page.get_by_text("Zoom 100 %")).to_be_visible()
    for name in ("Three planes: they need WebGL 2", "Labels: they need WebGL 2"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    assert axe_violations(page) == []
    note.get_by_role("button", name="Close this note").click()
    page.goto(f"/viewer?file={file_id}&layout=mpr")
    expect(page.get_by_role("heading", name="Three planes cannot be shown here")).to_be_visible()
    expect(note).to_have_count(0)
    page.get_by_role("button", name="Show the images").click()
    shown(page)
    expect(page.get_by_test_id("roi")).to_have_count(1)


def test_without_webgl_images_look_as_they_do_with_it(
    page: Page, new_page: NewPage, server: Server, place: Place, make_series: MakeSeries
) -> None:
    for slices, colour in ((2, False), (3, True)):
        folder = make_series(slices=slices)
        for path in folder.iterdir() if colour else ():
            ds = dcmread(path)
            coloured(ds)
            ds.save_as(path)
        server.send(folder)
        address = f"/viewer?file={server.wait_for_file(place.id, members=slices)['file_id']}"
        bare = new_page(NO_WEBGL)
        for one in (page, bare):
            one.goto(address)
            shown(one)
        bare.get_by_role("button", name="Close this note").click()
        assert np.abs(picture(page) - picture(bare)).mean() < 2


def test_a_lost_graphics_context_is_said_and_images_and_measurements_come_back(
    new_page: NewPage, file_id: str
) -> None:
    page = new_page(LOSABLE)
    page.goto(f"/viewer?file={file_id}")
    shown(page, 2)
    page.keyboard.press("End")
    page.keyboard.press("i")
    page.keyboard.press("l")
    drag(page, (-20, -15), (20, -15))
    expect(page.get_by_test_id("roi")).to_have_count(1)
    before = picture(page)
    page.evaluate("lose()")
    expect(page.get_by_role("heading", name=LOST)).to_be_visible()
    expect(page.get_by_test_id("roi")).to_have_count(1)
    assert axe_violations(page) == []
    page.evaluate("restore()")
    expect(page.get_by_role("heading", name=LOST)).to_have_count(0)
    shown(page, SLICES - 1)
    assert np.abs(picture(page) - before).mean() < 2
    page.evaluate("lose()")
    page.get_by_role("button", name="Reload the images").click()
    shown(page, SLICES - 1)
    expect(page.get_by_role("heading", name=LOST)).to_have_count(0)
    assert np.abs(picture(page) - before).mean() < 2
    drag(page, (-10, 15), (10, 15))
    expect(page.get_by_test_id("roi")).to_have_count(2)
    assert value(page, 1, r"([\d.]+) mm") == pytest.approx(20, rel=0.05)


def test_three_planes_come_back(new_page: NewPage, file_id: str) -> None:
    page = new_page(LOSABLE)
    page.goto(f"/viewer?file={file_id}&layout=mpr")
    ready = page.locator("[data-testid=viewport][data-ready=true]")
    expect(ready).to_have_count(3)
    page.wait_for_timeout(1000)  # drawn
    before = picture(page)
    assert before.std() > 1
    page.evaluate("lose()")
    page.get_by_role("button", name="Reload the images").click()
    expect(page.get_by_role("heading", name=LOST)).to_have_count(0)
    expect(ready).to_have_count(3)
    page.wait_for_timeout(1000)
    assert np.abs(picture(page) - before).mean() < 4


def test_labels_come_back_too_and_the_processor_draws_if_nothing_else_can(
    new_page: NewPage, file_id: str
) -> None:
    page = new_page(LOSABLE)
    page.goto(f"/viewer?file={file_id}")
    shown(page)
    page.keyboard.press("g")
    expect(page.get_by_role("button", name="Add a label")).to_be_enabled()
    page.keyboard.press("j")
    drag(page, (-10, 0), (10, 0))
    expect(page.get_by_test_id("volume")).not_to_have_text("0.00 ml")
    painted = page.get_by_test_id("volume").inner_text()
    before = picture(page)
    page.evaluate("lose()")
    page.get_by_role("button", name="Reload the images").click()
    shown(page)
    expect(page.get_by_test_id("volume")).to_have_text(painted)
    assert np.abs(picture(page) - before).mean() < 2
    page.keyboard.press("g")
    shown(page)
    page.evaluate("lose()")
    page.evaluate(f"{NO_WEBGL}; null")
    page.get_by_role("button", name="Reload the images").click()
    shown(page)
    expect(page.get_by_role("status").filter(has_text="This browser offers no WebGL 2")).to_be_visible()


def test_a_volume_says_what_it_needs_and_comes_back(new_page: NewPage, server: Server, place: Place) -> None:
    subject = {"project": place.id, "subject": {"label": "sub-01"}, "label": "Visit"}
    session = server.post("/sessions", subject)["_id"]
    content = gzip.compress(nifti())
    server.http.post(
        f"/sessions/{session}/files", files={"file": ("brain.nii.gz", content)}
    ).raise_for_status()
    address = f"/viewer?file={server.get(f'/sessions/{session}')['files'][0]['file_id']}"
    page = new_page(NO_WEBGL)
    page.goto(address)
    expect(page.get_by_role("heading", name="This browser cannot draw volumes")).to_be_visible()
    assert axe_violations(page) == []
    page = new_page(LOSABLE)
    page.goto(address)
    volume = page.locator("[data-testid=volume][data-ready=true]")
    expect(volume).to_be_visible()
    page.evaluate("lose()")
    expect(page.get_by_role("heading", name=LOST)).to_be_visible()
    page.evaluate("restore()")
    expect(volume).to_be_visible()
    page.evaluate("lose()")
    page.get_by_role("button", name="Reload the images").click()
    expect(volume).to_be_visible()
