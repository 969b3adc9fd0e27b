"""From the scanner's string to its project: the check, the worklist with suggestions and aliases, the card."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from e2e_kit import MakeSeries, Place, Server
from playwright.sync_api import Page, expect

sys.path.insert(0, str(Path(__file__).parents[2] / "http"))

from series_sender import Connector, packed


def send(client: httpx.Client, string: str, session: str) -> str:
    """A series of one image of a new study that asks for `group/project`, sent as a connector does; the study's UID."""
    connector = Connector(client)
    raw, instances = packed(session.encode())
    body = connector.announcement(raw, string=string)
    body["fields"]["session.label"] = session
    ticket = connector.announce(body)["ticket"]
    connector.put(ticket, 0, raw)
    connector.complete(ticket, raw, instances).raise_for_status()
    return str(connector.study)


def test_a_string_is_taken_apart_and_checked_while_it_is_typed(page: Page, place: Place) -> None:
    page.goto("/routing")
    typed = page.get_by_role("textbox", name="Routing string")
    typed.fill(f"see fw://{place.group}/{place.label}x/sub-01")
    lands = page.get_by_role("region", name="Lands in")
    expect(lands).to_contain_text(f"{place.group}/Unsorted")
    expect(lands).to_contain_text("no such project")
    expect(page.get_by_text("There is text before the prefix")).to_be_visible()
    lands.get_by_role("button", name=f"{place.group}/{place.label}").click()
    expect(typed).to_have_value(f"fw://{place.group}/{place.label}/sub-01")
    expect(lands).to_contain_text("Goes where it should")
    expect(page).to_have_url(
        f"/routing?string=fw%3A%2F%2F{place.group}%2F{place.label.replace(' ', '+')}%2Fsub-01"
    )
    typed.fill("nothing of the kind")
    expect(lands).to_contain_text("unknown/Unsorted")


@pytest.mark.journey("misrouted")
def test_mistyped_studies_are_moved_together_and_the_string_is_remembered(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    wrong = f"{place.group}x"  # a group that does not exist
    for session in ("Visit 1", "Visit 2"):
        server.send(make_series(slices=1, session=session, group=wrong))
    page.goto("/misrouted")
    rows = (
        page.get_by_role("table", name="Mis-routed sessions").get_by_role("row").filter(has_text=f"{wrong}/")
    )
    expect(rows).to_have_count(2)
    meant = f"{place.group}/{place.label}"
    rows.first.get_by_role("button", name=meant).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Also the 1 other session")).to_be_checked()
    dialog.get_by_label("Remember as alias").check()
    dialog.get_by_role("button", name="Move").click()
    expect(page.get_by_text("2 sessions were moved.")).to_be_visible()
    expect(rows).to_have_count(0)
    sessions = server.get("/sessions", filter=f"parents.project={place.id}")
    assert {one["label"] for one in sessions} == {"Visit 1", "Visit 2"}

    server.send(make_series(slices=2, session="Visit 3", group=wrong))
    server.wait_for_file(place.id, members=2)
    aliases = page.get_by_role("table", name="Aliases")
    page.reload()
    expect(aliases.get_by_role("row").filter(has_text=meant)).to_be_visible()
    page.get_by_role("button", name=f"Forget the alias {wrong}/").click()
    page.get_by_role("button", name="Forget", exact=True).click()
    expect(page.get_by_text(f"fw://{wrong}/")).to_have_count(0)


def test_the_worklist_is_searched_filtered_and_paged(page: Page, server: Server, place: Place) -> None:
    """What is alike counts over the whole list, not over the page that is shown."""
    typed = f"{place.group}/lost-{uuid4().hex[:6]}"
    for number in range(103):
        send(server.http, typed, f"Visit {number + 1}")
    page.goto("/misrouted")
    page.get_by_role("searchbox", name="Search this list").fill(typed)
    expect(page.get_by_text("103 sessions found")).to_be_visible()
    rows = page.get_by_role("table", name="Mis-routed sessions").get_by_role("row").filter(has_text=typed)
    expect(rows).to_have_count(100)
    page.get_by_role("button", name="Show later ones").click()
    expect(rows).to_have_count(103)
    expect(page.get_by_role("button", name="Show later ones")).to_have_count(0)
    page.get_by_role("combobox", name="Why").click()
    page.get_by_role("option", name="no such group").click()
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()
    expect(page).to_have_url(re.compile("reason=group_not_found"))
    page.get_by_role("button", name="Clear filters").first.click()
    page.get_by_role("searchbox", name="Search this list").fill(typed)
    expect(page.get_by_text("103 sessions found")).to_be_visible()
    rows.first.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_label("Also the 102 other sessions with the same string")).to_be_checked()


