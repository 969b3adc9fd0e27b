"""How the table of 100,000 sessions scrolls in Chromium: processor time of the page for each frame, and calls.

The rows are written by SQL into a fresh server and read by the web app as ever. Three ways through the table: by the
wheel (100 px a frame), by dragging the bar from top to bottom in 200 steps, and to the end at once. Printed are, of the
page's main thread, processor milliseconds for a frame (16.7 are there at 60 frames a second), how many rows are in the
document, and the calls made. Run:

    python benchmarks/bench_table.py [--rows 100000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import secrets
import statistics

import psycopg
from playwright.sync_api import CDPSession, Page, sync_playwright

from bench_sessions import FILL, server

FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
FRAMES = 200
GRID = "[role=grid]"
# Moves the table once a frame; answers the largest number of rows that were in the document.
SCROLL = """async ([frames, step]) => {
  const grid = document.querySelector('[role=grid]');
  grid.scrollTop = 0;
  const by = step || (grid.scrollHeight - grid.clientHeight) / frames;
  let most = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    grid.scrollTop += by;
    await new Promise(requestAnimationFrame);
    most = Math.max(most, grid.querySelectorAll('[role=row]').length);
  }
  return most;
}"""
WAYS = (("wheel, 100 px a frame", 100), ("bar, from top to bottom", 0))


def busy_ms(session: CDPSession) -> float:
    """Processor time of the page's main thread until now."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def scrolled(page: Page, session: CDPSession, step: int) -> dict[str, float]:
    """The figures of one way through the table."""
    made: list[str] = []
    page.on("request", lambda request: made.append(request.url))
    before = busy_ms(session)
    most = page.evaluate(SCROLL, [FRAMES, step])
    page.wait_for_load_state("networkidle")
    spent = busy_ms(session) - before
    page.wait_for_selector(f"{GRID}:not([aria-busy=true])")
    return {"frame": spent / FRAMES, "rows": most, "calls": sum("/sessions" in url for url in made)}


def end_of(page: Page, rows: int) -> float:
    """Milliseconds until the last row is shown after the End key."""
    page.locator(GRID).focus()
    began = page.evaluate("performance.now()")
    page.keyboard.press("End")
    page.wait_for_selector(f"[role=row][aria-rowindex='{rows + 1}'] .cut")
    return float(page.evaluate("performance.now()")) - began


def measure(url: str, login: dict[str, str], address: str, *, rows: int, rounds: int) -> None:
    """Scroll and print."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name, step in WAYS:
            seen = []
            for _ in range(rounds):
                context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
                context.request.post("/api/x/login", data=login)
                page = context.new_page()
                session = context.new_cdp_session(page)
                session.send("Performance.enable", {"timeDomain": "threadTicks"})
                page.goto(address)
                page.wait_for_selector(f"{GRID} .cut")
                page.wait_for_load_state("networkidle")
                seen.append(scrolled(page, session, step))
                end = end_of(page, rows)
                context.close()
            middle = {key: statistics.median(one[key] for one in seen) for key in seen[0]}
            print(
                f"{name:<26} {middle['frame']:6.1f} ms a frame, {middle['rows']:.0f} rows in the document, "
                f"{middle['calls']:.0f} calls; then to the end {end:.0f} ms"
            )
        browser.close()


def main() -> None:
    """Fill, scroll, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with server() as (client, database):
        client.post("/groups", json={"_id": "bench"}).raise_for_status()
        made = client.post("/projects", json={"group": "bench", "label": "Long"}).raise_for_status()
        project = made.json()["_id"]
        with psycopg.connect(database) as connection:
            connection.execute(FILL, {"base": 1 << 40, "project": project, "count": asked.rows})
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE container")
        login = {"email": "bench@example.org", "password": secrets.token_urlsafe(16)}
        user = {"_id": login["email"], "firstname": "B", "lastname": "B", "roles": ["site_admin"], **login}
        client.post("/users", json=user).raise_for_status()
        url = str(client.base_url).removesuffix("/api/")
        measure(url, login, f"/projects/{project}", rows=asked.rows, rounds=asked.rounds)


if __name__ == "__main__":
    main()
