"""What tests of the viewer do with images: look at them, measure on them, colour them."""

from __future__ import annotations

import io
import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect
from pydicom import Dataset

MIDDLE: FloatRect = {"x": 520, "y": 250, "width": 400, "height": 500}


def picture(page: Page) -> NDArray[np.int16]:
    """Colours of the image's middle, where nothing stands over it."""
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=MIDDLE))).convert("RGB"), np.int16)


def drag(page: Page, *points: tuple[int, int]) -> None:
    """Drag over points given in millimetres from the middle of the image."""
    box = page.get_by_test_id("viewport").bounding_box()
    scale = page.get_by_test_id("scale")
    size = scale.bounding_box()
    assert box
    assert size
    number, unit = scale.inner_text().split()
    pixel = (size["width"]) / (float(number) * (10 if unit == "cm" else 1))
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    spots = [(middle[0] + x * pixel, middle[1] + y * pixel) for x, y in points]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=8)
    page.mouse.up()


def value(page: Page, at: int, pattern: str) -> float:
    """The number that a region of the list shows."""
    text = page.get_by_test_id("measure").nth(at)
    expect(text).to_contain_text(re.compile(pattern))
    found = re.search(pattern, text.inner_text())
    assert found
    return float(found[1])


def coloured(ds: Dataset) -> None:
    """Its shades in red, with another blue."""
    shades = (ds.pixel_array / ds.pixel_array.max() * 255).astype(np.uint8)
    ds.PixelData = np.stack([shades, shades // 2, 255 - shades], axis=-1).tobytes()
    ds.SamplesPerPixel, ds.PlanarConfiguration, ds.PhotometricInterpretation = 3, 0, "RGB"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
    del ds.WindowCenter, ds.WindowWidth
