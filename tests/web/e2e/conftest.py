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
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from pydicom.uid import generate_uid

sys.path.insert(0, str(Path(__file__).parent))

from e2e_kit import Engine, MakeSeries, Place, Server, write_series
from guide_kit import keep_picture

PATIENCE_MS = 120_000  # software rendering on a busy machine
SIZE: ViewportSize = {"width": 1440, "height": 900}
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


@pytest.fixture(scope="session")
def kept() -> list[BrowserContext]:
    """The process's one profile and page: a new one, with the app to be compiled again, costs more than most tests."""
    return []


@pytest.fixture
def context(browser: Browser, treadle_server: Any, kept: list[BrowserContext]) -> Iterator[BrowserContext]:
    """A browser profile on the server with nothing in it but the app's programs."""
    if not kept:
        opened = browser.new_context(base_url=treadle_server.url, viewport=SIZE, reduced_motion="reduce")
        opened.set_default_timeout(PATIENCE_MS)
        opened.new_page()
        kept.append(opened)
    yield kept[0]
    try:
        _clear(kept[0], treadle_server.url)
    except Error:  # the page has crashed
        kept.pop().close()


def _clear(context: BrowserContext, origin: str) -> None:
    page, *others = context.pages
    for other in others:
        other.close()
    page.goto("about:blank")
    context.unroute_all()
    context.clear_cookies()
    browsing = context.new_cdp_session(page)
    browsing.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    browsing.detach()
    page.set_viewport_size(SIZE)
    page.emulate_media(color_scheme="null")


@pytest.fixture
def stranger(context: BrowserContext) -> Iterator[Page]:
    """A page of somebody who is not logged in; any console error fails the test, but for refused credentials."""
    page = context.pages[0]
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        address = str(message.location["url"])
        # A wrong password or code, here or where a change demands it.
        refused = "401" in message.text and address.rsplit("/api/x/", maxsplit=1)[-1].startswith(
            ("login", "me/")
        )
        if message.type == "error" and not refused:
            complaints.append(f"{message.text} ({address})")

    def note(error: Error) -> None:
        complaints.append(str(error))

    page.on("pageerror", note)
    page.on("console", hear)
    yield page
    page.remove_listener("pageerror", note)
    page.remove_listener("console", hear)
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext, stranger: Page, treadle_server: Any) -> Page:
    """A page of the administrator."""
    account = {"email": treadle_server.email, "password": treadle_server.password}
    # The connection may be one that the server closes just now, after a long test.
    answer = context.request.post("/api/x/login", data=account, max_retries=1)
    assert answer.ok, answer.text()
    return stranger


@pytest.fixture(scope="session")
def server(treadle_server: Any) -> Iterator[Server]:
    """The API with the administrator's key."""
    headers = {"Authorization": f"scitran-user {treadle_server.key}"}
    with httpx.Client(base_url=f"{treadle_server.url}/api", headers=headers, timeout=120) as http:
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


@pytest.fixture
def gear(server: Server) -> dict[str, Any]:
    """A gear that reads one file; being an image it is left alone by the site's own engine."""
    name = f"e2e-{uuid4().hex[:10]}"
    manifest = {
        "name": name,
        "label": f"Count {name}",
        "description": "Counts words.",
        "version": "1.0.0",
        "author": "A. Author",
        "license": "Apache-2.0",
        "url": "",
        "source": "",
        "inputs": {"words": {"base": "file"}},
        "config": {"speed": {"type": "integer", "default": 2, "maximum": 9}},
        "custom": {"gear-builder": {"image": "count:1.0.0"}, "flywheel": {"suite": "Curation"}},
    }
    made = server.post(f"/gears/{name}", {"category": "utility", "gear": manifest})
    return {"_id": made["_id"], "name": name, "label": manifest["label"]}


@pytest.fixture
def words(server: Server, place: Place) -> str:
    """A file in a session of the test's own: its id."""
    session = server.post("/sessions", {"project": place.id, "subject": {"label": "s1"}, "label": "v1"})[
        "_id"
    ]
    sent = server.http.post(f"/sessions/{session}/files", files={"file": ("words.txt", b"one two")})
    sent.raise_for_status()
    found: str = server.get(f"/sessions/{session}")["files"][0]["file_id"]
    return found


@pytest.fixture
def engine(server: Server) -> Iterator[Engine]:
    """An engine with a key of its own."""
    key = server.post("/devices", {"label": f"e2e{uuid4().hex[:8]}", "type": "engine"})["key"]
    headers = {"Authorization": f"scitran-user {key}"}
    with httpx.Client(base_url=server.http.base_url, headers=headers, timeout=30) as client:
        yield Engine(client)


# The README's pictures are taken only when asked for: their studies would meet those of other tests.
collect_ignore = [] if os.environ.get("UPDATE_IMAGES") else ["test_picture.py"]
