"""What somebody who sees Treadle for the first time finds from the screens alone: each step is a line of the guide.

No address is typed after the start page, nothing is arranged behind the scenes that the user would have to do.
"""

from __future__ import annotations

from typing import Any

import pytest
from e2e_kit import Engine, MakeSeries, Place, Server
from guide_kit import Walk
from playwright.sync_api import Page, expect
from test_rights import person  # noqa: F401 - a fixture

pytestmark = pytest.mark.peer


@pytest.fixture
def arrived(server: Server, place: Place, make_series: MakeSeries) -> str:
    """A study that a scanner has sent: its session's label, like no other test's."""
    session = f"Visit {place.group[-6:]}"
    server.send(make_series(slices=4, session=session))
    server.wait_for_file(place.id, members=4)
    return session


def start(page: Page, name: str) -> Walk:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return Walk(page, name)


def find(page: Page, session: str) -> None:
    """Open a session by its name."""
    page.get_by_label("Find by name").fill(session)
    page.get_by_role("option", name=session).first.click()
    expect(page.get_by_role("heading", name=session, level=1)).to_be_visible()


@pytest.mark.journey("send")
def test_how_to_send_a_study_is_found(
    page: Page, server: Server, place: Place, make_series: MakeSeries
) -> None:
    walk = start(page, "send")
    card = page.get_by_role("region", name="Send from a scanner")
    expect(card).to_contain_text(str(server.dicom[1]))
    walk.step("*Home* shows under *Send from a scanner* the AE title, host and port to enter at the scanner.")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Projects").click()
    page.get_by_role("searchbox", name="Label contains").fill(place.label)
    expect(page.get_by_role("gridcell", name=place.label)).to_be_visible()
    walk.step("Open *Projects* and choose the project, or make one with *New project*.")
    page.get_by_role("gridcell", name=place.label).click()
    expect(page.get_by_text("No sessions yet")).to_be_visible()
    expect(page.get_by_text(f"fw://{place.group}/{place.label}").first).to_be_visible()
    walk.step(
        "The project shows its routing string. Type it as the Patient ID at the scanner, and send the study."
    )
    server.send(make_series(slices=4))
    expect(page.get_by_role("gridcell", name="Visit 1")).to_be_visible()
    walk.step("The session appears in the table by itself as soon as its images have arrived.")
    walk.end()


@pytest.mark.journey("find")
def test_how_to_find_a_study_is_found(page: Page, arrived: str) -> None:
    walk = start(page, "find")
    page.get_by_label("Find by name").fill(arrived)
    expect(page.get_by_role("option", name=arrived).first).to_be_visible()
    walk.step("Type a part of its name into the box at the top of any page (or press `/` first).")
    find(page, arrived)
    walk.step("Choose it in the list: its page opens.")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    expect(page.get_by_role("heading", name="Search", level=1)).to_be_visible()
    expect(page.get_by_role("grid").get_by_role("gridcell").first).to_be_visible()
    walk.step("*Search* finds by everything else: pick values on the left, or write a query.")
    walk.end()


@pytest.mark.journey("look")
def test_how_to_look_at_images_is_found(page: Page, arrived: str) -> None:
    walk = start(page, "look")
    find(page, arrived)
    walk.step("Open the session, for example by the box at the top: its page lists what was scanned.")
    page.get_by_role("link", name="View", exact=True).click()
    expect(page.locator("[data-testid=viewport][data-ready=true]")).to_be_visible()
    walk.step("*View* shows the images. The wheel or the arrow keys go through them; the tools stand above.")
    walk.end()


@pytest.mark.journey("run")
def test_how_to_run_a_gear_is_found(
    page: Page,
    server: Server,
    place: Place,
    gear: dict[str, Any],
    engine: Engine,
) -> None:
    label = f"Words {place.group[-6:]}"
    made = server.post("/sessions", {"project": place.id, "subject": {"label": "s1"}, "label": label})
    sent = server.http.post(f"/sessions/{made['_id']}/files", files={"file": ("words.txt", b"one two")})
    sent.raise_for_status()
    walk = start(page, "run")
    find(page, label)
    expect(page.get_by_role("link", name="Run gear")).to_be_visible()
    walk.step("Open the session with the files, and press *Run gear*.")
    page.get_by_role("link", name="Run gear").click()
    page.get_by_role("combobox", name="Gear").click()
    page.get_by_role("option", name=gear["label"]).click()
    expect(page.get_by_role("combobox", name="words", exact=True)).to_have_value("words.txt")
    walk.step(
        "Choose the gear. Files that fit are suggested; change them and the options if need be, then *Run*."
    )
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("waiting")
    engine.claim(gear["name"])
    engine.end("count.csv", b"2\n")
    expect(page.get_by_role("region", name="Outputs").get_by_role("link", name="count.csv")).to_be_visible()
    walk.step("The job's page shows its log while it runs, and its outputs at the end.")
    walk.end()


@pytest.mark.journey("share")
def test_how_to_share_a_project_is_found(page: Page, place: Place, person: str) -> None:  # noqa: F811
    walk = start(page, "share")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Projects").click()
    page.get_by_role("searchbox", name="Label contains").fill(place.label)
    page.get_by_role("gridcell", name=place.label).click()
    page.get_by_role("link", name="Permissions").click()
    field = page.get_by_role("combobox", name="Person to add to people")
    field.fill(person)
    expect(page.get_by_role("option", name=person)).to_be_visible()
    walk.step("Open the project, then *Permissions*, and type a part of the person's name or address.")
    page.get_by_role("option", name=person).click()
    page.get_by_role("combobox", name="Roles to give").click()
    page.get_by_role("option", name="Read-only", exact=True).click()
    page.keyboard.press("Escape")
    walk.step("Choose what they may do: a role, or several.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("row").filter(has_text=person)).to_contain_text("Read-only")
    walk.step("*Add*. From now on they find the project under *Projects*.")
    walk.end()
