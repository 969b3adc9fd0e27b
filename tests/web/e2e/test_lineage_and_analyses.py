"""What was made of what, and analyses: found from the page of a file or a session, read, walked and deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from e2e_kit import Engine, Place, Server, axe_violations, start
from PIL import Image
from playwright.sync_api import Page, expect


def test_the_lineage_of_a_file_is_a_picture_and_a_list(
    page: Page, server: Server, gear: dict[str, Any], words: str, engine: Engine
) -> None:
    job = start(server, gear, words)
    engine.claim(gear["name"])
    engine.end("count.csv", b"2\n")
    page.goto(f"/files/{words}")
    page.get_by_role("link", name="Lineage").click()
    picture = page.get_by_role("region", name="Picture of the lineage")
    expect(picture.get_by_role("link")).to_have_count(3)
    expect(picture.get_by_role("link", name="File words.txt version 1")).to_contain_text("words.txt")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []

    page.get_by_text("List", exact=True).click()
    row = page.get_by_role("row").filter(has_text="count.csv")
    expect(row).to_contain_text("1 job after")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    row.get_by_role("link", name="Lineage of count.csv").click()
    expect(page.get_by_role("row").filter(has_text="words.txt").first).to_contain_text("1 job before")
    page.get_by_text("Picture", exact=True).click()
    picture.get_by_role("link", name=f"Job {gear['name']}").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/jobs')[0]}/jobs/{job}")
    page.get_by_role("link", name="Lineage").click()
    expect(picture.get_by_role("link")).to_have_count(3)


def _exported(page: Page, form: str, folder: Path) -> Path:
    """What the menu saves, under its name."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name=form).click()
    target = folder / saved.value.suggested_filename
    saved.value.save_as(target)
    return target


def test_a_lineage_is_exported_as_pictures_and_as_a_crate(
    page: Page, server: Server, gear: dict[str, Any], words: str, engine: Engine, tmp_path: Path
) -> None:
    job = start(server, gear, words)
    engine.claim(gear["name"])
    engine.end("a<b>&c.csv", b"2\n")
    page.emulate_media(color_scheme="dark")
    page.goto(f"/provenance/file/{words}")
    expect(page.get_by_role("region", name="Picture of the lineage").get_by_role("link")).to_have_count(3)
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("menuitem")).to_have_count(3)
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []
    page.keyboard.press("Escape")

    svg = _exported(page, "Drawing (SVG)", tmp_path)
    assert svg.name == "words.txt lineage.svg"
    drawing = ElementTree.parse(svg).getroot()
    said = {one.text for one in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"Lineage of a file: words.txt", "words.txt", "a<b>&c.csv", "What the picture is of"} <= said

    png = _exported(page, "Picture (PNG)", tmp_path)
    assert png.name == "words.txt lineage.png"
    with Image.open(png) as picture:
        assert picture.format == "PNG"
        assert picture.size == tuple(2 * int(float(drawing.attrib[one])) for one in ("width", "height"))
        colours = picture.convert("RGB")
        assert colours.getpixel((1, 1)) == (255, 255, 255)
        assert len(colours.getcolors(1 << 24) or []) > 10

    crate = _exported(page, "RO-Crate", tmp_path)
    assert crate.name == "words.txt-lineage-ro-crate-metadata.json"
    told = {one["@id"]: one for one in json.loads(crate.read_text("utf-8"))["@graph"]}
    (action,) = [one for one in told.values() if one["@type"] == "CreateAction"]
    assert action["@id"].endswith(job)
    assert [told[action[one]["@id"]]["name"] for one in ("object", "result")] == ["words.txt", "a<b>&c.csv"]


def test_analyses_are_listed_read_and_deleted(page: Page, server: Server, place: Place, words: str) -> None:
    session = server.get(f"/files/{words}")["parents"]["session"]
    body = {"label": "Volumes", "inputs": [{"file_id": words}]}
    analysis = server.post(f"/sessions/{session}/analyses", body)["_id"]
    sent = server.http.post(f"/analyses/{analysis}/files", files={"file": ("volumes.csv", b"1\n")})
    sent.raise_for_status()
    page.goto(f"/projects/{place.id}/analyses")
    expect(page.get_by_role("row").filter(has_text="Volumes")).to_be_visible()
    page.goto(f"/sessions/{session}")
    page.get_by_role("region", name="Analyses").get_by_role("link", name="Volumes").click()
    expect(page.get_by_role("table", name="Outputs")).to_contain_text("volumes.csv")
    expect(page.get_by_role("table", name="Inputs")).to_contain_text("words.txt")
    page.get_by_role("textbox", name="New note").fill("looks right")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_role("region", name="Notes").get_by_role("list")).to_contain_text("looks right")
    page.wait_for_load_state("networkidle")
    assert axe_violations(page) == []

    page.get_by_role("link", name="Lineage").click()
    picture = page.get_by_role("region", name="Picture of the lineage")
    expect(picture.get_by_role("link")).to_have_count(3)
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("menuitem")).to_have_text(["Picture (PNG)", "Drawing (SVG)"])
    page.keyboard.press("Escape")
    picture.get_by_role("link", name="Analysis Volumes").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete analysis").click()
    expect(page).to_have_url(f"{page.url.split('/analyses')[0]}/sessions/{session}")
    expect(page.get_by_role("region", name="Analyses")).to_have_count(0)
