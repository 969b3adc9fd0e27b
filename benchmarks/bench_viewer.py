"""How soon the viewer shows a series of 500 images, and how it scrolls, in Chromium on this machine.

A synthetic CT series is stored in a fresh server. Then, in a new browser profile each time: from the navigation to the
first request for images, to the first image on the screen, until one can move through the series, until all images are
in memory, and how long a step takes once they are. Software rendering unless the machine has a GPU. Run:

    python benchmarks/bench_viewer.py [--images 500] [--rounds 3] [--compressed]

Compressed images (run lengths) are painted by the server until the browser's codecs have come.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, RLELossless, generate_uid

from treadle.testing.server import start, stop

SIDE = 256
STEPS = 200
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
LIMIT_MS = 120_000


def image(number: int, study: str, series: str, *, is_compressed: bool) -> bytes:
    """One CT slice with noise in it."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = CTImageStorage
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = (
        study,
        series,
        generate_uid(entropy_srcs=[study]),
    )
    ds.Modality, ds.PatientID, ds.InstanceNumber = "CT", "bench", number + 1
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, float(number)], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [1, 1], 1
    ds.Rows = ds.Columns = SIDE
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.RescaleIntercept, ds.RescaleSlope = 0, 1
    noise = np.random.default_rng(number).normal(0, 80, (SIDE, SIDE))
    noise[64 : 64 + SIDE // 4, 64:192] += number
    ds.PixelData = noise.astype(np.int16).tobytes()
    if is_compressed:
        ds.compress(RLELossless, generate_instance_uid=False)
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def store_series(http: httpx.Client, images: int, *, is_compressed: bool) -> str:
    """A series in a new project; its file id."""
    http.post("/groups", json={"_id": "bench", "label": "Bench"}).raise_for_status()
    project = http.post("/projects", json={"group": "bench", "label": "Viewer"}).json()["_id"]
    subject = http.post("/subjects", json={"project": project, "label": "one"}).json()["_id"]
    session = http.post("/sessions", json={"project": project, "subject": {"_id": subject}, "label": "one"})
    made = http.post("/acquisitions", json={"session": session.json()["_id"], "label": "CT"})
    acquisition = made.json()["_id"]
    packed, study, series = io.BytesIO(), generate_uid(), generate_uid()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(images):
            archive.writestr(f"{number:04}.dcm", image(number, study, series, is_compressed=is_compressed))
    sent = http.post(
        f"/acquisitions/{acquisition}/files", files={"file": ("ct.dicom.zip", packed.getvalue())}
    )
    sent.raise_for_status()
    file_id = http.get(f"/acquisitions/{acquisition}").json()["files"][0]["file_id"]
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if len(http.get(f"/x/files/{file_id}/instances").json()["instances"]) == images:
            return str(file_id)
        time.sleep(0.5)
    raise SystemExit("the series was not indexed")


# When the browser has drawn a frame with it.
SEEN = """
  const seen = (name, selector) => {
    if (!document.querySelector(selector)) return requestAnimationFrame(() => seen(name, selector));
    requestAnimationFrame(() => performance.mark(name));
  };
  seen('shown', '[data-testid=first-look], [data-testid=viewport][data-ready=true]');
  seen('moving', '[data-testid=viewport][data-ready=true]');
"""


def first_image(page: Page, address: str) -> dict[str, float]:
    """Milliseconds from the navigation to the first request for images, the first image, the series to move through."""
    page.add_init_script(SEEN)
    page.goto(address, wait_until="commit")
    page.wait_for_selector("[data-testid=viewport][data-ready=true]", timeout=LIMIT_MS)
    return dict(
        page.evaluate("""async () => {
          const mark = (name) => performance.getEntriesByName(name)[0]?.startTime;
          while (mark('moving') === undefined) await new Promise(requestAnimationFrame);
          return {
            shown: mark('shown'),
            moving: mark('moving'),
            code: performance.getEntriesByType('resource')
              .filter(({name}) => name.includes('/instances')).at(0)?.startTime ?? 0,
          };
        }""")
    )


def one_round(browser: Browser, server: Any, file_id: str, images: int) -> dict[str, float]:
    """The figures of one visit."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    login = {"email": server.email, "password": server.password}
    context.request.post("/api/x/login", data=login)
    page = context.new_page()
    page.goto("/")
    page.wait_for_load_state("networkidle")
    found = first_image(page, f"/viewer?file={file_id}")
    page.wait_for_selector(f'[data-testid=viewport][data-loaded="{images}"]', timeout=LIMIT_MS)
    found["all"] = page.evaluate("performance.now()")
    page.keyboard.press("Home")
    found["step"] = page.evaluate(
        """async (steps) => {
          const began = performance.now();
          for (let step = 0; step < steps; step += 1) {
            window.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown'}));
            await new Promise(requestAnimationFrame);
          }
          return (performance.now() - began) / steps;
        }""",
        min(STEPS, images - 1),
    )
    index = page.get_by_test_id("viewport").get_attribute("data-index")
    if index != str(min(STEPS, images - 1)):
        raise SystemExit(f"the viewer stands at {index}: it did not follow")
    context.close()
    return found


def main() -> None:
    """Measure and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--compressed", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _process, server = start(log=Path(folder) / "up.log")
        try:
            headers = {"Authorization": f"scitran-user {server.key}"}
            with httpx.Client(base_url=f"{server.url}/api", headers=headers, timeout=120) as http:
                file_id = store_series(http, asked.images, is_compressed=asked.compressed)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
                rounds = [one_round(browser, server, file_id, asked.images) for _ in range(asked.rounds)]
                browser.close()
        finally:
            stop(server.pid)
    for name, words in (
        ("code", "page's code until the first request for images"),
        ("shown", "first image"),
        ("moving", "until one can move through the series"),
        ("all", f"all {asked.images} images in memory"),
        ("step", "a step, then"),
    ):
        values = [found[name] for found in rounds]
        print(f"{statistics.median(values):8.0f} ms  {words}  ({min(values):.0f} to {max(values):.0f})")


if __name__ == "__main__":
    main()
