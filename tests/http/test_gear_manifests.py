"""Every published manifest at hand gets into a catalogue and from there into the site, with the verdict foretold."""

import json

import pytest


@pytest.fixture(scope="module")
def published(gear_manifests):
    return json.loads((gear_manifests / "INDEX.json").read_text())


def test_every_published_manifest_can_be_installed(api, treadle, gear_manifests, published, unique):
    source = unique()
    said = json.loads(
        treadle("gear", "exchange", "sync", str(gear_manifests), "--name", source, "--json").out
    )
    assert said["gears"] == len({(one["name"], one["version"]) for one in published})
    assert said["refused"] == []
    for name in sorted({one["name"] for one in published}):
        for one in api.get("/x/exchange", params={"name": name, "source": source}).json():
            made = api.post(f"/x/exchange/{name}/install", json={"version": one["version"]})
            assert made.status_code == 200, (name, made.text)
            assert api.get(f"/gears/{made.json()['_id']}/invocation").status_code == 200
    api.delete(f"/x/exchange/sources/{source}")
