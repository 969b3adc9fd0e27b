import os, pytest
from e2e_kit import start


def shots(page, name, url=None, wait=None):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for w, h in ((1440, 900), (390, 844)):
            page.set_viewport_size({"width": w, "height": h})
            if url:
                page.goto(url)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(300)
            page.screenshot(path=f"/tmp/sp-gear7web/{name}-{scheme}-{w}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= w, name
    page.set_viewport_size({"width": 1440, "height": 900})


def test_shots(page, server, gear, words, engine, place):
    job = start(server, gear, words)
    engine.claim(gear["name"])
    engine.end("count.csv", b"2\n")
    out = server.get(f"/jobs/{job}")["outputs"][0]["file_id"]
    for i in range(3):
        j = start(server, gear, out)
        engine.claim(gear["name"])
        engine.end(f"more{i}.csv", b"3\n")
    start(server, gear, out)
    shots(page, "lineage", f"/provenance/file/{out}")
    shots(page, "lineagelist", f"/provenance/file/{out}?show=list")
    session = server.get(f"/files/{words}")["parents"]["session"]
    a = server.post(f"/sessions/{session}/analyses", {"label": "Volumes", "inputs": [{"file_id": words}]})[
        "_id"
    ]
    server.http.post(f"/analyses/{a}/files", files={"file": ("volumes.csv", b"1\n")})
    shots(page, "analysis", f"/analyses/{a}")
    shots(page, "session", f"/sessions/{session}")
    shots(page, "projectjobs", f"/projects/{place.id}/jobs")
    shots(page, "projectanalyses", f"/projects/{place.id}/analyses")

def test_batch_shots(page, server, place, gear, engine):
    for label, files in (("one", ["a.txt"]), ("two", ["b.txt", "c.txt"]), ("none", [])):
        s = server.post("/sessions", {"project": place.id, "subject": {"label": "s1"}, "label": label})["_id"]
        a = server.post("/acquisitions", {"session": s, "label": f"of {label}"})["_id"]
        for n in files: server.http.post(f"/acquisitions/{a}/files", files={"file": (n, b"x")})
    page.goto(f"/projects/{place.id}")
    page.get_by_role("button", name="Select all 3").click()
    shots(page, "selection")
    page.get_by_role("button", name="Run gear").click()
    page.get_by_role("combobox", name="Gear").click()
    page.get_by_role("option", name=gear["label"]).click()
    page.get_by_role("button", name="See what fits").click()
    page.get_by_role("button", name="Run 1 job").wait_for()
    shots(page, "proposal")
    page.get_by_role("button", name="Run 1 job").click()
    page.get_by_role("region", name="Progress").wait_for()
    shots(page, "batch")
    shots(page, "batches", "/batch")
