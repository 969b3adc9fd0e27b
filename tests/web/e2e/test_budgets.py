"""What a page may cost: calls to the server, and the time to its largest paint on a slow machine and network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from e2e_kit import PAGES, Place, Server
from playwright.sync_api import Page, Request, expect

MOST_CALLS = 6
LCP_LIMIT_MS = 2000
ROUNDS = 4
# CPU four times slower than here, 10 Mbit/s with 40 ms to the server.
SLOWER = 4
NETWORK = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10e6 / 8,
    "uploadThroughput": 10e6 / 8,
}
LCP = """() => new Promise(done => {
  const seen = new PerformanceObserver(list => done(list.getEntries().at(-1).startTime));
  seen.observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => done(null), 20000);
})"""


@contextmanager
def calls(page: Page) -> Iterator[list[str]]:
    """Collects the calls that the page makes to the API; the stream of events is none."""
    made: list[str] = []

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path.startswith("/api/") and parts.path != "/api/x/events":
            made.append(f"{request.method} {parts.path}?{parts.query}")

    page.on("request", note)
    yield made
    page.remove_listener("request", note)


@pytest.fixture
def study(server: Server, place: Place) -> dict[str, str]:
    """One of each level, for the addresses of their pages."""
    subject = server.post("/subjects", {"project": place.id, "label": "s1"})["_id"]
    made = server.post("/sessions", {"project": place.id, "subject": {"_id": subject}, "label": "v1"})
    acquisition = server.post("/acquisitions", {"session": made["_id"], "label": "T1"})["_id"]
    path = f"/acquisitions/{acquisition}/files"
    [sent] = server.http.post(path, files={"file": ("notes.txt", b"x")}).raise_for_status().json()
    return {"s": subject, "e": made["_id"], "a": acquisition, "f": sent["file_id"]}


INSIDE = ["/projects/{p}/subjects/{s}", "/sessions/{e}", "/acquisitions/{a}", "/files/{f}"]


def test_no_page_needs_more_than_six_calls(
    page: Page, place: Place, study: dict[str, str], treadle_server: Any
) -> None:
    costly = {}
    for address in [*PAGES, *INSIDE]:
        with calls(page) as made:
            page.goto(address.format(p=place.id, g=place.group, u=treadle_server.email, **study))
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            page.wait_for_load_state("networkidle")
        if len(made) > MOST_CALLS:
            costly[address] = made
    assert costly == {}


def test_the_first_screen_is_painted_within_two_seconds_on_a_slow_machine(page: Page) -> None:
    """The best of a few visits with an empty cache: other work on this machine makes them slower, nothing faster."""
    if os.getloadavg()[0] > 2 * (os.cpu_count() or 1):
        pytest.skip("the machine is too busy to measure")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    paints = []
    for _ in range(ROUNDS):
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        paints.append(page.evaluate(LCP))
        if paints[-1] is not None and paints[-1] < LCP_LIMIT_MS:
            return
    raise AssertionError(f"largest paints after {paints} ms")