def test_a_devices_page_lists_what_came_through_it(page: Page, server: Server, place: Place) -> None:
    made = server.post("/devices", {"label": f"edge {uuid4().hex[:6]}", "type": "connector"})
    key = {"Authorization": f"scitran-user {made['key'].rpartition(':')[2]}"}
    client = httpx.Client(base_url=server.http.base_url, headers=key)
    studies = [send(client, f"{place.group}/nowhere", f"Visit {number}") for number in (1, 2)]
    send(client, f"{place.group}/{place.label}", "Visit 3")
    page.goto(f"/admin/devices/{made['_id']}")
    rows = page.get_by_role("table", name="Received series").get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("placed")
    expect(rows.nth(1)).to_contain_text(f"{place.group}/{place.label}")
    expect(rows.nth(2)).to_contain_text("no such project")
    search = page.get_by_role("searchbox", name="Search received series")
    search.fill(studies[0])
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Visit 1")
    search.fill("")
    page.get_by_role("combobox", name="State").click()
    page.get_by_role("option", name="placed").click()
    expect(rows).to_have_count(2)
    rows.nth(1).get_by_role("link", name="Visit 3").click()
    expect(page.get_by_role("heading", name="Visit 3")).to_be_visible()
    client.close()


def test_every_page_of_a_project_shows_its_string_and_the_card_is_one_page_that_leads_there(
    page: Page, place: Place, tmp_path: Path
) -> None:
    string = f"fw://{place.group}/{place.label}"
    for end in ("", "/subjects", "/overview", "/permissions"):
        page.goto(f"/projects/{place.id}{end}")
        expect(page.get_by_text(string, exact=True).first).to_be_visible()
    page.get_by_role("link", name="Card for the scanner").click()
    expect(page.get_by_role("img", name=f"QR code of {string}")).to_be_visible()
    expect(page.get_by_text("Leads here")).to_be_visible()
    printed = page.pdf(path=tmp_path / "card.pdf", format="A4")
    assert printed.count(b"/Type /Page\n") == 1


def test_a_connectors_page_shows_rates_held_series_and_reasons(page: Page, server: Server) -> None:
    label = f"edge {uuid4().hex[:6]}"
    made = server.post("/devices", {"label": label, "type": "connector"})
    window = {
        "series": {
            "seen": 4, "complete": 4, "skipped": 0, "uploaded": 3, "failed": 1, "held": 1, "abandoned": 0,
        },
        "instances": 40, "bytes": 1000, "associations": 2, "rejected": 0, "success_first_try": 0.5,
        "success_final": 0.75, "misrouted": {"no_prefix": 0.25}, "seconds_to_visible": {"mean": 42.0},
    }  # fmt: skip
    hours = {"start": "2026-01-01T00:00:00+00:00", "instances": [0] * 23 + [40]}
    hours |= {"series_uploaded": [0] * 23 + [3], "series_failed": [0] * 23 + [1]}
    retry = "treadle connector retry 3f2a91c04d7e"
    held = {"id": "3f2a91c04d7e", "device": "mr1", "reason": "refused", "since": None}
    heartbeat = {
        "interval": 60,
        "errors": ["held: mr1: 1 series held back: refused", "disk nearly full"],
        "info": {
            "unsent": 2, "series": {"held": 1}, "held": [{**held, "retry": retry}],
            "figures": {"mr1": {"24h": window, "7d": window, "hours": hours}},
        },
    }  # fmt: skip
    key = {"Authorization": f"scitran-user {made['key'].rpartition(':')[2]}"}
    server.http.put("/devices/self", json=heartbeat, headers=key).raise_for_status()
    page.goto("/admin/devices")
    row = page.get_by_role("row").filter(has_text=label)
    expect(row).to_contain_text("reports errors")
    expect(row).to_contain_text("75.0 %")
    expect(row.get_by_role("img", name="Images: 40 in 24 hours")).to_be_visible()
    page.get_by_role("link", name=label).click()
    expect(page.get_by_text("50.0 % at the first try").first).to_be_visible()
    expect(page.get_by_role("region", name="Held series")).to_contain_text(retry)
    expect(page.get_by_role("region", name="Mis-routed, 7 days")).to_contain_text("no fw:// in it")
    expect(page.get_by_role("region", name="Errors")).not_to_contain_text("held")
    expect(page.get_by_role("table", name="Scanners")).to_contain_text("mr1")
