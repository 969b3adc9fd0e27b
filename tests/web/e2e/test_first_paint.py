"""How soon the first screen is painted on a slow machine and network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.quiet
LCP_LIMIT_MS = 2000
PATIENCE_S = 240  # other tests end meanwhile
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


def test_the_first_screen_is_painted_within_two_seconds(page: Page) -> None:
    """At the best of many visits with an empty cache: other work on this machine makes them slower, nothing faster."""
    paints: list[float] = []
    end = time.monotonic() + PATIENCE_S
    with slow_machine(page):
        while not paints or (min(paints) >= LCP_LIMIT_MS and time.monotonic() < end):
            page.goto("/")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            paints.append(page.evaluate(LCP) or LCP_LIMIT_MS)
    assert min(paints) < LCP_LIMIT_MS, f"largest paints after {paints} ms"
