"""One browser per test process; every page fails its test when the console shows an error."""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pydicom.uid import generate_uid

sys.path.insert(0, str(Path(__file__).parent))

from e2e_kit import MakeSeries, Place, Server, write_series
from guide_kit import keep_picture

PATIENCE_MS = 120_000  # software rendering on a busy machine
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """System Chromium with software WebGL."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("missing in CI: chromium")
        pytest.skip("chromium is not installed")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """The screen at the end of a journey is kept."""
    yield
    mark = item.get_closest_marker("journey")
    if mark is not None:
        shown = [value for value in item.funcargs.values() if isinstance(value, Page)]  # type: ignore[attr-defined]
        keep_picture(shown[-1].context.pages[-1], mark.args[0])


@pytest.fixture
def context(browser: Browser, treadle_server: Any) -> Iterator[BrowserContext]:
    """A fresh browser profile on the server."""
    opened = browser.new_context(
        base_url=treadle_server.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def stranger(context: BrowserContext) -> Iterator[Page]:
    """A page of somebody who is not logged in; any console error fails the test, but for refused credentials."""
    page = context.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        address = str(message.location["url"])
        # A wrong password or code, here or where a change demands it.
        refused = "401" in message.text and address.rsplit("/api/x/", maxsplit=1)[-1].startswith(
            ("login", "me/")
        )
        if message.type == "error" and not refused:
            complaints.append(f"{message.text} ({address})")

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", hear)
    yield page
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext, stranger: Page, treadle_server: Any) -> Page:
    """A page of the administrator."""
    answer = context.request.post(
        "/api/x/login", data={"email": treadle_server.email, "password": treadle_server.password}
    )
    assert answer.ok, answer.text()
    return stranger


@pytest.fixture(scope="session")
def server(treadle_server: Any) -> Iterator[Server]:
    """The API with the administrator's key."""
    headers = {"Authorization": f"scitran-user {treadle_server.key}"}
    with httpx.Client(base_url=f"{treadle_server.url}/api", headers=headers, timeout=30) as http:
        yield Server(http, (treadle_server.dicom_host, treadle_server.dicom_port))


@pytest.fixture
def place(server: Server) -> Place:
    """A fresh group and project."""
    group = f"e2e{uuid4().hex[:10]}"
    server.post("/groups", {"_id": group, "label": f"Group {group}"})
    label = f"Study {group[-6:]}"
    return Place(group, label, server.post("/projects", {"group": group, "label": label})["_id"])


@pytest.fixture
def make_series(tmp_path: Path, place: Place, program: Callable[[str], str]) -> MakeSeries:
    """Write a generated series, routed to the test's project; answers its folder."""
    program("storescu")
    studies: dict[str, str] = defaultdict(generate_uid)

    def make(
        *,
        slices: int,
        session: str = "Visit 1",
        description: str = "Gradient",
        group: str = "",
        gap: float = 2.0,
    ) -> Path:
        folder = tmp_path / f"series-{uuid4().hex[:8]}"
        patient_id = f"fw://{group or place.group}/{place.label}/sub-01/{session}"
        write_series(
            folder,
            patient_id=patient_id,
            study=studies[session],
            slices=slices,
            description=description,
            gap=gap,
        )
        return folder

    return make


# The README's pictures are taken only when asked for: their studies would meet those of other tests.
collect_ignore = [] if os.environ.get("UPDATE_IMAGES") else ["test_picture.py"]
