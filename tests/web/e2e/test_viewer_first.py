"""What the viewer shows first, and how it comes by the rest of a series."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from e2e_kit import MakeSeries, Place, Server
from playwright.sync_api import Page, Route, expect
from pydicom import Dataset, dcmread
from pydicom.uid import RLELossless
from viewer_kit import coloured, picture

SLICES = 12


@pytest.fixture
def address(server: Server, place: Place, make_series: MakeSeries) -> str:
    """Where a series is viewed."""
    server.send(make_series(slices=SLICES))
    return f"/viewer?file={server.wait_for_file(place.id, members=SLICES)['file_id']}"


def compressed(ds: Dataset) -> None:
    """Run lengths, and pixels higher than wide."""
    ds.PixelSpacing = [1.5, 1]
    ds.compress(RLELossless, generate_instance_uid=False)


@pytest.fixture(params=[None, compressed, coloured])
def any_address(request: pytest.FixtureRequest, server: Server, place: Place, make_series: MakeSeries) -> str:
    """Where a series is viewed whose images the page can paint by itself, or cannot."""
    folder = make_series(slices=SLICES)
    for path in folder.iterdir() if request.param else ():
        ds = dcmread(path)
        request.param(ds)
        ds.save_as(path)
    server.send(folder)
    return f"/viewer?file={server.wait_for_file(place.id, members=SLICES)['file_id']}"


def test_the_first_image_is_seen_before_the_drawing_code_comes_and_stays_as_it_is(
    page: Page, any_address: str
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.context.route("**/assets/Workspace-*.js", hold)  # which the fixture takes away
    page.goto(any_address)
    expect(page.get_by_test_id("first-look")).to_be_visible()
    early = picture(page)
    assert early.std() > 1
    for route in held:
        route.continue_()
    expect(page.locator("[data-testid=viewport][data-ready=true]")).to_have_count(1)
    expect(page.get_by_test_id("first-look")).to_have_count(0)
    assert np.abs(picture(page) - early).mean() < 2


def test_a_series_is_fetched_in_bundles_not_image_by_image(page: Page, address: str) -> None:
    asked: Counter[str] = Counter()
    page.on("request", lambda request: asked.update(part for part in request.url.split("/") if part))
    page.goto(address)
    expect(page.get_by_test_id("viewport")).to_have_attribute("data-loaded", str(SLICES))
    bundles = sum(number for part, number in asked.items() if part.startswith("bundle?"))
    # The first image is asked for by its first painter and by the drawing library, which finds it in the cache.
    singly = sum(number for part, number in asked.items() if part.startswith("1.2."))
    assert bundles == 1
    assert singly <= 2
