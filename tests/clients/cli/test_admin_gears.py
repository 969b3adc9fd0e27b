"""`fw admin gears`: what of it needs no catalogue from the internet."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.timeout(600)  # every start of `fw` takes seconds, on a busy machine many


def test_a_gear_is_disabled_and_enabled(fw, site, unique) -> None:
    name = unique()
    manifest = {
        **dict.fromkeys(("label", "description", "version", "author"), "x"),
        "name": name,
        "license": "MIT",
        "url": "",
        "source": "",
        "inputs": {},
        "config": {},
    }
    gear = site.post(f"/gears/{name}", {"gear": manifest})["_id"]
    fw("admin", "gears", "disable", gear)
    assert site.get(f"/gears/{gear}")["disabled"] is not None
    fw("admin", "gears", "enable", gear)
    assert site.get(f"/gears/{gear}")["disabled"] is None
    assert "no such gear" in fw.run("admin", "gears", "disable", "5f0000000000000000000000").text.lower()
