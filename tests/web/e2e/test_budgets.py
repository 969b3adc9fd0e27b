"""What a page may cost: calls to the server."""

from __future__ import annotations

import pytest
from e2e_kit import MOST_CALLS, Place, Server, calls
from playwright.sync_api import Page, expect


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
