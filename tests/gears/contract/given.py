"""config.json and manifest.json (gears.md 4.1)."""

import re

from checking import BASE, CONFIG, EXPECTED, MANIFEST, SCAN, equal


def test_config_holds_options_inputs_destination_and_job():
    equal(set(CONFIG), {"config", "inputs", "destination", "job"})
    equal(CONFIG["destination"], {"type": "acquisition", "id": EXPECTED["acquisition"]})
    equal(set(CONFIG["job"]), {"id"})
    assert re.fullmatch("[0-9a-f]{24}", CONFIG["job"]["id"])


def test_options_have_their_values_and_defaults_and_no_nulls():
    options = dict(CONFIG["config"])
    options.pop("expected")
    wanted = {
        "speed": 3,
        "ratio": 0.5,
        "debug": False,
        "Do it? (now)": True,
        "do-it now": "a minus is left out",
        "(?)": "no variable",
        "names": ["a", "b c"],
        "pick": "y",
        "of one name": "the first in the manifest",
        "OF_ONE_NAME": "the second",
    }
    equal(options, wanted)


def test_inputs_that_were_not_given_are_absent():
    equal(set(CONFIG["inputs"]), {"api-key", "scan", "protocol", "licence"})


def test_contexts_are_found_or_said_to_be_missing():
    equal(CONFIG["inputs"]["protocol"], {"base": "context", "found": True, "value": {"rest": [1, None, "ö"]}})
    equal(CONFIG["inputs"]["licence"], {"base": "context", "found": False, "value": None})


def test_the_key_has_host_port_and_secret():
    given = CONFIG["inputs"]["api-key"]
    equal(set(given), {"base", "key"})
    assert len(given["key"].split(":")) in (3, 4), "not the form of a key"


def test_an_input_file_is_described_whole():
    given = CONFIG["inputs"]["scan"]
    equal(set(given), {"base", "hierarchy", "location", "object"})
    equal(given["base"], "file")
    equal(given["hierarchy"], {"type": "acquisition", "id": EXPECTED["acquisition"]})
    equal(given["location"], {"name": SCAN, "path": f"/flywheel/v0/input/scan/{SCAN}"})
    equal(given["object"], EXPECTED["object"])


def test_the_manifest_is_the_gears_own():
    equal((MANIFEST["name"], MANIFEST["version"]), ("contract", EXPECTED["version"]))
    equal(list(MANIFEST["inputs"])[:2], ["api-key", "scan"])
    assert (BASE / "run").exists()
