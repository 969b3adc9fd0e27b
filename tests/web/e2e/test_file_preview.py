"""What a file holds is shown in its page, whatever its kind, and volumes in three planes with others over them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import nibabel
import numpy as np
import pytest
from e2e_kit import Place, Server, axe_violations
from playwright.sync_api import Page, expect
from sample_files import nifti, pdf, png


def _zip(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return packed.getvalue()


# name, content, what the preview shows of it
TEXTS = [
    ("notes.txt", b"first line\nsecond line", "second line"),
    ("scores.csv", b'id,note\n1,"a, b"\n', "a, b"),
    ("scores.tsv.gz", gzip.compress(b"id\tscore\n1\t2.5\n"), "2.5"),
    ("result.json", json.dumps({"qa": {"passed": True}}).encode(), "passed: true"),
    ("broken.json", b'{"half": ', '{"half":'),
    ("read.md", b"# Title\n\n| a | b |\n|---|---|\n| 1 | cell |\n<script>x</script>", "cell"),
    ("members.zip", _zip(inner="text"), "inner"),
    ("weights.bin", b"\x00\x01TREADLE", "00 01 54"),
    ("empty.txt", b"", "This file is empty"),
]


@pytest.fixture
def acquisition(server: Server, place: Place) -> str:
    subject = server.post("/subjects", {"project": place.id, "label": "sub-01"})["_id"]
    session = server.post("/sessions", {"project": place.id, "subject": {"_id": subject}, "label": "Visit"})
    return str(server.post("/acquisitions", {"session": session["_id"], "label": "Files"})["_id"])


def upload(server: Server, acquisition: str, name: str, content: bytes) -> str:
    """A file of the acquisition; answers its id."""
    server.http.post(f"/acquisitions/{acquisition}/files", files={"file": (name, content)}).raise_for_status()
    files = server.get(f"/acquisitions/{acquisition}")["files"]
    return str(next(file["file_id"] for file in files if file["name"] == name))


def test_the_page_of_a_file_shows_what_it_holds(page: Page, server: Server, acquisition: str) -> None:
    for name, content, words in TEXTS:
        page.goto(f"/files/{upload(server, acquisition, name, content)}")
        expect(page.get_by_role("region", name="Preview")).to_contain_text(words)
        assert axe_violations(page) == [], name


def test_pictures_and_documents_are_drawn(page: Page, server: Server, acquisition: str) -> None:
    page.goto(f"/files/{upload(server, acquisition, 'slice.png', png())}")
    picture = page.get_by_role("img", name="slice.png")
    expect(picture).to_have_js_property("naturalWidth", 32)
    page.get_by_role("button", name="Larger").click()
    expect(picture).to_have_css("width", "64px")
    page.goto(f"/files/{upload(server, acquisition, 'report.pdf', pdf('All is well'))}")
    expect(page.get_by_role("img", name="Page 1 of 1")).to_have_attribute("data-drawn", "true")
    expect(page.get_by_text("All is well")).to_be_attached()
    assert axe_violations(page) == []


def test_a_report_in_html_is_shown_and_nothing_in_it_runs(
    page: Page, server: Server, acquisition: str
) -> None:
    report = b"<h1>Quality</h1><script>document.body.textContent = 'ran'</script>"
    # The browser complains of the script that it stops, which other pages would fail for.
    own = page.context.new_page()
    own.goto(f"/files/{upload(server, acquisition, 'qa.html', report)}")
    frame = own.frame_locator("iframe[title='qa.html']")
    expect(frame.get_by_role("heading", name="Quality")).to_be_visible()
    assert axe_violations(own) == []


RECORD = """async () => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 32;
  const pen = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(20), {mimeType: 'video/webm'});
  const parts = [];
  recorder.ondataavailable = ({data}) => parts.push(data);
  recorder.start();
  for (let frame = 0; frame < 10; frame += 1) {
    pen.fillStyle = `rgb(${frame * 20}, 0, 0)`;
    pen.fillRect(0, 0, 32, 32);
    await new Promise((done) => setTimeout(done, 50));
  }
  await new Promise((done) => { recorder.onstop = done; recorder.stop(); });
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""


def test_a_video_plays_and_one_of_an_unknown_kind_says_so(
    page: Page, server: Server, acquisition: str
) -> None:
    page.goto("/")
    recorded = bytes(page.evaluate(RECORD))
    page.goto(f"/files/{upload(server, acquisition, 'cine.webm', recorded)}")
    video = page.get_by_label("cine.webm")
    expect(video).to_have_js_property("videoWidth", 32)
    assert axe_violations(page) == []
    page.goto(f"/files/{upload(server, acquisition, 'broken.mp4', b'no video')}")
    expect(page.get_by_role("heading", name="This browser cannot play the video")).to_be_visible()


def test_an_mgh_volume_shows_its_planes(page: Page, server: Server, acquisition: str) -> None:
    brain = nibabel.MGHImage(np.arange(512, dtype=np.float32).reshape(8, 8, 8), np.eye(4)).to_bytes()
    file = upload(server, acquisition, "brain.mgz", gzip.compress(brain))
    page.goto(f"/viewer?file={file}")
    expect(page.locator("[data-testid=volume][data-ready=true]")).to_be_visible()


def test_a_volume_shows_its_planes_with_another_over_them(
    page: Page, server: Server, acquisition: str
) -> None:
    file = upload(server, acquisition, "bold.nii.gz", gzip.compress(nifti(frames=2)))
    upload(server, acquisition, "mask.nii", nifti())
    page.goto(f"/viewer?file={file}")
    expect(page.locator("[data-testid=volume][data-ready=true]")).to_be_visible()
    page.get_by_test_id("volume").click()
    expect(page.get_by_label("Position and value")).to_contain_text("×")
    page.get_by_role("slider", name="Time").press("ArrowRight")
    page.get_by_role("button", name="Layers").click()
    page.get_by_role("checkbox", name="mask.nii").check()
    expect(page.get_by_role("slider", name="Opacity of mask.nii")).to_be_visible()
    expect(page.get_by_role("button", name="Layers (2)")).to_be_visible()
    assert axe_violations(page) == []
