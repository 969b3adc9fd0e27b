"""What a page may cost: calls to the server, and the time to its largest paint on a slow machine and network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from e2e_kit import MOST_CALLS, Place, Server, calls
from playwright.sync_api import Page, expect

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
def slow_machine(page: Page) -> Iterator[None]:
    """The page loads without its cache, through a slow network, into a slow processor."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield
    session.detach()


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


@pytest.mark.parametrize("address", INSIDE)
def test_a_page_inside_a_project_needs_few_calls(
    page: Page, place: Place, study: dict[str, str], address: str
) -> None:
    """The other pages' calls are counted where these are looked at."""
    with calls(page) as made:
        page.goto(address.format(p=place.id, **study))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
    assert len(set(made)) <= MOST_CALLS, made


def test_the_first_screen_is_painted_within_two_seconds_on_a_slow_machine(page: Page) -> None:
    """The best of a few visits with an empty cache: other work on this machine makes them slower, nothing faster."""
    if os.getloadavg()[0] > 2 * (os.cpu_count() or 1):
        pytest.skip("the machine is too busy to measure")
    paints = []
    with slow_machine(page):
        for _ in range(ROUNDS):
            page.goto("/")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            paints.append(page.evaluate(LCP) or LCP_LIMIT_MS)
            if paints[-1] < LCP_LIMIT_MS:
                break
    assert min(paints) < LCP_LIMIT_MS, f"largest paints after {paints} ms"
