"""Gears in the browser: found, run on a file, followed to their end, stopped, and started by rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from e2e_kit import Place, Server, axe_violations
from playwright.sync_api import Page, expect


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


class Engine:
    """An engine that does by hand what a test says."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.job: dict[str, Any] = {}

    def claim(self, name: str) -> None:
        asked = {"whitelist": {"gear-name": [name]}, "return": {"jobs": 1}, "capabilities": ["oci"]}
        (self.job,) = self._send("POST", "/jobs/ask", json=asked)["jobs"]

    def say(self, text: str) -> None:
        self._send("POST", f"/jobs/{self.job['id']}/logs", params=self._lease, json=[{"fd": 1, "msg": text}])

    def end(self, name: str, content: bytes) -> None:
        """One output, and the end of the run."""
        sent = self._send(
            "PUT", "/engine/blobs", params={"job": self.job["id"], **self._lease}, content=content
        )
        done = {"job": self.job["id"], "files": [{"name": name, **sent}], "exit": 0}
        self._send("POST", "/engine/commit", json={**done, **self._lease})

    @property
    def _lease(self) -> dict[str, str]:
        return {"lease": self.job["lease"]}

    def _send(self, method: str, path: str, **more: Any) -> Any:
        return self.client.request(method, path, **more).raise_for_status().json()


@pytest.fixture
def engine(server: Server) -> Iterator[Engine]:
    """An engine with a key of its own."""
    key = server.post("/devices", {"label": f"e2e{uuid4().hex[:8]}", "type": "engine"})["key"]
    headers = {"Authorization": f"scitran-user {key}"}
    with httpx.Client(base_url=server.http.base_url, headers=headers, timeout=30) as client:
        yield Engine(client)


def start(server: Server, gear: dict[str, Any], file_id: str) -> str:
    inputs = {"words": {"file_id": file_id}}
    made: str = server.post("/jobs/add", {"gear_id": gear["_id"], "inputs": inputs})["_id"]
    return made


def test_a_gear_is_run_on_a_file_and_followed_to_its_output(
    page: Page, gear: dict[str, Any], words: str, engine: Engine
) -> None:
    page.goto(f"/files/{words}")
    page.get_by_role("link", name="Run gear").click()
    page.get_by_role("combobox", name="Gear").click()
    page.get_by_role("option", name=gear["label"]).click()
    expect(page.get_by_role("combobox", name="words", exact=True)).to_have_value("words.txt")
    speed = page.get_by_role("textbox", name="speed")
    speed.fill("10")
    expect(page.get_by_text("At most 9.")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    speed.fill("3")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Run", exact=True).click()

    expect(page.get_by_role("main")).to_contain_text("waiting")
    engine.claim(gear["name"])
    engine.say("counted two\n")
    expect(page.get_by_role("region", name="Lines of the log")).to_contain_text("counted two")
    expect(page.get_by_role("main")).to_contain_text("running")
    engine.end("count.csv", b"2\n")
    expect(page.get_by_role("region", name="Log", exact=True)).to_contain_text("Ended")
    expect(page.get_by_role("region", name="Outputs").get_by_role("link", name="count.csv")).to_be_visible()
    expect(page.get_by_role("row", name="speed 3")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []


def test_a_waiting_job_is_cancelled_from_its_page_and_run_again(
    page: Page, server: Server, gear: dict[str, Any], words: str
) -> None:
    first = start(server, gear, words)
    page.goto(f"/jobs?gear={gear['name']}")
    page.get_by_role("row").filter(has_text=gear["name"]).dblclick()
    expect(page).to_have_url(f"{page.url.split('/jobs')[0]}/jobs/{first}")
    page.get_by_role("button", name="Cancel job").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel job").click()
    expect(page.get_by_role("main")).to_contain_text("cancelled")
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_role("main")).to_contain_text("Job, attempt 2")
    expect(page.get_by_role("link", name=first)).to_be_visible()


def test_a_gear_is_found_by_words_and_put_away(page: Page, gear: dict[str, Any]) -> None:
    page.goto("/gears")
    page.get_by_role("searchbox", name="Search gears").fill(f"curation {gear['name']}")
    page.get_by_role("table", name="Curation").get_by_role("link", name=gear["label"]).click()
    expect(page.get_by_role("table", name="Inputs")).to_contain_text("any file")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()


@pytest.mark.journey("rule")
def test_a_rule_is_written_tried_on_what_is_there_and_switched_off(
    page: Page, server: Server, place: Place, gear: dict[str, Any], words: str
) -> None:
    page.goto(f"/projects/{place.id}")
    page.get_by_role("link", name="Rules").click()
    page.get_by_role("button", name="New rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Count words")
    dialog.get_by_role("combobox", name="Condition 1: of what").click()
    page.get_by_role("option", name="file name").click()
    dialog.get_by_role("textbox", name="Condition 1: value").fill("*.txt")
    dialog.get_by_role("combobox", name="Gear").click()
    page.get_by_role("option", name=gear["label"]).click()
    dialog.get_by_role("textbox", name="speed").fill("5")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    dialog.get_by_role("button", name="Save rule").click()
    panel = page.get_by_role("region", name="Count words")
    expect(panel).to_contain_text("all of: file name is *.txt")
    (saved,) = server.get(f"/projects/{place.id}/rules")
    assert saved["config"] == {"speed": 5}

    panel.get_by_role("button", name="Try on files that are here").click()
    expect(dialog).to_contain_text("1 file matches now. Nothing was started.")
    expect(dialog.get_by_role("row", name="words.txt")).to_contain_text("can be started")
    assert len(server.get("/jobs", filter=f"gear_info.name={gear['name']}")) == 0
    dialog.get_by_role("button", name="Start 1 job").click()
    expect(dialog).to_contain_text("1 job started.")
    assert len(server.get("/jobs", filter=f"gear_info.name={gear['name']}")) == 1
    dialog.get_by_role("button", name="Close").last.click()

    panel.get_by_role("switch").click()
    expect(panel.get_by_role("switch")).not_to_be_checked()
    assert server.get(f"/projects/{place.id}/rules")[0]["disabled"] is True
